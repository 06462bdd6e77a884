#include <signal.h>

#include "servers.hpp"

namespace stop_bench {

server orders_server(const std::string& bin) {
    server made;
    made.name = "orders";
    made.signal = SIGTERM;
    made.ready = "/ready";
    made.has_websocket = true;
    made.ours = true;
    made.command = [bin](const lastcall::sys::endpoint& listen, const std::filesystem::path& home) {
        return lastcall::drill::command_plan{
            .argv = {(std::filesystem::path(bin) / "orders").string(), "--listen", listen.text(),
                     "--db", "sqlite:" + (home / "orders.db").string(), "--temp-dir", home.string(),
                     "--grace", "30s"}};
    };
    return made;
}

}  // namespace stop_bench
