// An agent with one service, in a home of its own.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "agent/api/client.hpp"
#include "processes.hpp"
#include "services.hpp"
#include "shared/scratch.hpp"
#include "sys/socket/socket_client.hpp"

namespace deploy_bench {

using nlohmann::json;

struct host_terms {
    std::string bin;  ///< where lastcall is
    std::chrono::milliseconds bake{1000};
    bool is_detached = true;
    std::string handover = "automatic";
};

class host {
public:
    /// Runs version 'a' of it, and waits until it is ready. Errors: std::runtime_error, with
    /// what the programs said.
    host(service what, host_terms how);
    host(const host&) = delete;
    host& operator=(const host&) = delete;
    ~host();

    [[nodiscard]] const service& what() const noexcept { return what_; }
    [[nodiscard]] const lastcall::sys::endpoint& at() const noexcept { return at_; }
    [[nodiscard]] int agent_pid();
    [[nodiscard]] int keeper_pid();
    /// The process of the generation that serves: its lastcall-init.
    [[nodiscard]] int service_pid();

    /// `lastcall ARGUMENTS...`
    ended_command run(std::vector<std::string> arguments);

    /// Asks for it. Returns: the number of the deploy.
    std::int64_t begin_deploy(char version);
    /// Begins, and follows it to its end. Returns: the number. Errors: it was not `done`.
    std::int64_t deploy(char version);
    /// As GET /v1/deploys/NUMBER has it.
    [[nodiscard]] std::string state_of(std::int64_t deploy);
    /// Waits for it. Errors: std::runtime_error after a minute.
    void wait_for(std::int64_t deploy, const std::string& state);

    [[nodiscard]] json get(const std::string& target) { return client().get(target); }
    [[nodiscard]] lastcall::agent::api_client client();
    /// Of one deploy, in their order.
    [[nodiscard]] json rows_of(std::int64_t deploy);

private:
    void start();

    service what_;
    host_terms how_;
    measured::scratch home_;
    int port_;
    lastcall::sys::endpoint at_;
    int child_ = 0;  ///< the keeper, in the foreground
};

/// Looks every 5 ms. Returns: false after `limit`.
bool wait_until(const std::function<bool()>& holds,
                std::chrono::milliseconds limit = std::chrono::minutes(1));

/// Of a row: when it was written, on the clock of now_ns().
[[nodiscard]] std::int64_t time_of(const json& row);

/// The moment of the first row that `is_it`. Errors: std::runtime_error that names `what`.
[[nodiscard]] std::int64_t time_of(const json& rows, const std::string& what,
                                   const std::function<bool(const json&)>& is_it);

}  // namespace deploy_bench
