// One run of the built `lastcall drill` against the faulty server: what the drill says of it,
// and what the server itself wrote.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace lastcall::drill_truth {

struct drill_case {
    std::string name;
    std::vector<std::string> server;  ///< arguments of faulty_server, without port and truth
    std::string lanes;                ///< YAML, the profile; empty: the usual mix
    std::vector<std::string> flags;   ///< of the drill
    bool uses_tls = false;
};

class drill_run {
public:
    /// Runs it in a directory of its own. Blocks: until the drill has ended.
    explicit drill_run(const drill_case& how);
    drill_run(const drill_run&) = delete;
    drill_run& operator=(const drill_run&) = delete;
    ~drill_run();

    [[nodiscard]] int status() const noexcept { return status_; }
    /// What it printed, for the message of a test that fails.
    [[nodiscard]] const std::string& output() const noexcept { return output_; }

    /// Lines of the server with this event, and with this fault unless it is empty; since the
    /// load began: before it, the drill tries what the service supports.
    [[nodiscard]] std::vector<nlohmann::json> truth(const std::string& event,
                                                    const std::string& fault = {}) const;

    /// The drill's exchanges for a target.
    [[nodiscard]] std::vector<nlohmann::json> exchanges(const std::string& target) const;
    /// The same, counted by outcome; only those with this method, unless it is empty.
    [[nodiscard]] std::map<std::string, std::uint64_t> outcomes(
        const std::string& target, const std::string& method = {}) const;
    /// Connections that ended while nothing was in flight, by how.
    [[nodiscard]] std::map<std::string, std::uint64_t> quiet_ends() const;
    /// The last line of the trial.
    [[nodiscard]] nlohmann::json trial_end() const;
    /// CLOCK_MONOTONIC, in ns, of the log's moment 0.
    [[nodiscard]] std::int64_t origin() const { return events_.at(0).at("origin"); }

    /// The criteria with this standing.
    [[nodiscard]] std::set<std::string> criteria(const std::string& standing) const;

    /// Whether the drill itself could not keep up: its run is inconclusive for that.
    [[nodiscard]] bool generator_was_late() const;

    /// What is known, in a few lines.
    [[nodiscard]] std::string summary() const;

private:
    std::filesystem::path folder_;
    int status_ = -1;
    std::string output_;
    std::vector<nlohmann::json> truth_;
    std::vector<nlohmann::json> events_;
    nlohmann::json result_;
};

/// How often each case is run: LASTCALL_TRUTH_RUNS, else once.
[[nodiscard]] int runs();

}  // namespace lastcall::drill_truth
