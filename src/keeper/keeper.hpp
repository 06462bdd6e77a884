// The keeper at work: one thread that waits for everything at once, does what the agent asks,
// and tells it what has happened. It decides nothing, but for the stop when it is itself told
// to stop.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "keeper/agent_process.hpp"
#include "keeper/manager_store.hpp"
#include "keeper/options.hpp"
#include "keeper/request_error.hpp"
#include "keeper/service.hpp"
#include "sys/lasting_text.hpp"
#include "sys/poll_set.hpp"
#include "sys/signal/signal_inbox.hpp"
#include "sys/socket/message_channel.hpp"
#include "wire/keeper_message.hpp"

namespace lastcall::keeper {

class keeper {
public:
    using message = wire::keeper_message;

    keeper(options what, std::vector<std::string> environment);
    /// Returns: the exit status.
    int run();

private:
    using descriptors = std::vector<sys::unique_fd>;
    using handler = void (keeper::*)(const message&, descriptors&);

    // keeper.cpp: the loop.
    bool take_office();
    void turn();
    [[nodiscard]] std::optional<time> next_wake() const;
    void take_signals();
    void take_children();
    void take_time(time now);
    void take_agent();
    void say(const std::string& text) const;

    // generation_output.cpp
    void pass_log(generation& one, bool is_over);
    void pass_notify(generation& one);
    void pass_handover(generation& one);
    void count_dropped();

    // requests.cpp: what the agent asks.
    void take_request(const std::string& text, descriptors& given);
    void on_hello(const message& asked, descriptors& given);
    void on_signal(const message& asked, descriptors& given);
    void on_kill(const message& asked, descriptors& given);
    void on_forget(const message& asked, descriptors& given);
    void on_stop_plan(const message& asked, descriptors& given);
    void on_tell_manager(const message& asked, descriptors& given);
    void on_upgrade_agent(const message& asked, descriptors& given);
    void on_alive(const message& asked, descriptors& given);
    void on_quit(const message& asked, descriptors& given);
    // request_sockets.cpp
    void on_listen(const message& asked, descriptors& given);
    void on_unlisten(const message& asked, descriptors& given);
    void on_steer(const message& asked, descriptors& given);
    void on_probe_path(const message& asked, descriptors& given);
    void on_queues(const message& asked, descriptors& given);
    void listen_at_port(const message& asked, std::uint16_t number, int backlog);
    void tell_ports(const service& of, const std::vector<std::string>& sockets);
    // stored_sockets.cpp
    [[nodiscard]] sys::shared_listener open_listener(const std::string& name,
                                                     const std::string& socket,
                                                     sys::shared_listener::terms terms);
    bool take_up_port(const std::string& name, const std::string& socket, std::uint16_t number,
                      int backlog);
    void refuse_held(const left_listener& one);
    void give_up(left_listener one, const std::string& why);
    void give_up_all();
    void put_into_store();
    void leave_to_store();
    // upgrade.cpp
    void on_upgrade(const message& asked, descriptors& given);
    struct upgrade {
        std::string id;
        std::vector<std::string> options;
        sys::unique_fd program;
        int trial = 0;
        sys::unique_fd handle, output;
        std::string expected;
        time until{0};
    };
    void trial_ended(const sys::child_end& how);
    int become_next(const upgrade& next);
    [[nodiscard]] std::vector<message> collect_state();
    bool restore(const std::vector<message>& items);
    bool resume();
    void prove_alive();
    // adopt.cpp
    void on_adopt(const message& asked, descriptors& given);
    void adopt_generation(const std::vector<message>& items, sys::unique_fd handle, int log,
                          int notify, int report, const std::string& name, std::int64_t number);
    void keep_live(sys::lasting_text state);
    void save_state();
    void write_state();
    void set_plan(const std::vector<std::string>& stages);
    // request_start.cpp
    void on_start(const message& asked, descriptors& given);
    [[nodiscard]] handover::offers offers_for(generation& one);
    [[nodiscard]] int choose_slot(const service& of) const;
    void start_generation(const message& asked, generation& one, descriptors& given);
    bool take_start(generation& one);
    std::shared_ptr<sys::rotating_file> open_book(const sys::rotating_file::terms& terms);

    // What is answered and told.
    [[nodiscard]] static message done(const message& asked);
    void tell(const message& what, const std::vector<int>& given = {});
    [[nodiscard]] static message describe(const service& of, const generation& one);
    static void add_ending(message& to, const ending& how);
    [[nodiscard]] service& service_named(const message& asked);
    [[nodiscard]] generation& generation_named(const message& asked);

    // endings.cpp
    void child_ended(const sys::child_end& how);
    void take_start_of_ended(generation& one, const sys::child_end& how);
    void generation_ended(generation& one, const sys::child_end& how);
    void end_orphans();
    void kill_tree(generation& one);
    void serve_leftovers(service& of, int slot);
    void end_relays(const service& of, int slot);
    void care_for_slot(service& of, int slot);
    void revive(service& of, int slot);

    // stop.cpp
    void begin_stop(const sys::signal_letter& from);
    void hurry();
    void next_stage();
    void stop_generation(generation& one);
    void send_stop(generation& one, time now);
    void extend_stop(std::string_view microseconds);
    void finish_stop(time now);
    [[nodiscard]] std::set<std::string> services_of_stage(std::size_t number) const;

    template <typename Function>
    void for_each_generation(Function&& what) {
        for (auto& [name, one] : services_) {
            for (auto& [number, each] : one.generations) {
                what(*each);
            }
        }
    }

    options what_;
    std::vector<std::string> environment_;
    sys::signal_inbox signals_;
    agent_process agent_;
    sys::poll_set poll_;
    std::map<std::string, service> services_;
    std::map<std::string, std::weak_ptr<sys::rotating_file>> books_;
    std::string boot_id_;
    std::int64_t started_ns_ = 0;
    sys::datagram_outbox manager_;
    manager_store store_{manager_};
    std::set<std::string> unnamed_;  ///< sockets whose names are too long for the store
    struct relayed {
        std::string service;
        int slot = -1;
    };
    std::map<int, relayed> relays_;  ///< processes that carry what was left in a queue

    std::vector<std::set<std::string>> plan_;
    time plan_grace_{0};

    std::optional<upgrade> upgrade_;
    struct deferred_request {
        std::string text;
        descriptors given;
    };
    std::vector<deferred_request> deferred_;
    std::vector<sys::lasting_text> live_;  ///< the first is held by those who start now
    std::vector<message> inherited_;       ///< of a state that was adopted: what is not ours yet
    std::string saved_;
    bool changed_ = true;  ///< since the state was saved, maybe

    enum class stage : unsigned char { none, stopping, stopped, ending };
    stage stop_ = stage::none;
    std::size_t stop_stage_ = 0;
    bool stop_is_hurried_ = false;
    bool stop_was_unclean_ = false;
    time stop_kill_at_{0};
    std::optional<time> quit_by_;
    std::optional<message> stopping_;  ///< told again in answer to `hello`
    bool children_changed_ = false;
    bool is_finished_ = false;
    int exit_status_ = status_stopped;
};

/// `--try-state`: whether this version understands a state. Returns: the exit status.
int try_state(int fd);

}  // namespace lastcall::keeper
