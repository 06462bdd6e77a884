// How a service begins to be replaced, and why it does not.
#include <algorithm>

#include "agent/engine/service.hpp"
#include "agent/engine/start_request.hpp"
#include "agent/engine/version.hpp"
#include "agent/plan/kept_programs.hpp"
#include "config/values.hpp"

namespace lastcall::agent {

using namespace std::chrono_literals;

/// Looks at what would run. `kept`: a copy of the program of an earlier generation.
run_plan service::plan_of(const service_spec& next, const std::string& kept) const {
    try {
        return make_plan(next, inheritable_environment(), this_machine(), kept);
    } catch (const config::settings_error& e) {
        throw refusal(refusal::kind::invalid, e.what());
    }
}

/// A copy of the program, for one that is gone from its place by then.
void service::keep_for_rollback(const run_plan& plan) const {
    std::set<std::string> needed;
    for (const auto& [number, one] : generations_) {
        needed.insert(one.plan.program.digest);
    }
    (void)keep_program(plan, host_.where.programs(), needed);
}

void service::check_begin(replacement_kind kind, const service_spec& next) const {
    refuse_while_busy(kind);
    refuse_other_traffic(next);
    (void)plan_of(next, "");
}

void service::refuse_other_traffic(const service_spec& next) const {
    const bool runs =
        std::ranges::any_of(generations_, [](const auto& one) { return one.second.lives; });
    if (runs && next.traffic != spec_.traffic) {
        throw refusal(refusal::kind::conflict,
                      "traffic of " + name() +
                          " cannot be changed while it runs: nobody could "
                          "move its requests from one to the other",
                      "lastcall stop " + name() + ", then apply it");
    }
}

void service::refuse_while_busy(replacement_kind kind) const {
    if (host_.is_stopping) {
        throw refusal(refusal::kind::unavailable, "the agent is stopping");
    }
    if (is_recovering_) {
        throw refusal(refusal::kind::unavailable,
                      "the agent is still looking at what " + name() + " was doing",
                      "ask again in a moment");
    }
    if (replacement_) {
        const auto& running = replacement_->view();
        throw refusal(refusal::kind::conflict,
                      "deploy " + std::to_string(running.number) + " of " + name() +
                          " is under way: " + std::string(to_string(running.state)),
                      "wait for it, or end it: lastcall reject " + std::to_string(running.number));
    }
    const bool is_by_itself =
        kind == replacement_kind::crash || kind == replacement_kind::unhealthy;
    if (!host_.journal_is_good && !is_by_itself) {
        throw refusal(refusal::kind::unavailable,
                      "the journal cannot be written, and nothing is deployed without it",
                      "make room, or see `lastcall verify-journal`");
    }
}

const deploy_view& service::begin(replacement_kind kind, service_spec next, const actor& who,
                                  const std::string& note, bool forces, const std::string& kept,
                                  const std::string& key) {
    refuse_while_busy(kind);
    refuse_other_traffic(next);
    auto plan = plan_of(next, kept);
    keep_for_rollback(plan);
    const auto* old = find(current_);
    const bool has_old = old != nullptr && old->lives && !old->is_stopping;
    deploy_view view;
    view.number = ++host_.last_deploy;
    view.service = name();
    view.from = has_old ? current_ : 0;
    view.to = ++last_number_;
    view.asked_by = who;
    view.note = note;
    view.command = next.command;
    view.digest = plan.digest;
    view.asked = wall_now();
    view.approvers = next.deploy.approvers;
    view.is_rollback = kind == replacement_kind::rollback;
    const unsigned slot = old == nullptr ? 0 : has_old ? 1 - old->slot : old->slot;
    save_version(host_.where, name(), view.to, next, plan.program.digest, slot);

    core::deploy_terms terms;
    terms.needs_approval = next.deploy.needs_approval && kind == replacement_kind::deploy;
    terms.has_old = has_old && !needs_gap(next);
    terms.approve_within = next.deploy.approve_within;
    terms.ready_within = next.deploy.ready_within;
    terms.bake_for = terms.has_old && !forces ? next.deploy.bake_for : 0ns;
    terms.rolls_back_by_itself = next.deploy.rolls_back_by_itself;

    generation made;
    made.number = view.to;
    made.spec = std::move(next);
    made.digest = view.digest;
    made.slot = slot;
    made.plan = std::move(plan);
    const auto& next_one = generations_[view.to] = std::move(made);
    host_.note({.kind = "deploy_asked",
                .service = name(),
                .generation = view.to,
                .deploy = view.number,
                .who = who,
                .fields = {{"kind", to_string(kind)},
                           {"from", view.from},
                           {"to", view.to},
                           {"command", view.command},
                           {"environment_keys", environment_keys(next_one.spec)},
                           {"digest", view.digest},
                           {"note", note},
                           {"idempotency_key", key},
                           {"forces", forces},
                           {"needs_approval", terms.needs_approval},
                           {"approvers", view.approvers},
                           {"has_old", terms.has_old},
                           {"bake_ms", terms.bake_for / 1ms},
                           {"plan", next_one.plan.canonical}}});
    is_wanted_ = true;
    has_failed_ = false;
    waits_restart_ = false;
    restart_timer_.cancel();
    use_switch_for(next_one.spec);
    replacement_ = std::make_unique<replacement>(host_, *this, kind, std::move(view), terms);
    replacement_->begin();
    return replacement_->view();
}

const deploy_view& service::roll_back(const actor& who) {
    if (replacement_) {
        if (replacement_->view().from == 0 || !replacement_->abort(who.text() + " asked for it")) {
            throw refusal(refusal::kind::conflict,
                          "deploy " + std::to_string(replacement_->view().number) +
                              " cannot be taken back any more: the old generation was told to stop",
                          "ask again when it is over, and what ran before is deployed");
        }
        return replacement_->view();
    }
    const auto before = version_before(host_.book, host_.where, name(), current_);
    if (!before) {
        throw refusal(refusal::kind::not_found, "nothing is recorded that ran before generation " +
                                                    std::to_string(current_) + " of " + name());
    }
    const auto kept = find_kept(host_.where.programs(), before->program_digest);
    return begin(replacement_kind::rollback, before->spec, who, "", false, kept.value_or(""));
}

}  // namespace lastcall::agent
