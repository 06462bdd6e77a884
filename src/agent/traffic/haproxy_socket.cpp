#include "agent/traffic/haproxy_socket.hpp"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>

#include "sys/clock.hpp"
#include "sys/error_text.hpp"
#include "sys/waiter.hpp"

namespace lastcall::agent::traffic {
namespace {

using namespace std::chrono_literals;
using kind = haproxy_error::kind;

constexpr auto longest_answer = 2s;
constexpr auto least_answer = 200ms;  // so that a limit is not taken for a silent HAProxy
constexpr auto reload_gap = 500ms;
constexpr std::size_t most_bytes = 16U << 20U;

sys::endpoint parse_socket(const std::string& address) {
    std::optional<sys::endpoint> found;
    if (address.starts_with("unix:")) {
        found = sys::endpoint::unix_socket(address.substr(5));
    } else if (address.starts_with("tcp:")) {
        found = sys::endpoint::parse(address.substr(4));
    }
    if (!found) {
        throw haproxy_error(kind::bad_setting,
                            "runtime_socket: \"" + address +
                                "\" is no address of HAProxy's runtime API; write it as "
                                "unix:/run/haproxy/admin.sock or tcp:127.0.0.1:9999");
    }
    return *found;
}

class refused_now : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

std::string why(const sys::io_result& what) {
    return what.error != 0 ? sys::error_text(what.error) : "it closed the connection";
}

void wait_for(int fd, bool writable, const time_limit& limit) {
    limit.check();
    sys::waiter wait;
    wait.watch(fd, writable);
    // A stop is asked for by another thread, which this wait cannot see.
    wait.wait(std::min(limit.until, sys::monotonic_now() + 20ms));
    if (limit.is_over()) {
        throw refused_now("no answer in time");
    }
}

}  // namespace

bool time_limit::is_over() const noexcept { return sys::monotonic_now() >= until; }

void time_limit::check() const {
    if (stop.stop_requested()) {
        throw haproxy_error(kind::stopped, "the agent stops");
    }
}

void time_limit::sleep(std::chrono::nanoseconds pause) const {
    const auto left = std::min(pause, until - sys::monotonic_now());
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, std::max(left, 0ns), [] { return false; });
    check();
}

haproxy_socket::haproxy_socket(const std::string& address)
    : address_(address), to_(parse_socket(address)) {}

std::string haproxy_socket::ask(std::string_view command, const time_limit& limit) const {
    const auto began = sys::monotonic_now();
    const time_limit own{std::clamp<std::chrono::nanoseconds>(limit.until, began + least_answer,
                                                              began + longest_answer),
                         limit.stop};
    for (;;) {
        try {
            return exchange(command, own);
        } catch (const refused_now& error) {
            if (own.is_over() || sys::monotonic_now() - began >= reload_gap) {
                throw haproxy_error(kind::unreachable,
                                    "HAProxy does not answer at " + address_ + ": " + error.what() +
                                        "; check that it runs with `stats socket … level admin`");
            }
        }
        own.sleep(10ms);
    }
}

std::string haproxy_socket::exchange(std::string_view command, const time_limit& limit) const {
    sys::unique_fd fd;
    auto result = sys::begin_connect(fd, to_);
    if (result.status == sys::io_status::would_block) {
        wait_for(fd.get(), true, limit);
        result = sys::connect_result(fd.get());
    }
    if (result.status != sys::io_status::done) {
        throw refused_now(why(result));
    }
    const std::string line = std::string(command) + "\n";
    for (std::string_view left = line; !left.empty();) {
        result = sys::send_some(fd.get(), left);
        if (result.status == sys::io_status::would_block) {
            wait_for(fd.get(), true, limit);
        } else if (result.status == sys::io_status::done) {
            left.remove_prefix(result.size);
        } else {
            throw refused_now(why(result));
        }
    }
    std::string answer;
    std::array<char, 16384> some;
    for (;;) {
        result = sys::receive_some(fd.get(), some);
        if (result.status == sys::io_status::end) {
            break;
        }
        if (result.status == sys::io_status::would_block) {
            wait_for(fd.get(), false, limit);
        } else if (result.status == sys::io_status::done && answer.size() < most_bytes) {
            answer.append(some.data(), result.size);
        } else {
            throw refused_now(why(result));
        }
    }
    // Every answer ends with an empty line; without one the other side has gone in the middle.
    if (!answer.ends_with('\n')) {
        throw refused_now("it closed the connection in the middle of an answer");
    }
    return answer;
}

}  // namespace lastcall::agent::traffic
