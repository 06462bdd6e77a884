// A real HAProxy with one backend of two servers, blue and green.
#pragma once

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "agent/traffic/haproxy.hpp"
#include "agent_traffic/backend_server.hpp"
#include "agent_traffic/load.hpp"
#include "sys/clock.hpp"
#include "sys/private_directory.hpp"
#include "sys/process/started_process.hpp"

namespace lastcall::agent_traffic_test {

using namespace std::chrono_literals;
using agent::traffic::haproxy;
using agent::traffic::haproxy_error;
using agent::traffic::time_limit;

inline time_limit within(std::chrono::nanoseconds time) { return {sys::monotonic_now() + time}; }

inline bool is_haproxy_there() {
    try {
        (void)sys::find_program("haproxy");
        return true;
    } catch (const sys::start_error&) {
        return false;
    }
}

#define NEEDS_HAPROXY()                                             \
    if (!is_haproxy_there()) {                                      \
        GTEST_SKIP() << "there is no haproxy: install the package"; \
    }                                                               \
    static_assert(true)

struct proxy_options {
    bool has_state_file = true;
    std::string check = "check inter 100ms rise 2 fall 2";
    std::string level = "admin";
    bool tcp_socket = false;
};

/// Blue serves, green is in maintenance and its address is not set yet: as before a first deploy.
class proxy {
public:
    explicit proxy(const proxy_options& how = {}) : how_(how) {
        const std::string folder = folder_.path().string();
        spec_.how = agent::traffic_spec::kind::haproxy;
        spec_.runtime_socket = how.tcp_socket ? "tcp:127.0.0.1:" + std::to_string(sys::free_port())
                                              : "unix:" + folder + "/admin.sock";
        spec_.backend = "app";
        spec_.servers = {"blue", "green"};
        for (std::uint16_t& port : ports_) {
            port = sys::free_port();
            spec_.addresses.push_back("127.0.0.1:" + std::to_string(port));
        }
        spec_.state_file = how.has_state_file ? folder + "/state" : "";
        spec_.quiet = 50ms;
        serve(0);
        write_config();
        process_.emplace(sys::start_request{.argv = {"haproxy", "-W", "-f", config()}});
        wait_until_it_serves();
    }

    [[nodiscard]] const agent::traffic_spec& spec() const { return spec_; }
    [[nodiscard]] std::uint16_t front() const { return front_; }
    [[nodiscard]] backend_server& server(std::size_t slot) { return *servers_[slot]; }

    void serve(std::size_t slot) {
        servers_[slot] = std::make_unique<backend_server>(ports_[slot]);
    }
    void end(std::size_t slot) { servers_[slot].reset(); }

    /// As `systemctl reload haproxy` does it.
    void reload() {
        haproxy driver(spec_);
        const int before = driver.look(within(5s)).pid;
        const auto limit = within(20s);
        auto again = sys::monotonic_now();
        for (int now = before; now == before && !limit.is_over();) {
            // A master that is still starting loses the signal.
            if (sys::monotonic_now() >= again) {
                process_->signal(SIGUSR2);
                again = sys::monotonic_now() + 2s;
            }
            limit.sleep(10ms);
            try {
                now = driver.look(within(1s)).pid;
            } catch (const haproxy_error&) {
                continue;  // in between nobody answers
            }
        }
    }

private:
    [[nodiscard]] std::string config() const { return (folder_.path() / "haproxy.cfg").string(); }

    void write_config() {
        front_ = sys::free_port();
        std::ofstream file(config());
        file << "global\n  stats socket "
             << (how_.tcp_socket ? "ipv4@" + spec_.runtime_socket.substr(4)
                                 : "unix@" + spec_.runtime_socket.substr(5))
             << " level " << how_.level << " expose-fd listeners\n";
        if (how_.has_state_file) {
            file << "  server-state-file " << spec_.state_file << "\n";
        }
        file << "defaults\n  mode http\n  timeout connect 2s\n  timeout client 60s\n"
                "  timeout server 60s\n  timeout check 5s\n  retries 3\n  option redispatch 1\n"
             << (how_.has_state_file ? "  load-server-state-from-file global\n" : "")
             << "frontend front\n  bind 127.0.0.1:" << front_
             << "\n  default_backend app\nbackend app\n  option httpchk GET /health\n"
             << "  server blue " << spec_.addresses[0] << " " << how_.check
             << "\n"
             // Of some generation long ago: the driver has to set it.
             << "  server green 127.0.0.1:1 " << how_.check << " disabled\n";
    }

    void wait_until_it_serves() const {
        const auto limit = within(20s);
        for (client one(front_); one.ask("/") != 200 && !limit.is_over();) {
            limit.sleep(10ms);
        }
    }

    proxy_options how_;
    sys::private_directory folder_;
    agent::traffic_spec spec_;
    std::uint16_t front_ = 0;
    std::array<std::uint16_t, 2> ports_{};
    std::array<std::unique_ptr<backend_server>, 2> servers_;
    std::optional<sys::started_process> process_;
};

}  // namespace lastcall::agent_traffic_test
