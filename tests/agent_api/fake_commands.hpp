// An engine that only keeps what it is told: two services, deploys that never move by
// themselves, and a journal in memory. Answers come from a thread of its own, as the real
// engine's do.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "agent/commands.hpp"

namespace lastcall::agent::testing {

class fake_commands : public commands {
public:
    fake_commands();
    ~fake_commands() override;

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

    // ---- the side of the tests ---------------------------------------------------

    /// Appends a row, as the engine would, and waits until the followers know it.
    std::int64_t add_row(const std::string& kind, const std::string& service = "web",
                         nlohmann::json fields = nlohmann::json::object());
    /// Likewise, of a deploy that was asked for with an Idempotency-Key.
    void add_deploy_asked(const std::string& service, std::int64_t deploy, const actor& who,
                          const std::string& key);
    /// Every command that is asked from now on is refused like this. Unset: none.
    void refuse_with(std::optional<refusal> how);
    /// Holds what is asked back until `release`.
    void hold();
    void release();
    /// Waits until something is held back.
    void wait_for_held();
    void set_service_state(const std::string& name, service_state to);
    void set_log_files(std::vector<std::string> files);

    struct seen {
        std::vector<deploy_request> deploys;
        std::vector<std::string> calls;  ///< "stop web by alice (uid 1000)"
        std::vector<actor> actors;
        std::optional<host_spec> applied;
    };
    [[nodiscard]] seen what_was_seen();

private:
    template <class Value, class Make>
    void answer_later(answer<Value> to, Make make);
    template <class Make>
    void change(const std::string& what, const actor& who, answer<deploy_view> to, Make make);
    deploy_view new_deploy(const std::string& service, const actor& who);
    service_view& service(const std::string& name);
    void note(const std::string& what, const actor& who);
    std::int64_t append(journal_row row);
    void run();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> queue_;
    bool ends_ = false;
    bool holds_ = false;
    agent_view view_;
    std::map<std::int64_t, deploy_view> deploys_;
    std::vector<journal_row> rows_;
    std::map<int, std::function<void(const journal_row&)>> listeners_;
    int next_listener_ = 0;
    std::vector<std::string> log_files_;
    std::optional<refusal> refuses_;
    seen seen_;
    std::mutex listening_;  ///< held while listeners are called
    std::thread engine_;
};

}  // namespace lastcall::agent::testing
