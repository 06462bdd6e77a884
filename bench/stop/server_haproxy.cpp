#include <signal.h>

#include "servers.hpp"

namespace stop_bench {

std::optional<server> haproxy_server() {
    const auto program = find_program("haproxy");
    if (!program) {
        return std::nullopt;
    }
    server made;
    made.name = "haproxy";
    made.signal = SIGUSR1;
    made.is_slow = false;  // it answers by itself: there is nobody behind it that takes time
    made.command = [program](const lastcall::sys::endpoint& listen,
                             const std::filesystem::path& home) {
        write_file(
            home / "haproxy.cfg",
            "global\n no strict-limits\n maxconn 12000\ndefaults\n mode http\n timeout client 1h\n"
            " timeout http-keep-alive 1h\n timeout connect 5s\n timeout server 1h\n"
            "frontend all\n bind " +
                listen.text() +
                "\n"
                " http-request return status 201 content-type application/json string "
                "\"{\\\"id\\\":1}\" if { path /orders }\n"
                " http-request return status 200 content-type text/plain string haproxy\n");
        return lastcall::drill::command_plan{
            .argv = {*program, "-db", "-f", (home / "haproxy.cfg").string()}};
    };
    return made;
}

}  // namespace stop_bench
