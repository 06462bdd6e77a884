// The options of which service is stopped, and where its requests go.
#include <charconv>

#include "cli/drill_parser.hpp"

namespace lastcall::cli {

void drill_parser::add_where() {
    constexpr auto group = "Where requests go (a path, or a URL of the same server)";
    app_.add_option("--url", urls_, "GET of the pool and of new connections; may be repeated")
        ->type_name("URL")
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->group(group);
    plain(
        "--post", "takes a POST", "TARGET", [](auto& s) -> auto& { return s.where.post; })
        ->group(group);
    plain(
        "--body", "of a POST; {id} becomes a text never used twice", "TEXT",
        [](auto& s) -> auto& { return s.where.body; })
        ->group(group);
    plain(
        "--content-type", "of a POST [application/json]", "TYPE",
        [](auto& s) -> auto& { return s.where.content_type; })
        ->group(group);
    plain(
        "--slow", "takes the server a while", "TARGET",
        [](auto& s) -> auto& { return s.where.slow; })
        ->group(group);
    plain(
        "--download", "a large response", "TARGET",
        [](auto& s) -> auto& { return s.where.download; })
        ->group(group);
    plain(
        "--upload", "takes a body that trickles [that of --post]", "TARGET",
        [](auto& s) -> auto& { return s.where.upload; })
        ->group(group);
    plain(
        "--stream", "lasts for seconds", "TARGET", [](auto& s) -> auto& { return s.where.stream; })
        ->group(group);
    plain(
        "--ws", "a WebSocket that echoes", "TARGET",
        [](auto& s) -> auto& { return s.where.websocket; })
        ->group(group);
    plain(
        "--ready", "the readiness probe", "TARGET", [](auto& s) -> auto& { return s.where.ready; })
        ->group(group);
    plain(
        "--ca", "PEM file; https certificates are verified with it", "FILE", [](auto& s) -> auto& {
            s.load.target.verifies = true;
            return s.load.target.authority;
        })
        ->group(group);
}

void drill_parser::add_who() {
    constexpr auto group = "Who is stopped, if not a COMMAND";
    text("--pid", "a process that runs", "PID",
         [](settings& s, const std::string& given, const std::string& what) {
             int pid = 0;
             const auto* const end = given.data() + given.size();
             const auto [at, error] = std::from_chars(given.data(), end, pid);
             if (error != std::errc{} || at != end || pid < 2) {
                 throw drill::settings_error(what + ": \"" + given +
                                             "\" is not the id of a process from 2 up");
             }
             s.who.pid = pid;
         })
        ->group(group);
    plain(
        "--container", "a container of Docker; `docker stop` stops it", "NAME",
        [](auto& s) -> auto& { return s.who.container; })
        ->group(group);
    plain(
        "--unit", "a unit of systemd; `systemctl stop` stops it", "NAME",
        [](auto& s) -> auto& { return s.who.unit; })
        ->group(group);
    app_.add_option_function<std::vector<std::string>>(
            "--env",
            [this](const std::vector<std::string>& given) {
                actions_.push_back([given](settings& s) {
                    for (const auto& one : given) {
                        if (one.find('=') == std::string::npos || one.starts_with('=')) {
                            throw drill::settings_error("--env: \"" + one +
                                                        "\" is not of the form NAME=value");
                        }
                        s.environment.push_back(one);
                    }
                });
            },
            "NAME=value for the command; may be repeated")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->group(group);
    duration(
        "--start-within", "for the service to answer [20s]",
        [](auto& s) -> auto& { return s.start_within; })
        ->group(group);
}

}  // namespace lastcall::cli
