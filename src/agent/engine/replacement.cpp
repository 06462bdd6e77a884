#include "agent/engine/replacement.hpp"

#include <algorithm>
#include <array>

#include "agent/engine/approval.hpp"
#include "agent/engine/service.hpp"

namespace lastcall::agent {

using core::deploy_action;
using core::deploy_state;
using namespace std::chrono_literals;

namespace {

constexpr std::array kinds{
    std::pair{replacement_kind::start, std::string_view("start")},
    std::pair{replacement_kind::deploy, std::string_view("deploy")},
    std::pair{replacement_kind::restart, std::string_view("restart")},
    std::pair{replacement_kind::rollback, std::string_view("rollback")},
    std::pair{replacement_kind::crash, std::string_view("crash")},
    std::pair{replacement_kind::unhealthy, std::string_view("unhealthy")},
};

/// What must not be done unless it has been written down before.
bool needs_intent(deploy_action what) {
    return what == deploy_action::start_new || what == deploy_action::steer_to_new;
}

}  // namespace

std::string_view to_string(replacement_kind value) noexcept {
    return std::ranges::find(kinds, value, [](const auto& one) { return one.first; })->second;
}

std::optional<replacement_kind> to_replacement_kind(std::string_view text) noexcept {
    const auto found = std::ranges::find(kinds, text, [](const auto& one) { return one.second; });
    return found == kinds.end() ? std::nullopt : std::optional(found->first);
}

replacement::replacement(host& at, service& of, replacement_kind kind, deploy_view view,
                         const core::deploy_terms& terms)
    : host_(at),
      service_(of),
      kind_(kind),
      view_(std::move(view)),
      terms_(terms),
      machine_(terms),
      timer_(at.loop) {}

replacement::~replacement() = default;

void replacement::begin() { step(machine_.begin(boot_now())); }

void replacement::resume(deploy_state state, std::chrono::nanoseconds entered,
                         const core::deploy_sight& sight) {
    view_.state = state;
    machine_ =
        core::deploy_machine::resume(terms_, state, entered, sight, boot_now(), view_.reason);
    step(machine_.resumed());
}

void replacement::approve(const actor& who) {
    const bool waits = state() == deploy_state::planned || machine_.waits_for_person();
    if (!waits) {
        throw refusal(refusal::kind::conflict, "deploy " + std::to_string(view_.number) +
                                                   " does not wait for an approval: it is " +
                                                   std::string(to_string(state())));
    }
    check_may_approve(service_.made(view_.to).spec.deploy, view_, who);
    if (!host_.note({.kind = "approval",
                     .service = service_.name(),
                     .generation = view_.to,
                     .deploy = view_.number,
                     .who = who,
                     .fields = {{"digest", view_.digest}}})) {
        throw refusal(refusal::kind::unavailable, "the approval cannot be written to the journal",
                      "see the agent's log");
    }
    view_.decided_by = who;
    step(machine_.approved(boot_now()));
}

void replacement::reject(const actor& who, const std::string& why) {
    const auto text = who.text() + (why.empty() ? " rejected it" : ": " + why);
    if (!machine_.can_abort()) {
        throw refusal(refusal::kind::conflict,
                      "deploy " + std::to_string(view_.number) + " is " +
                          std::string(to_string(state())) + " already",
                      "`lastcall rollback " + service_.name() + "` deploys what ran before");
    }
    host_.note({.kind = "rejection",
                .service = service_.name(),
                .generation = view_.to,
                .deploy = view_.number,
                .who = who,
                .fields = {{"reason", why}, {"digest", view_.digest}}});
    view_.decided_by = who;
    abort(text);
}

bool replacement::abort(const std::string& why) {
    if (!machine_.can_abort()) {
        return false;
    }
    step(state() == deploy_state::planned ? machine_.rejected(boot_now(), why)
                                          : machine_.abort(boot_now(), why));
    return true;
}

void replacement::step(core::deploy_machine::actions what) {
    const std::vector<deploy_action> next(what.begin(), what.end());
    const auto crossed = machine_.crossed();
    const std::vector<deploy_state> edges(crossed.begin(), crossed.end());
    arm_timer();
    const bool was_waiting = std::exchange(waits_for_person_, machine_.waits_for_person());
    const bool is_news = !edges.empty() || !next.empty() || was_waiting != waits_for_person_;
    const bool is_foretold =
        is_cut_foretold_ && std::ranges::equal(next, std::array{deploy_action::steer_to_new});
    if (is_foretold) {
        act(next);  // nobody waits for a disk while two are ready and only one has the traffic
    }
    if (is_news && !write_edges(edges, next) && std::ranges::any_of(next, needs_intent)) {
        return later([this] { abort("the journal cannot be written"); });
    }
    if (!is_foretold) {
        act(next);
    }
    host_.changed();
}

void replacement::act(std::span<const deploy_action> what) {
    for (const auto one : what) {
        carry_out(one);
    }
}

/// One row for what has happened and what is done next. It is durable before that is done, but for
/// the cut: `when_ready` of the row before has said that.
bool replacement::write_edges(std::span<const deploy_state> crossed,
                              std::span<const deploy_action> next) {
    nlohmann::json states = nlohmann::json::array();
    for (const auto one : crossed) {
        states.push_back(to_string(one));
        view_.entered.emplace_back(one, wall_now());
    }
    nlohmann::json actions = nlohmann::json::array();
    for (const auto one : next) {
        actions.push_back(to_string(one));
    }
    const auto before = std::exchange(view_.state, machine_.state());
    view_.reason = machine_.reason();
    view_.waits_for_person = machine_.waits_for_person();
    nlohmann::json fields{{"state", to_string(view_.state)},
                          {"before", to_string(before)},
                          {"crossed", states},
                          {"from", view_.from},
                          {"to", view_.to},
                          {"reason", view_.reason},
                          {"waits_for_person", view_.waits_for_person},
                          {"next", actions}};
    const bool foretells = view_.state == deploy_state::spawned;
    if (foretells) {
        fields["when_ready"] = to_string(deploy_action::steer_to_new);
    }
    const bool is_durable = host_.note({.kind = "deploy_state",
                                        .service = service_.name(),
                                        .generation = view_.to,
                                        .deploy = view_.number,
                                        .fields = std::move(fields)});
    is_cut_foretold_ = foretells && is_durable;
    return is_durable;
}

void replacement::generation_exited(std::int64_t number, const std::string& how) {
    if (number == view_.to) {
        waits_ready_ = false;
        readiness_.reset();
        bake_.clear();
        step(machine_.new_failed(boot_now(), "generation " + std::to_string(number) + " " + how));
        step(machine_.new_ended(boot_now()));
    } else if (number == view_.from) {
        step(machine_.old_ended(boot_now()));
    }
}

void replacement::arm_timer() {
    const auto wake = machine_.next_wake();
    if (!wake) {
        timer_.cancel();
        return;
    }
    timer_.expires_after(std::max(*wake - boot_now(), 0ns));
    timer_.async_wait(while_alive(alive_, [this](boost::system::error_code cancelled) {
        if (!cancelled) {
            step(machine_.passed(boot_now()));
        }
    }));
}

}  // namespace lastcall::agent
