// One deploy, restart or first start at work: asks core/deploy_machine, does what it says, and
// writes each edge down before its effect and after it. The row before the cut is that of
// `spawned`: between "ready" and the steering no disk is waited for. docs/decisions/0014.
//
// Threads: the engine's.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <set>
#include <vector>

#include "agent/commands.hpp"
#include "agent/engine/host.hpp"
#include "agent/engine/probe.hpp"
#include "core/deploy_machine.hpp"

namespace lastcall::agent {

class service;

/// What asked for the new generation.
enum class replacement_kind : std::uint8_t {
    start,  ///< nothing runs
    deploy,
    restart,   ///< the same again, because somebody asked
    rollback,  ///< what ran before, because somebody asked
    crash,     ///< the same again, because it ended
    unhealthy  ///< the same again, because its liveness check failed
};
[[nodiscard]] std::string_view to_string(replacement_kind value) noexcept;
[[nodiscard]] std::optional<replacement_kind> to_replacement_kind(std::string_view text) noexcept;

class replacement {
public:
    /// `view`  number, from, to, who, note, command, digest and approvers are filled in
    replacement(host& at, service& of, replacement_kind kind, deploy_view view,
                const core::deploy_terms& terms);
    ~replacement();

    void begin();
    /// After a crash of the agent.
    void resume(core::deploy_state state, std::chrono::nanoseconds entered,
                const core::deploy_sight& sight);

    /// Errors: refusal (it does not wait for an approval; `who` may not give it).
    void approve(const actor& who);
    void reject(const actor& who, const std::string& why);
    /// Goes back, or does not even begin. Returns: false when it is too late for that.
    bool abort(const std::string& why);

    // What the service hears of its generations.
    void generation_notified(std::int64_t number);
    /// It says EXTEND_TIMEOUT_USEC=: it needs so long from now on to become ready.
    void generation_needs(std::int64_t number, std::chrono::nanoseconds by);
    void generation_exited(std::int64_t number, const std::string& how);

    [[nodiscard]] const deploy_view& view() const noexcept { return view_; }
    [[nodiscard]] replacement_kind kind() const noexcept { return kind_; }
    [[nodiscard]] core::deploy_state state() const noexcept { return machine_.state(); }
    /// Nobody has to be told of it: the service is kept running.
    [[nodiscard]] bool is_by_itself() const noexcept {
        return kind_ == replacement_kind::crash || kind_ == replacement_kind::unhealthy;
    }

private:
    void step(core::deploy_machine::actions what);
    void act(std::span<const core::deploy_action> what);
    bool write_edges(std::span<const core::deploy_state> crossed,
                     std::span<const core::deploy_action> next);
    void carry_out(core::deploy_action what);
    void start_new();
    void watch_ready();
    void ask_until_ready(check_spec check);
    void became_ready();
    void steer(std::int64_t to);
    void begin_bake();
    void tell_to_stop(std::int64_t number);
    void arm_timer();
    /// Not from within a callback of what may be destroyed by it.
    template <class Call>
    void later(Call call) {
        boost::asio::post(host_.loop, while_alive(alive_, std::move(call)));
    }

    host& host_;
    service& service_;
    replacement_kind kind_;
    deploy_view view_;
    core::deploy_terms terms_;
    core::deploy_machine machine_;
    boost::asio::steady_timer timer_;
    std::unique_ptr<probe> readiness_;
    std::vector<std::unique_ptr<probe>> bake_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);  ///< callbacks look whether we are
    bool waits_ready_ = false;
    bool waits_for_person_ = false;
    bool is_cut_foretold_ = false;  ///< a durable row says that it is steered to when it is ready
    std::chrono::nanoseconds ready_{0};  ///< CLOCK_BOOTTIME; 0: another agent has seen it
    std::int64_t steerings_ = 0;         ///< the answer to an earlier one is dropped
    std::set<std::int64_t> told_to_stop_;
};

}  // namespace lastcall::agent
