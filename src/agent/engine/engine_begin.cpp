// How the agent begins: with nothing, with what an agent before it has left, or with what a
// keeper before it has.
#include <algorithm>

#include "agent/config/difference.hpp"
#include "agent/engine/applied.hpp"
#include "agent/engine/engine.hpp"
#include "agent/engine/recovery.hpp"
#include "agent/engine/version.hpp"
#include "sys/process/child_end.hpp"
#include "sys/process/process.hpp"

namespace lastcall::agent {
namespace {

/// Of field 22 of proc_pid_stat(5): USER_HZ is 100 wherever Linux runs programs like this.
constexpr std::int64_t tick_ns = 10'000'000;

}  // namespace

void engine::took_over() {
    host_.last_deploy = last_deploy_number(book_);
    const bool is_resumed = !found_.empty();
    host_.note({.kind = "agent_started",
                .fields = {{"version", how_.version},
                           {"pid", sys::current_process_id()},
                           {"keeper_pid", keeper_pid_},
                           {"home", how_.where.state},
                           {"config_file", how_.wanted.file},
                           {"is_resumed", is_resumed},
                           {"repaired", book_ == nullptr ? "" : book_->repaired()}}});
    if (!not_upgraded_.empty()) {
        host_.note({.kind = "upgrade_refused", .fields = {{"reason", not_upgraded_}}});
    }
    if (!is_resumed) {
        return adopt_what_is_left(what_was_applied());
    }
    spec_ = what_was_applied();
    for (const auto& spec : spec_.services) {
        auto& one = add(spec);
        std::vector<message> of;
        for (const auto& told : found_) {
            if (told.text("service") == spec.name) {
                of.push_back(told);
            }
        }
        one.recover(of);
    }
    take_leftovers();
    found_.clear();
    begin_work();
}

/// Services that were on their way out of the configuration when the agent before ended.
void engine::take_leftovers() {
    std::map<std::string, std::vector<message>> left;
    for (const auto& told : found_) {
        const std::string name(told.text("service"));
        if (!services_.contains(name)) {
            left[name].push_back(told);
        }
    }
    for (const auto& [name, of] : left) {
        service_spec spec;
        spec.name = name;
        for (const auto& told : of) {
            if (auto saved =
                    load_version(how_.where, name, told.number("generation").value_or(0))) {
                spec = std::move(saved->spec);
            }
        }
        spec.after.clear();
        leaving_[name] = {};
        add(spec).recover(of);
    }
}

host_spec engine::what_was_applied() {
    try {
        if (auto applied = load_applied(how_.where)) {
            return *std::move(applied);
        }
    } catch (const std::exception& e) {
        degrade(std::string(e.what()) + "; what `lastcall up` was asked for counts");
    }
    return how_.wanted;
}

/// All services are known, those that run too.
void engine::begin_work() {
    send_stop_plan();
    keeper_.ask(message("alive"));
    if (!how_.is_quiet) {
        std::vector<std::string> names;
        for (const auto& [name, one] : services_) {
            names.push_back(name);
        }
        screen_ = std::make_unique<screen>(loop_, *this, names, how_.where.logs());
    }
    has_begun_ = true;
    for (const auto& work : std::exchange(early_, {})) {
        work();
    }
    something_changed();
}

/// A keeper that was killed has left its generations running: the new keeper takes them over,
/// with the sockets that their lastcall-init holds.
void engine::adopt_what_is_left(const host_spec& what) {
    auto left = std::make_shared<std::size_t>(1);
    auto adopted = std::make_shared<std::map<std::string, std::vector<message>>>();
    const auto one_less = [this, left, adopted, what] {
        if (--*left == 0) {
            take_spec(what, *adopted);
        }
    };
    for (const auto& spec : what.services) {
        for (const auto& one : left_running(book_, spec.name, sys::boot_id())) {
            ++*left;
            message ask("adopt");
            ask.add("service", spec.name).add("generation", one.number);
            ask.add("pid", one.pid).add("start_time", static_cast<std::int64_t>(one.start_time));
            for (const auto& socket : spec.sockets) {
                ask.add("socket", socket.name).add("address", socket.address);
            }
            keeper_.ask(std::move(ask), [this, adopted, one_less, one,
                                         name = spec.name](const message& got) {
                host_.note({.kind = got.is("done") ? "generation_adopted" : "generation_lost",
                            .service = name,
                            .generation = one.number,
                            .fields = {{"pid", one.pid},
                                       {"recovered", std::string(got.text("recovered"))},
                                       {"reason", got.is("done") ? "" : why_failed(got)}}});
                if (got.is("done")) {
                    message as_told("generation");
                    as_told.add("service", name).add("generation", one.number);
                    as_told.add("pid", one.pid)
                        .add("start_time", static_cast<std::int64_t>(one.start_time));
                    as_told.add("started_ns", static_cast<std::int64_t>(one.start_time) * tick_ns);
                    as_told.add("state", "running").add("ready", got.number("ready").value_or(0));
                    as_told.add("steered", got.number("steered").value_or(0));
                    (*adopted)[name].push_back(std::move(as_told));
                }
                one_less();
            });
        }
    }
    one_less();
}

/// What was adopted goes on with what it was started with, and becomes what is wanted now by a
/// deploy, as with `lastcall apply`; what is not wanted any more is stopped.
void engine::take_spec(const host_spec& before,
                       const std::map<std::string, std::vector<message>>& adopted) {
    spec_ = before;
    std::erase_if(spec_.services, [&](const auto& one) { return !adopted.contains(one.name); });
    for (const auto& spec : spec_.services) {
        auto& one = add(spec);
        one.recover(adopted.at(spec.name));
        open_sockets(one);
    }
    auto what = how_.wanted;
    for (auto& next : what.services) {
        const auto running = std::ranges::find(spec_.services, next.name, &service_spec::name);
        if (running == spec_.services.end() ||
            difference(*running, next).needs() != change_needs::new_generation) {
            continue;
        }
        try {
            named(next.name).check_begin(replacement_kind::deploy, next);
        } catch (const refusal& e) {
            degrade(next.name + " is still as it was before: " + e.what() +
                    "; `lastcall apply` changes it when that is over");
            next = *running;
        }
    }
    const auto changes = difference(spec_, what);
    try {
        keep_spec(what, changes, {});
    } catch (const std::system_error& e) {
        spec_ = what;
        degrade(std::string(e.what()) + ": an agent that comes later may not know the services");
    }
    take_changes(changes, what, {});
    begin_work();
}

}  // namespace lastcall::agent
