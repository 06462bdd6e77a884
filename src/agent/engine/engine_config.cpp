// How the agent takes another configuration.
#include <algorithm>
#include <boost/asio/post.hpp>

#include "agent/config/difference.hpp"
#include "agent/engine/applied.hpp"
#include "agent/engine/engine.hpp"
#include "agent/engine/recovery.hpp"
#include "core/stop_order.hpp"

namespace lastcall::agent {

using namespace std::chrono_literals;

namespace {

const service_spec& spec_of(const host_spec& all, const std::string& name) {
    return *std::ranges::find(all.services, name, &service_spec::name);
}

}  // namespace

/// What the next agent goes on with. Of the environment the row says nothing: it holds secrets.
void engine::keep_spec(const host_spec& what, const host_difference& changes, const actor& who) {
    const auto digest = save_applied(how_.where, what);
    nlohmann::json changed = nlohmann::json::array();
    for (const auto& one : changes.changed) {
        changed.push_back(one.name);
    }
    host_.note({.kind = "config_applied",
                .who = who,
                .fields = {{"file", what.file},
                           {"digest", digest},
                           {"added", changes.added},
                           {"changed", std::move(changed)},
                           {"removed", changes.removed}}});
    spec_ = what;
}

void engine::open_sockets(service& of) {
    of.open_sockets([this, name = of.name()](const std::string& problem) {
        auto& one = named(name);
        problem.empty() ? one.sockets_are_open() : one.cannot_start(problem);
        something_changed();
    });
}

/// Refuses what cannot be done now, before anything is.
void engine::check_apply(const host_spec& what) {
    if (host_.is_stopping) {
        throw refusal(refusal::kind::unavailable, "the agent is stopping");
    }
    if (!host_.journal_is_good) {
        throw refusal(refusal::kind::unavailable,
                      "the journal cannot be written, and nothing is applied without it",
                      "make room, or see `lastcall verify-journal`");
    }
    const auto changes = difference(spec_, what);
    for (const auto& change : changes.changed) {
        if (change.needs() == change_needs::new_generation) {
            named(change.name).check_begin(replacement_kind::deploy, spec_of(what, change.name));
        }
    }
    for (const auto& name : changes.removed) {
        if (const auto* now = named(name).active()) {
            throw refusal(
                refusal::kind::conflict,
                "deploy " + std::to_string(now->view().number) + " of " + name +
                    ", which is to be removed, is under way",
                "wait for it, or end it: lastcall reject " + std::to_string(now->view().number));
        }
    }
    for (const auto& name : changes.added) {
        if (leaving_.contains(name)) {
            throw refusal(refusal::kind::conflict, name + " is still being stopped",
                          "apply it again when it is gone");
        }
    }
}

/// Whether the requests of all that is to be started could be moved.
void engine::check_traffic(const host_spec& what,
                           const std::function<void(const std::string&)>& then) {
    auto switches = std::make_shared<std::vector<std::unique_ptr<traffic_switch>>>();
    for (const auto& spec : what.services) {
        const auto found = services_.find(spec.name);
        const bool is_same =
            found != services_.end() &&
            difference(found->second->spec(), spec).needs() != change_needs::new_generation;
        if (is_same || spec.traffic.how == traffic_spec::kind::local) {
            continue;
        }
        try {
            switches->push_back(make_haproxy_switch(host_, spec, {}));
        } catch (const std::exception& e) {
            return then(spec.name + ": " + e.what());
        }
    }
    auto left = std::make_shared<std::size_t>(switches->size());
    auto problem = std::make_shared<std::string>();
    const auto told = [this, switches, left, problem, then](const std::string& why,
                                                            const nlohmann::json&) {
        *problem = problem->empty() ? why : *problem;
        if (--*left == 0) {
            boost::asio::post(loop_, [switches, problem, then] {
                switches->clear();
                then(*problem);
            });
        }
    };
    if (switches->empty()) {
        return then({});
    }
    for (const auto& one : *switches) {
        one->check(told);
    }
}

void engine::apply_now(const host_spec& what, const actor& who) {
    check_apply(what);
    const auto changes = difference(spec_, what);
    keep_spec(what, changes, who);
    take_changes(changes, what, who);
    send_stop_plan();
    something_changed();
}

/// Stops, starts and deploys what differs. Nothing is refused any more.
void engine::take_changes(const host_difference& changes, const host_spec& what, const actor& who) {
    for (const auto& name : changes.removed) {
        leaving_[name] = who;
    }
    for (const auto& name : changes.added) {
        auto& one = add(spec_of(what, name));
        one.number_from(read_recorded(book_, name).last_generation);
        open_sockets(one);
    }
    for (const auto& change : changes.changed) {
        auto& one = named(change.name);
        const auto& next = spec_of(what, change.name);
        one.set_terms(next);
        if (!one.is_wanted()) {
            one.set_spec(next);  // whoever has stopped it starts it again
        } else if (change.needs() == change_needs::new_generation) {
            one.begin(replacement_kind::deploy, next, who, "lastcall apply");
        }
    }
}

void engine::send_stop_plan() {
    std::vector<core::ordered_service> order;
    std::chrono::nanoseconds longest = 0ns;
    for (const auto& [name, one] : services_) {
        order.push_back({.name = name, .after = one->spec().after});
        longest = std::max(longest, one->spec().stop.grace);
    }
    message plan("stop_plan");
    const auto stages = core::stop_stages(order);
    for (const auto& stage : stages) {
        std::string names;
        for (const auto& name : stage) {
            names += (names.empty() ? "" : ",") + name;
        }
        plan.add("stage", names);
    }
    const auto all = spec_.stop_within.count() > 0 ? spec_.stop_within
                                                   : longest * static_cast<int>(stages.size());
    plan.add("grace_ms", all / 1ms);
    keeper_.ask(std::move(plan));
}

}  // namespace lastcall::agent
