#include <lastcall/duration.hpp>

#include "agent/config/judge.hpp"
#include "agent/config/program_file.hpp"

namespace lastcall::agent {
namespace {

using kind = check_spec::kind;

class judge {
public:
    judge(const service_spec& one, const std::string& path, const surroundings& here,
          problem_list& found)
        : one_(one), path_(path), here_(here), found_(found) {}

    void program() {
        if (one_.command.empty()) {
            if (!found_.knows(path_ + ".command")) {
                found_.add(path_, "the service has no command", "write command: PROGRAM ARGUMENT…");
            }
            return;
        }
        judge_program(one_.command.front(), ".command");
        if (!one_.stop.pre_stop.empty()) {
            judge_program(one_.stop.pre_stop.front(), ".stop.pre_stop");
        }
        if (one_.ready.how == kind::command) {
            judge_program(one_.ready.command.front(), ".ready.command");
        }
        if (one_.live && one_.live->how == kind::command) {
            judge_program(one_.live->command.front(), ".live.command");
        }
        std::size_t number = 0;
        for (const auto& check : one_.deploy.bake_checks) {
            const auto key = bake_key(number++);
            if (check.how == kind::command) {
                judge_program(check.command.front(), key);
            }
        }
    }

    void checks() {
        judge_target(one_.ready, ".ready");
        if (one_.live) {
            judge_target(*one_.live, ".live");
        }
        std::size_t number = 0;
        for (const auto& check : one_.deploy.bake_checks) {
            judge_target(check, bake_key(number++));
        }
        const auto& ready = one_.ready;
        const auto least = ready.interval * (ready.passes - 1);
        if (least >= one_.deploy.ready_within) {
            found_.add(path_ + ".ready",
                       std::to_string(ready.passes) + " passes, each " + to_text(ready.interval) +
                           " after the other, take longer than ready_within, " +
                           to_text(one_.deploy.ready_within),
                       "lower passes or interval, or raise deploy.ready_within");
        }
        if (one_.live && one_.live->how == ready.how && one_.live->target == ready.target &&
            ready.how == kind::http) {
            found_.warn(path_ + ".live",
                        "liveness asks the same " + ready.target +
                            " as readiness: a service that takes itself out of the traffic, as "
                            "every one does that drains, would be restarted",
                        "ask another path, as /live");
        }
    }

    void traffic() {
        const bool is_proxied = one_.traffic.how == traffic_spec::kind::haproxy;
        bool has_place = false;
        for (const auto& word : one_.command) {
            has_place = has_place || word.find("{port}") != std::string::npos;
        }
        for (const auto& [name, value] : one_.environment) {
            has_place = has_place || value.find("{port}") != std::string::npos;
        }
        if (is_proxied && !has_place && !one_.command.empty()) {
            found_.add(path_ + ".traffic",
                       "neither command nor environment has {port}: both generations would bind "
                       "the same port, and HAProxy expects two",
                       "write it where the port stands: command: server --port {port}");
        }
        if (!is_proxied && has_place) {
            found_.warn(path_ + ".command", "{port} is only filled in with traffic: haproxy",
                        "write the port of listen");
        }
        std::size_t number = 0;
        for (const auto& socket : one_.sockets) {
            const auto listen = found_.part(path_ + ".listen", number++);
            if (socket.how == handover::none && !is_proxied) {
                found_.warn(listen + ".handover",
                            "with handover: none two generations cannot share " + socket.address +
                                ": a deploy stops the old one before the new one starts, and "
                                "refuses connections in between",
                            "use handover: automatic, or two ports behind traffic: haproxy");
            }
        }
    }

private:
    [[nodiscard]] std::string bake_key(std::size_t number) const {
        return found_.part(path_ + ".deploy.bake.checks", number).substr(path_.size());
    }

    void judge_program(const std::string& word, const std::string& key) {
        // A directory that is not there has been told; so has what would lie in it.
        if (word.find('/') != std::string::npos && word.front() != '/' &&
            here_.kind(one_.directory) != path_kind::directory) {
            return;
        }
        const auto set = one_.environment.find("PATH");
        const auto found =
            find_program_file(word, one_.directory,
                              set == one_.environment.end() ? std::string{} : set->second, here_);
        if (!found.problem.empty()) {
            found_.add(path_ + key, in_quotes(word) + " " + found.problem, found.fix);
        }
    }

    /// A path alone, or "tcp" alone, is asked of the service's own sockets.
    void judge_target(const check_spec& check, const std::string& key) {
        const bool is_own = (check.how == kind::http && check.target.starts_with('/')) ||
                            (check.how == kind::tcp && check.target.empty());
        // A listen that could not be read has been told; this would only repeat it.
        if (is_own && one_.sockets.empty() && !found_.knows(path_ + ".listen") &&
            one_.traffic.how == traffic_spec::kind::local) {
            found_.add(path_ + key, "the service listens nowhere, so there is nobody to ask",
                       check.how == kind::http
                           ? "write listen: 8080, or ask http://127.0.0.1:PORT" + check.target
                           : "write listen: 8080, or ask tcp:127.0.0.1:PORT");
        }
    }

    const service_spec& one_;
    const std::string& path_;
    const surroundings& here_;
    problem_list& found_;
};

}  // namespace

void judge_service(const service_spec& one, const std::string& path, const surroundings& here,
                   problem_list& found) {
    judge of(one, path, here, found);
    of.program();
    of.checks();
    of.traffic();
}

std::string why_no_name(std::string_view name) {
    constexpr std::string_view good =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    if (name.empty()) {
        return "is empty";
    }
    if (name.size() > 64) {
        return "is longer than 64 characters";
    }
    if (name.find_first_not_of(good) != std::string_view::npos) {
        return "has other characters than letters, digits, '.', '_' and '-'";
    }
    return name.front() == '.' || name.front() == '-' ? "begins with '.' or '-'" : "";
}

}  // namespace lastcall::agent
