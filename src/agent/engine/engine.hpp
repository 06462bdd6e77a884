// The agent's mind: all services, their order, and what people and the keeper say. One thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <list>
#include <map>
#include <memory>
#include <mutex>

#include "agent/commands.hpp"
#include "agent/config/difference.hpp"
#include "agent/engine/host.hpp"
#include "agent/engine/screen.hpp"
#include "agent/engine/service.hpp"

namespace lastcall::agent {

struct engine_options {
    places where;
    host_spec wanted;          ///< what `up` was asked for; used when the keeper is a new one
    std::string init_program;  ///< lastcall-init
    sys::unique_fd channel;    ///< LASTCALL_KEEPER_FD
    std::string version;
    std::vector<std::string> own_arguments{};  ///< of this program, for the one after an upgrade
    bool is_quiet = false;                     ///< nothing is printed of what happens
};

class engine final : public commands {
public:
    /// Called on the engine's thread.
    struct events {
        std::function<void()> over;          ///< the keeper has stopped everything, or is gone
        std::function<void()> settled = {};  ///< every service is what it can be, once
    };

    /// `book`  null: it cannot be opened; then nothing is deployed, and all else goes on
    engine(engine_options how, journal* book, events on);
    ~engine() override;

    /// Takes up the work and stays until `over` or `end`. On the calling thread.
    void run();
    /// Threads: any.
    void end();
    /// `why_not`  empty: the API is to be had over TCP again. Threads: any.
    void api_listens(const std::string& listen, const std::string& why_not);

    void show(answer<agent_view> to) override;
    void show_deploy(std::int64_t number, answer<deploy_view> to) override;
    void deploy(deploy_request what, actor who, answer<deploy_view> to) override;
    void approve(std::int64_t deploy, actor who, answer<deploy_view> to) override;
    void reject(std::int64_t deploy, actor who, std::string why, answer<deploy_view> to) override;
    void rollback(std::string service, actor who, answer<deploy_view> to) override;
    void restart(std::string service, actor who, answer<deploy_view> to) override;
    void start(std::string service, actor who, answer<service_view> to) override;
    void stop(std::string service, actor who, answer<service_view> to) override;
    void stop_all(actor who, answer<agent_view> to) override;
    void apply(host_spec what, actor who, answer<agent_view> to) override;
    void upgrade(std::string directory, actor who, answer<agent_view> to) override;
    std::vector<journal_row> history(const journal_query& query) override;
    std::shared_ptr<void> follow(std::function<void(const journal_row&)> listener) override;
    std::vector<std::string> log_files(const std::string& service) override;

private:
    using message = wire::keeper_message;

    /// Runs `work` on the engine's thread and hands over what it returns or throws.
    void post_request(std::function<void()> work);
    template <class Value, class Work>
    void on_thread(answer<Value> to, Work work);
    template <class Value, class Work>
    void on_thread_if_movable(answer<Value> to, const std::string& name, Work work);

    // The keeper.
    void told(const message& what);
    void took_over();
    void keeper_stops(const message& what);
    void keeper_stopped();
    void stop_keeper();
    void send_stop_plan();

    // Services.
    void adopt_what_is_left(const host_spec& what);
    void take_spec(const host_spec& before,
                   const std::map<std::string, std::vector<message>>& adopted);
    void begin_work();
    [[nodiscard]] host_spec what_was_applied();
    void keep_spec(const host_spec& what, const host_difference& changes, const actor& who);
    void open_sockets(service& of);
    void check_apply(const host_spec& what);
    void check_traffic(const host_spec& what, const std::function<void(const std::string&)>& then);
    void apply_now(const host_spec& what, const actor& who);
    void take_changes(const host_difference& changes, const host_spec& what, const actor& who);
    void take_leftovers();
    void upgrade_now(const std::string& directory, const actor& who);
    service& add(const service_spec& spec);
    service& named(const std::string& name);
    replacement& deploy_numbered(std::int64_t number);
    void something_changed();
    /// Something does not work, and all goes on without it.
    void degrade(std::string what);
    void start_what_can();
    void let_leave();
    [[nodiscard]] bool is_at_rest(const service& one, std::size_t depth) const;
    [[nodiscard]] std::string standing() const;
    void tell_manager();
    [[nodiscard]] agent_view view() const;

    engine_options how_;
    journal* book_;
    events on_;
    boost::asio::io_context loop_;
    boost::asio::thread_pool aside_{1};
    keeper_link keeper_;
    host host_;
    host_spec spec_;
    std::map<std::string, std::unique_ptr<service>> services_;
    std::vector<message> found_;            ///< what the keeper told between `welcome` and `ready`
    std::map<std::string, actor> leaving_;  ///< no longer in the configuration, and by whom
    bool has_begun_ = false;                ///< all services are known, those that run too
    std::vector<std::function<void()>> early_;  ///< what was asked before that
    bool is_settled_ = false;
    std::string told_standing_;  ///< to systemd, last
    bool change_is_posted_ = false;
    int keeper_pid_ = 0;
    std::string not_upgraded_;  ///< why this agent is back, and not the one that was to come
    std::chrono::nanoseconds started_{0};
    std::vector<std::string> degraded_;
    std::string api_trouble_;  ///< why the API is not to be had over TCP

    std::unique_ptr<screen> screen_;

    std::mutex followers_mutex_;
    std::list<std::function<void(const journal_row&)>> followers_;
};

}  // namespace lastcall::agent
