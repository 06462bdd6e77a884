// What each operation of the API does: from a request to a command, and from its answer to
// JSON.
#pragma once

#include "agent/api/api.hpp"
#include "agent/api/call.hpp"
#include "agent/api/deploy_keys.hpp"

namespace lastcall::agent {

class desk {
public:
    desk(const api_options& options, commands& of);

    /// Answers, now or later. Errors: those that call::fail knows; nothing was answered then.
    /// Threads: any.
    void handle(const call_ref& c);

    [[nodiscard]] tally& counts() noexcept { return counts_; }

private:
    void show(const call_ref& c);
    void show_service(const call_ref& c);
    void show_history(const call_ref& c, bool of_service);
    void show_logs(const call_ref& c);
    void show_metrics(const call_ref& c);
    void show_ready(const call_ref& c);
    void follow(const call_ref& c);
    void deploy(const call_ref& c);
    void begin_deploy(const call_ref& c, deploy_request what,
                      const std::shared_ptr<deploy_keys::reservation>& held);
    [[nodiscard]] std::int64_t deploy_of_key(const call& c, const std::string& key) const;
    /// Goes on with `then` where there is a service of this name, or was one; else 404. On the
    /// event loop of the connection.
    void if_known(const call_ref& c, const std::string& name, std::function<void()> then);
    void approve(const call_ref& c);
    void apply(const call_ref& c);
    [[nodiscard]] std::int64_t last_row() const;
    [[nodiscard]] std::vector<journal_row> own_rows() const;

    const api_options& options_;
    commands& commands_;
    tally counts_;
    event_hub hub_;
    deploy_keys keys_;
    std::shared_ptr<void> following_;  ///< destroyed first: it calls into the others
};

}  // namespace lastcall::agent
