#include "adapters/postgres/sys_socket_wait.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace lastcall::detail {

socket_wait wait_for_socket(int socket, bool also_write, int event,
                            clock::time_point until) noexcept {
    using namespace std::chrono;
    for (;;) {
        // A limit of a day at a time keeps the longest waits inside a timespec.
        const auto left = std::clamp<clock::duration>(until - clock::now(), 0s, 24h);
        const auto whole = duration_cast<seconds>(left);
        const timespec limit{static_cast<time_t>(whole.count()),
                             static_cast<long>(duration_cast<nanoseconds>(left - whole).count())};
        pollfd fds[2] = {{socket, static_cast<short>(also_write ? POLLIN | POLLOUT : POLLIN), 0},
                         {event, POLLIN, 0}};
        const int n = ::ppoll(fds, 2, &limit, nullptr);
        if (n > 0) {
            return {.ready = fds[0].revents != 0, .told = fds[1].revents != 0};
        }
        // EINTR: a handler of the application ran; the limit is absolute, so look again.
        if ((n == 0 && clock::now() >= until) || (n < 0 && errno != EINTR)) {
            return {};
        }
    }
}

}  // namespace lastcall::detail
