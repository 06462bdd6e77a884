// What a service could have: a socket that stays (U15), a manager that stays (U17).
#include <algorithm>
#include <array>

#include "core/software.hpp"
#include "lint/launch/stop_time.hpp"
#include "lint/rules/systemd/unit_case.hpp"

namespace lastcall::lint {
namespace {

/// Programs that take their listening socket from systemd when there is one.
struct socket_taker {
    std::string_view program;
    std::array<std::string_view, 2> options;  ///< where to listen: "host:port"
    std::string_view source;
};

constexpr std::array socket_takers{
    socket_taker{"gunicorn", {"--bind", "-b"}, "https://gunicorn.org/deploy/#systemd"},
    socket_taker{
        "puma", {"--bind", "-b"}, "https://github.com/puma/puma/blob/master/docs/systemd.md"},
};

/// A port of TCP, and nothing that a socket unit has made already.
bool is_port(std::string_view text) {
    const auto colon = text.rfind(':');
    return !text.starts_with("unix:") && !text.starts_with("fd://") &&
           colon != std::string_view::npos && colon + 1 < text.size() && text[colon + 1] >= '0' &&
           text[colon + 1] <= '9';
}

bool names_a_socket(const unit_case& given) {
    for (const std::string_view one : {"Requires", "After", "Wants", "BindsTo"}) {
        for (const auto& [word, from] : given.view().words("Unit", one)) {
            if (word.text().ends_with(".socket")) {
                return true;
            }
        }
    }
    return !given.view().all("Service", "Sockets").empty();
}

/// Programs that are there for others than the person that has logged in.
bool is_server(const launch_hop& hop) {
    constexpr std::array<std::string_view, 3> others{"uvicorn", "hypercorn", "redis-server"};
    return core::find_software(hop.call.name) != nullptr ||
           std::find(others.begin(), others.end(), hop.call.name) != others.end();
}

bool is_of_user(const judged_unit& of) {
    return std::any_of(of.roots.begin(), of.roots.end(), [](const auto& root) {
        const auto path = root.lexically_normal();
        return path.filename() == "user" && path.parent_path().filename() == "systemd";
    });
}

}  // namespace

void check_socket(const unit_case& given) {
    const auto* run = given.main_run();
    const auto& name = given.view().name();
    if (run == nullptr || !given.is_whole() || !given.is_long_running() || name.is_template ||
        !name.instance.empty() || names_a_socket(given) ||
        !given.find_unit(name.prefix + ".socket").empty()) {
        return;
    }
    for (const socket_taker& one : socket_takers) {
        for (const std::string_view option : one.options) {
            const auto found =
                find_option(run->chain, run->from().file->lines, one.program, option);
            if (!found || !is_port(found->value)) {
                continue;
            }
            if (auto* made = given.add("U15", run->from(), found->at,
                                       std::string(one.program) +
                                           " closes its port when it is restarted, and who "
                                           "connects before it is back is refused")) {
                made->source = one.source;
                made->sure = confidence::hint;
            }
            return;
        }
    }
}

void check_user_unit(const unit_case& given) {
    const auto* run = given.main_run();
    const auto* hop = run == nullptr ? nullptr : run->chain.program();
    if (hop == nullptr || !given.is_whole() || !is_of_user(given.of()) || !is_server(*hop)) {
        return;
    }
    for (const auto& [word, from] : given.view().words("Install", "WantedBy")) {
        if (word.text() != "default.target") {
            continue;
        }
        if (auto* made = given.add("U17", from,
                                   "the service is stopped when its user logs out, unless the user "
                                   "lingers")) {
            made->sure = confidence::hint;
        }
        return;
    }
}

}  // namespace lastcall::lint
