#include "sys/socket/relay.hpp"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <list>
#include <vector>

#include "sys/clock.hpp"
#include "sys/fd.hpp"

namespace lastcall::sys {
namespace {

constexpr int window_signal = SIGUSR1;

/// One way of a connection: what was read and not yet written.
struct lane {
    int from = -1, to = -1;
    std::vector<char> bytes;
    std::size_t sent = 0;
    bool is_at_end = false;  ///< nothing more comes
    bool is_done = false;    ///< and that was passed on

    [[nodiscard]] bool wants_read() const noexcept { return !is_at_end && bytes.empty(); }
    [[nodiscard]] bool wants_write() const noexcept { return sent < bytes.size(); }

    /// Returns: false when the connection is broken.
    bool move() {
        if (wants_read()) {
            bytes.resize(64U << 10U);
            const ssize_t got = ::recv(from, bytes.data(), bytes.size(), MSG_DONTWAIT);
            bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
            sent = 0;
            is_at_end = got == 0;
            if (got < 0 && errno != EAGAIN && errno != EINTR) {
                return false;
            }
        }
        if (wants_write()) {
            const ssize_t put =
                ::send(to, bytes.data() + sent, bytes.size() - sent, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (put < 0 && errno != EAGAIN && errno != EINTR) {
                return false;
            }
            sent += put > 0 ? static_cast<std::size_t>(put) : 0;
            if (sent == bytes.size()) {
                bytes.clear();
                sent = 0;
            }
        }
        if (is_at_end && bytes.empty() && !is_done) {
            is_done = true;
            ::shutdown(to, SHUT_WR);
        }
        return true;
    }
};

volatile std::sig_atomic_t window_is_over = 0;

struct carried {
    unique_fd client, server;
    lane up, down;
};

void add(std::list<carried>& all, int client, const listener_address& to) {
    carried one;
    one.client.reset(client);
    one.server.reset(::socket(to.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    // To this host, where somebody listens: connect(2) returns at once.
    if (!one.server || ::connect(one.server.get(), to.get(), to.size) != 0) {
        return;
    }
    one.up.from = one.down.to = one.client.get();
    one.up.to = one.down.from = one.server.get();
    all.push_back(std::move(one));
}

/// The flags of the socket are shared with whoever has it next, so they are not ours to
/// change: where another one was faster, the alarm ends the wait.
void accept_one(std::list<carried>& all, int listener, const listener_address& to) {
    constexpr suseconds_t patience = 20'000;
    const itimerval soon{{0, patience}, {0, patience}};
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &soon, nullptr);
    const int client = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    ::setitimer(ITIMER_REAL, &never, nullptr);
    if (client >= 0) {
        add(all, client, to);
    }
}

/// `while_waiting`  the signal mask of the waits: the end of the window comes by a signal
void carry(int listener, const listener_address& to, std::chrono::nanoseconds accept_until,
           const sigset_t& while_waiting) {
    std::list<carried> all;
    for (;;) {
        const auto now = monotonic_now();
        const bool accepts = now < accept_until && window_is_over == 0;
        if (!accepts && all.empty()) {
            return;
        }
        std::vector<pollfd> wanted{{accepts ? listener : -1, POLLIN, 0}};
        for (const auto& one : all) {
            const auto events = [](const lane& in, const lane& out) {
                return static_cast<short>((in.wants_read() ? POLLIN : 0) |
                                          (out.wants_write() ? POLLOUT : 0));
            };
            const auto add = [&](int fd, short what) {
                // One of whom nothing is wanted would report its end without end.
                wanted.push_back({what == 0 ? -1 : fd, what, 0});
            };
            add(one.client.get(), events(one.up, one.down));
            add(one.server.get(), events(one.down, one.up));
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(accept_until - now);
        const timespec limit{left.count() / 1000, left.count() % 1000 * 1'000'000};
        if (::ppoll(wanted.data(), wanted.size(), accepts ? &limit : nullptr, &while_waiting) < 0) {
            continue;
        }
        for (auto one = all.begin(); one != all.end();) {
            const bool goes_on =
                one->up.move() && one->down.move() && !(one->up.is_done && one->down.is_done);
            one = goes_on ? std::next(one) : all.erase(one);
        }
        if (wanted[0].revents != 0) {
            accept_one(all, listener, to);
        }
    }
}

}  // namespace

int start_relay(int listener, const listener_address& to, std::chrono::milliseconds window) {
    // From the first moment on: before it can take the signal, it has its mask.
    sigset_t of_the_window;
    ::sigemptyset(&of_the_window);
    ::sigaddset(&of_the_window, window_signal);
    sigset_t before;
    ::sigprocmask(SIG_BLOCK, &of_the_window, &before);
    const pid_t pid = ::fork();
    if (pid != 0) {
        const int error = errno;
        ::sigprocmask(SIG_SETMASK, &before, nullptr);
        errno = error;
        return pid;
    }
    ::prctl(PR_SET_NAME, "lastcall-relay");
    struct sigaction wake {};
    wake.sa_handler = [](int) {};
    ::sigaction(SIGALRM, &wake, nullptr);
    struct sigaction over {};
    over.sa_handler = [](int) { window_is_over = 1; };
    ::sigaction(window_signal, &over, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &of_the_window, nullptr);
    constexpr int kept = 3;
    if (::dup2(listener, kept) < 0) {
        ::_exit(1);
    }
    ::close_range(kept + 1, ~0U, 0);
    carry(kept, to, monotonic_now() + window, none);
    ::_exit(0);
}

void end_window(int relay) noexcept { ::kill(relay, window_signal); }

}  // namespace lastcall::sys
