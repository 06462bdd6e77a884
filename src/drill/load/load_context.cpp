#include "drill/load/load_context.hpp"

#include <algorithm>

namespace lastcall::drill {
namespace {

std::shared_ptr<tls_context> context_for(const load_target& target) {
    if (!target.uses_tls) {
        return nullptr;
    }
    const std::string protocols[] = {"http/1.1"};
    return make_tls_context(target, protocols);
}

bool is_websocket(const exchange& one) noexcept {
    return one.status == 101 || one.method == "ECHO";
}

}  // namespace

load_context::load_context(const load_plan& plan, std::shared_ptr<name_pool> shared_names,
                           event_log_writer* log_writer)
    : target(plan.target),
      patience(plan.patience),
      route_jitter(plan.route_jitter),
      instance_field(plan.instance_field),
      effect_prefix(plan.effect_prefix),
      names(std::move(shared_names)),
      tls(context_for(plan.target)),
      random(plan.seed),
      resets(plan.target.at),
      accepts(plan.target.at),
      events_(log_writer) {}

void load_context::record(const exchange& one) {
    add_to(counters.outcomes[static_cast<std::size_t>(one.result)], 1);
    switch (blame_of(one.result)) {
        case blame::none:
            add_to(counters.answered, 1);
            if (one.sent_ns != 0 && !is_websocket(one)) {
                log.marks.set(mark::last_response,
                              std::max(log.marks[mark::last_response], one.end_ns));
            }
            break;
        case blame::legal:
        case blame::ours:
            break;
        case blame::depends:
        case blame::server:
        case blame::ambiguous:
            add_to(counters.lost, 1);
    }
    log.exchanges.push_back(one);
    if (events_ != nullptr) {
        events_->add(one);
    }
}

void load_context::record(const connection_end& one) {
    log.connections.push_back(one);
    if (events_ != nullptr) {
        events_->add(one);
    }
}

void load_context::note_close_announced(std::int64_t ns) noexcept {
    if (signal_ns != 0 || routes_withdrawn) {
        log.marks.set_first(mark::close_announced, ns);
    }
}

void load_context::note_accepted(std::int64_t opened_ns) noexcept {
    log.marks.set(mark::last_accepted, std::max(log.marks[mark::last_accepted], opened_ns));
}

void load_context::note_closed(std::int64_t ns) noexcept {
    log.marks.set(mark::last_connection_closed,
                  std::max(log.marks[mark::last_connection_closed], ns));
}

void load_context::note_signal(std::int64_t ns) {
    signal_ns = ns;
    log.marks.set(mark::signal_sent, ns);
    if (events_ != nullptr) {
        events_->add(mark::signal_sent, ns);
    }
}

void load_context::note_own_failure(int error) { ++log.own_failures[error]; }

std::uint32_t load_context::instance(std::string_view name) {
    auto found = std::ranges::find(instances_, name);
    if (found == instances_.end()) {
        // A server that puts something new into each answer names no instances.
        constexpr std::size_t most = 1000;
        if (instances_.size() == most) {
            return 0;
        }
        found = instances_.emplace(instances_.end(), name);
    }
    return static_cast<std::uint32_t>(found - instances_.begin()) + 1;
}

}  // namespace lastcall::drill
