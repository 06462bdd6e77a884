#include <signal.h>
#include <unistd.h>

#include "servers.hpp"

namespace stop_bench {
namespace {

// A rate limit makes slow answers out of files: the first second's worth goes at once.
constexpr int bytes_a_second = 102'400;

std::string configuration(const lastcall::sys::endpoint& listen, const std::string& home) {
    const std::string user = ::geteuid() == 0 ? "user root;\n" : "";
    const std::string limited = " { alias " + home;
    const std::string rate = "; limit_rate " + std::to_string(bytes_a_second) + "; }\n";
    return user + "daemon off;\nworker_processes auto;\nworker_rlimit_nofile 20000;\npid " + home +
           "/pid;\nerror_log stderr crit;\nevents { worker_connections 16384; }\nhttp {\n"
           "access_log off;\nkeepalive_timeout 3600;\nkeepalive_requests 1000000000;\n"
           "client_body_temp_path " +
           home + "/body;\nproxy_temp_path " + home + "/proxy;\nfastcgi_temp_path " + home +
           "/fastcgi;\nuwsgi_temp_path " + home + "/uwsgi;\nscgi_temp_path " + home +
           "/scgi;\nserver {\nlisten " + listen.text() +
           " backlog=4096;\n"
           "location = / { return 200 \"nginx\\n\"; }\n"
           "location = /orders { return 201 '{\"id\":1}'; }\n"
           "location = /slow" +
           limited + "/slow" + rate + "location = /stream" + limited + "/stream" + rate + "}\n}\n";
}

}  // namespace

std::optional<server> nginx_server() {
    const auto program = find_program("nginx");
    if (!program) {
        return std::nullopt;
    }
    server made;
    made.name = "nginx";
    made.signal = SIGQUIT;
    made.command = [program](const lastcall::sys::endpoint& listen,
                             const std::filesystem::path& home) {
        write_file(home / "slow", std::string(bytes_a_second * 13 / 10, 's'));  // 0.3 s more
        write_file(home / "stream", std::string(std::size_t{bytes_a_second} * 3, 's'));  // 2 s more
        write_file(home / "nginx.conf", configuration(listen, home.string()));
        return lastcall::drill::command_plan{.argv = {*program, "-p", home.string(), "-e", "stderr",
                                                      "-c", (home / "nginx.conf").string()}};
    };
    return made;
}

}  // namespace stop_bench
