// A service takes up what a former agent has left behind.
#include "agent/engine/recovery.hpp"
#include "agent/engine/service.hpp"
#include "agent/engine/version.hpp"
#include "agent/plan/kept_programs.hpp"

namespace lastcall::agent {

using core::deploy_sight;

namespace {

generation from_keeper(const wire::keeper_message& told, service_spec spec) {
    generation made;
    made.number = told.number("generation").value_or(0);
    made.spec = std::move(spec);
    made.pid = static_cast<int>(told.number("pid").value_or(0));
    made.start_time = static_cast<std::uint64_t>(told.number("start_time").value_or(0));
    made.lives = told.text("state") == "running";
    made.is_ready = told.number("ready").value_or(0) != 0;
    made.is_stopping = told.number("stopping").value_or(0) != 0;
    made.is_steered = told.number("steered").value_or(0) != 0;
    made.started = std::chrono::nanoseconds(told.number("started_ns").value_or(0));
    made.started_at = wall_now() - (boot_now() - made.started);
    return made;
}

}  // namespace

void service::recover(const std::vector<wire::keeper_message>& known) {
    auto recorded = read_recorded(host_.book, name());
    is_wanted_ = recorded.is_wanted;
    current_ = recorded.current;
    last_number_ = recorded.last_generation;
    has_sockets_ = true;
    std::vector<wire::keeper_message> exited;
    for (const auto& told : known) {
        if (told.is("listener")) {
            const std::string socket(told.text("socket"));
            addresses_[socket] = told.text("address");
            opened_[socket] = told.text("address");
            continue;
        }
        auto one = from_keeper(told, spec_);
        if (auto spec = load_version(host_.where, name(), one.number)) {
            one.spec = std::move(spec->spec);
            one.plan.program.digest = spec->program_digest;
            one.slot = spec->slot;
        }
        last_number_ = std::max(last_number_, one.number);
        if (one.is_steered && current_ == 0 && !recorded.open) {
            current_ = one.number;  // there is no journal to say so
        }
        if (!one.lives) {
            exited.push_back(told);
            one.lives = true;  // its exit is told below, as any other
        }
        if (one.number == current_) {
            use_version(one.spec);
            one.is_ready = true;  // it was promoted
        }
        generations_[one.number] = std::move(one);
    }
    for (const auto& one : spec_.sockets) {
        if (opened_.contains(one.name)) {
            opened_[one.name] = one.address;  // "127.0.0.1:0" is bound as another
        }
    }
    use_switch_for(spec_);
    if (!recorded.open) {
        return recovered(exited);
    }
    is_recovering_ = true;
    traffic_->look(find(recorded.open->view.from), find(recorded.open->view.to),
                   while_alive(alive_, [this, open = *recorded.open, exited](auto side) {
                       is_recovering_ = false;
                       resume(open, side);
                       recovered(exited);
                   }));
}

void service::recovered(const std::vector<wire::keeper_message>& exited) {
    for (const auto& told : exited) {
        on_exited(told);
    }
    if (!replacement_ && is_wanted_) {
        if (const auto* now = find_living(current_)) {
            traffic_->hold_at(now);
            watch_life();
        }
    }
    if (!is_wanted_) {
        stop_living();
    }
    host_.changed();
}

void service::resume(const open_deploy& open, deploy_sight::side side) {
    deploy_sight sight;
    sight.steered = side;
    sight.waits_for_person = open.waits_for_person;
    if (const auto* made = find(open.view.to)) {
        sight.new_lives = made->lives;
        sight.new_is_ready = made->is_ready || open.state > core::deploy_state::spawned;
    } else {
        generation planned;
        planned.number = open.view.to;
        std::string kept;
        if (auto saved = load_version(host_.where, name(), open.view.to)) {
            planned.spec = std::move(saved->spec);
            planned.slot = saved->slot;
            if (open.kind == replacement_kind::rollback) {
                kept = find_kept(host_.where.programs(), saved->program_digest).value_or("");
            }
        } else {
            planned.spec = spec_;
        }
        planned.digest = open.view.digest;
        // Only what has the digest that was asked for, and perhaps approved, is ever started; where
        // it has changed, or is gone, start_generation says so.
        for (const auto& from : {std::string(), kept}) {
            try {
                planned.plan = plan_of(planned.spec, from);
            } catch (const std::exception&) {
                continue;
            }
            if (planned.plan.digest == planned.digest) {
                break;
            }
        }
        sight.new_has_ended = open.state > core::deploy_state::approved;
        generations_[open.view.to] = std::move(planned);
    }
    if (const auto* old = find(open.view.from)) {
        sight.old_lives = old->lives;
    }
    auto terms = open.terms;
    const auto& deploy = made(open.view.to).spec.deploy;
    terms.approve_within = deploy.approve_within;
    terms.ready_within = deploy.ready_within;
    terms.rolls_back_by_itself = deploy.rolls_back_by_itself;
    if (open.is_approved && open.waits_for_person) {
        sight.waits_for_person = false;
        terms.bake_for = std::chrono::nanoseconds(0);  // it stays, whatever its checks say
    } else if (open.is_approved) {
        terms.needs_approval = false;
    }
    auto view = open.view;
    view.approvers = deploy.approvers;
    replacement_ = std::make_unique<replacement>(host_, *this, open.kind, std::move(view), terms);
    replacement_->resume(open.state, open.entered, sight);
}

}  // namespace lastcall::agent
