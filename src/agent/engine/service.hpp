// One service: its generations, the replacement that is under way, and what becomes of it when it
// ends by itself.
//
// Threads: the engine's.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>

#include "agent/commands.hpp"
#include "agent/engine/generation.hpp"
#include "agent/engine/host.hpp"
#include "agent/engine/replacement.hpp"
#include "agent/engine/traffic_switch.hpp"
#include "core/restart_policy.hpp"

namespace lastcall::agent {

struct open_deploy;

class service {
public:
    /// Empty: it was done; else why not.
    using outcome = std::function<void(const std::string& problem)>;

    service(host& at, service_spec spec);
    ~service();

    [[nodiscard]] const std::string& name() const noexcept { return spec_.name; }
    [[nodiscard]] const service_spec& spec() const noexcept { return spec_; }
    [[nodiscard]] service_state state() const;
    [[nodiscard]] std::string reason() const;  ///< why it is not ready, in words
    [[nodiscard]] service_view view() const;
    /// How many connections wait in its sockets, for view().
    void look_at_queues(const std::function<void()>& then);
    [[nodiscard]] std::uint64_t restarts() const noexcept { return restarts_; }
    [[nodiscard]] bool is_wanted() const noexcept { return is_wanted_; }
    [[nodiscard]] bool is_idle() const;  ///< nothing of it runs, and nothing is planned

    /// Whether new requests could be moved at all; asked before something is begun.
    void check_traffic(const service_spec& next, const outcome& then);
    /// Opens its sockets, or looks at the HAProxy in front of it; then it can start.
    void open_sockets(const outcome& then);
    /// Of a service that is gone; connections that wait in them are reset.
    void close_all_sockets();

    /// What the next start is to be, for one that is stopped.
    void set_spec(const service_spec& next) { spec_ = next; }

    // What people ask. Errors: refusal.
    /// What begin() would refuse; changes nothing.
    void check_begin(replacement_kind kind, const service_spec& next) const;
    const deploy_view& begin(replacement_kind kind, service_spec next, const actor& who,
                             const std::string& note, bool forces = false,
                             const std::string& kept = {}, const std::string& key = {});
    const deploy_view& roll_back(const actor& who);
    void stop(const actor& who);
    [[nodiscard]] replacement* active() noexcept { return replacement_.get(); }
    /// The first start, or the next one that nobody asked for.
    void start_first();
    /// Numbers go on behind this one.
    void number_from(std::int64_t last) noexcept { last_number_ = std::max(last_number_, last); }
    void sockets_are_open() noexcept { has_sockets_ = true; }
    /// It stays failed until somebody does something about it.
    void cannot_start(const std::string& why);
    /// What can be changed without a new generation.
    void set_terms(const service_spec& next);
    /// The service it waits for, and so on; empty: for nothing.
    void set_waiting(std::string why);

    // What the keeper tells.
    void on_exited(const wire::keeper_message& told);
    void on_notify(const wire::keeper_message& told);
    void on_bound(const wire::keeper_message& told);
    /// A port of which the program chooses the addresses has others now.
    void on_listener(const wire::keeper_message& told);
    void on_handover_problem(const wire::keeper_message& told);
    void on_log_dropped(std::uint64_t bytes);

    /// After a crash of the agent: `known` are the keeper's `listener`
    /// and `generation` messages about it.
    void recover(const std::vector<wire::keeper_message>& known);

    // What a replacement does to it.
    [[nodiscard]] generation& made(std::int64_t number);
    [[nodiscard]] generation* find(std::int64_t number) noexcept;
    void start_generation(generation& one, const outcome& then);
    /// `ready`  when it became so, CLOCK_BOOTTIME, for the journal; 0: long ago
    void steer(std::int64_t to, std::chrono::nanoseconds ready, const outcome& then);
    /// `how`  "deploy", "rollback" or "api", for the journal
    void tell_to_stop(generation& one, std::string_view how, const actor& who = {});
    /// Calls back when nothing comes to it any more. `other`  serves instead, if it lives
    void empty(std::int64_t number, std::int64_t other, const outcome& then);
    [[nodiscard]] probe_ways ways_to(std::int64_t number);
    void promote(std::int64_t number);
    void write_ready(const generation& one);
    void replacement_is_over();
    [[nodiscard]] std::int64_t current() const noexcept { return current_; }

private:
    void row(std::string kind, std::int64_t generation, nlohmann::json fields,
             const actor& who = {});
    [[nodiscard]] run_plan plan_of(const service_spec& next, const std::string& kept) const;
    void keep_for_rollback(const run_plan& plan) const;
    void refuse_while_busy(replacement_kind kind) const;
    void refuse_other_traffic(const service_spec& next) const;
    void use_version(const service_spec& of);
    void take_terms(const service_spec& from);
    void write_wish(const actor& who);
    void current_ended(const generation& one, bool failed);
    void restart_after(std::chrono::nanoseconds wait);
    void watch_life();
    void note_degraded(const std::string& text);
    void stop_living(const actor& who = {});
    void forget_gone();
    void resume(const open_deploy& open, core::deploy_sight::side side);
    void recovered(const std::vector<wire::keeper_message>& exited);
    [[nodiscard]] std::unique_ptr<traffic_switch> make_switch(const service_spec& next);
    /// The switch is one for what `next` says of traffic and sockets, from now on.
    void use_switch_for(const service_spec& next);
    [[nodiscard]] generation* find_living(std::int64_t number) noexcept;
    void open_sockets_of(const service_spec& wanted, const outcome& then);
    void close_socket(const std::string& socket);
    void close_surplus_sockets();
    [[nodiscard]] bool needs_gap(const service_spec& next) const;
    static void check_is_as_asked(const generation& one);
    void start_with_sockets(generation& one, const outcome& then);

    host& host_;
    service_spec spec_;  ///< of the current generation, or of the next start
    std::map<std::int64_t, generation> generations_;
    std::int64_t current_ = 0;
    std::int64_t last_number_ = 0;
    bool is_wanted_ = true;  ///< false: somebody has stopped it
    bool has_sockets_ = false;
    bool has_failed_ = false;
    std::string reason_;
    std::string waiting_;
    std::map<std::string, std::string> addresses_;  ///< as bound, by the socket's name
    std::map<std::string, std::uint32_t> queued_;   ///< by the socket's name
    std::map<std::string, std::string> opened_;     ///< as they were asked for
    std::unique_ptr<traffic_switch> traffic_;
    std::pair<traffic_spec, std::vector<socket_spec>> traffic_of_;  ///< what it was made for
    bool is_recovering_ = false;  ///< what a former agent has left is looked at
    std::unique_ptr<replacement> replacement_;
    std::optional<deploy_view> last_replacement_;
    core::restart_policy policy_;
    boost::asio::steady_timer restart_timer_;
    bool waits_restart_ = false;
    std::function<void()> after_gap_;  ///< starts the new one once the old one has ended
    std::unique_ptr<probe> life_;
    std::uint64_t restarts_ = 0;
    std::uint64_t log_dropped_ = 0;
    std::vector<std::string> degraded_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace lastcall::agent
