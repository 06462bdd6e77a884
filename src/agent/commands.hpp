// What can be asked of the agent. The API asks, the engine answers; both are tested against
// this alone.
#pragma once

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "agent/config/service_spec.hpp"
#include "agent/view.hpp"

namespace lastcall::agent {

/// A request that is refused: nothing was changed.
class refusal : public std::runtime_error {
public:
    enum class kind : std::uint8_t {
        invalid,      ///< it makes no sense: 422
        not_found,    ///< 404
        conflict,     ///< something else is under way, or it is over: 409
        forbidden,    ///< who asks may not: 403
        unavailable,  ///< journal damaged, disk full, stopping: 503
    };
    refusal(kind why, const std::string& message, std::string hint = {})
        : std::runtime_error(message), why_(why), hint_(std::move(hint)) {}
    [[nodiscard]] kind why() const noexcept { return why_; }
    [[nodiscard]] const std::string& hint() const noexcept { return hint_; }  ///< what to do

private:
    kind why_;
    std::string hint_;
};

struct deploy_request {
    std::string service;
    std::vector<std::string> command;                ///< empty: as it is now (a restart)
    std::map<std::string, std::string> environment;  ///< over the present one
    std::string note;
    bool forces = false;  ///< though the current generation is not healthy, without draining it
    /// Of the client, to be written into `deploy_asked` as fields.idempotency_key: the API looks
    /// there for it after the agent was replaced. Empty: none was sent.
    std::string idempotency_key;
};

/// All calls return at once; what they have begun is told by journal rows. Each throws
/// `refusal`. Threads: the API's; the engine goes over to its own.
class commands {
public:
    virtual ~commands() = default;

    /// Calls back on the engine's thread, soon; with the exception, when it was refused.
    template <class Value>
    using answer = std::function<void(Value, std::exception_ptr)>;

    virtual void show(answer<agent_view> to) = 0;
    virtual void show_deploy(std::int64_t number, answer<deploy_view> to) = 0;
    virtual void deploy(deploy_request what, actor who, answer<deploy_view> to) = 0;
    virtual void approve(std::int64_t deploy, actor who, answer<deploy_view> to) = 0;
    virtual void reject(std::int64_t deploy, actor who, std::string why,
                        answer<deploy_view> to) = 0;
    /// While the old generation lives: back to it, at once. Else a deploy of what ran before.
    virtual void rollback(std::string service, actor who, answer<deploy_view> to) = 0;
    virtual void restart(std::string service, actor who, answer<deploy_view> to) = 0;
    virtual void start(std::string service, actor who, answer<service_view> to) = 0;
    virtual void stop(std::string service, actor who, answer<service_view> to) = 0;
    virtual void stop_all(actor who, answer<agent_view> to) = 0;
    /// A new lastcall.yaml: new services start, changed ones are deployed, missing ones stop.
    virtual void apply(host_spec what, actor who, answer<agent_view> to) = 0;
    /// Replaces keeper and agent by other programs, while the services run.
    virtual void upgrade(std::string directory, actor who, answer<agent_view> to) = 0;

    /// Rows of the journal, on any thread, at once.
    [[nodiscard]] virtual std::vector<journal_row> history(const journal_query& query) = 0;
    /// Calls back for every new row until the returned token is destroyed. On the engine's thread.
    [[nodiscard]] virtual std::shared_ptr<void> follow(
        std::function<void(const journal_row&)> listener) = 0;
    /// The log files of a service, the oldest first.
    [[nodiscard]] virtual std::vector<std::string> log_files(const std::string& service) = 0;
};

}  // namespace lastcall::agent
