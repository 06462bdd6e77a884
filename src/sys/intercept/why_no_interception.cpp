#include "sys/intercept/why_no_interception.hpp"

#include <grp.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>

#include "sys/error_text.hpp"
#include "sys/intercept/bind_filter.hpp"
#include "sys/intercept/bind_interceptor.hpp"

namespace lastcall::sys {
namespace {

constexpr std::chrono::seconds patience{2};
constexpr std::string_view fallback =
    "; sockets can still be handed over by inheritance (LISTEN_FDS), or through HAProxy";

std::string with_error(std::string text, int error) {
    return std::move(text) + " (" + error_text(error) + ")";
}

/// What the kernel says it can; empty: everything that is needed.
std::string missing_in_kernel() {
#if !defined(__x86_64__) && !defined(__aarch64__)
    return "interception is made for x86-64 and aarch64";
#endif
    seccomp_notif_sizes sizes{};
    if (::syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) != 0) {
        return with_error("the kernel or the sandbox has no seccomp notifications", errno);
    }
    const std::uint32_t action = SECCOMP_RET_USER_NOTIF;
    if (::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) != 0) {
        return with_error("the kernel has no seccomp action user_notif", errno);
    }
    return "";
}

/// The child: exit status 0 when its socket was replaced by the one that is offered.
[[noreturn]] void bind_once(int report, const interception_trial& trial,
                            const sockaddr_in& address) noexcept {
    if (!send_bind_filter(report, {}).is_there()) {
        ::_exit(1);
    }
    const bool is_changed =
        (!trial.group ||
         (::syscall(SYS_setgroups, 0, nullptr) == 0 &&
          ::syscall(SYS_setresgid, *trial.group, *trial.group, *trial.group) == 0)) &&
        (!trial.user || ::syscall(SYS_setresuid, *trial.user, *trial.user, *trial.user) == 0);
    // A change of user makes a process undumpable, execve makes it dumpable again.
    if (!is_changed || ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) {
        ::_exit(2);
    }
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    int is_listening = 0;
    socklen_t size = sizeof is_listening;
    const bool is_ours =
        ::bind(fd, reinterpret_cast<const ::sockaddr*>(&address), sizeof address) == 0 &&
        ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &size) == 0 && is_listening == 1;
    ::_exit(is_ours ? 0 : 3);
}

class trial_child {
public:
    trial_child(const interception_trial& trial, const sockaddr_in& address) {
        int pair[2];
        if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
            throw std::system_error(errno, std::generic_category(), "socketpair");
        }
        report_.reset(pair[0]);
        const unique_fd theirs(pair[1]);
        pid_ = ::fork();
        if (pid_ < 0) {
            throw std::system_error(errno, std::generic_category(), "fork");
        }
        if (pid_ == 0) {
            bind_once(theirs.get(), trial, address);
        }
    }
    trial_child(const trial_child&) = delete;
    trial_child& operator=(const trial_child&) = delete;
    ~trial_child() { (void)end(); }

    [[nodiscard]] int report() const noexcept { return report_.get(); }

    /// Returns: its exit status; -1 when it had to be killed.
    int end() noexcept {
        int status = 0;
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
            }
            pid_ = -1;
            status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        }
        return status_;
    }

private:
    unique_fd report_;
    pid_t pid_ = -1;
    int status_ = -1;
};

unique_fd listen_somewhere(sockaddr_in& address) {
    unique_fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<::sockaddr*>(&address);
    if (!fd || ::bind(fd.get(), generic, size) != 0 || ::listen(fd.get(), 1) != 0 ||
        ::getsockname(fd.get(), generic, &size) != 0) {
        throw std::system_error(errno, std::generic_category(), "a socket to try with");
    }
    return fd;
}

/// Answers the child until its end of `report` is closed. Returns: the first problem.
std::string answer_until_end(bind_interceptor& interceptor, int report) {
    const auto end = std::chrono::steady_clock::now() + patience;
    std::string problem;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            end - std::chrono::steady_clock::now());
        // Not until the filter is gone: before 6.11 it stays with the zombie.
        pollfd look[2] = {{interceptor.is_over() ? -1 : interceptor.fd(), POLLIN, 0},
                          {report, POLLIN, 0}};
        if (left.count() <= 0) {
            return problem.empty() ? "a trial did not end" : problem;
        }
        (void)::poll(look, 2, static_cast<int>(left.count()));
        for (const intercept_event& each : interceptor.on_readable()) {
            if (each.kind == intercept_event::what::problem && problem.empty()) {
                problem = each.text;
            }
        }
        if ((look[1].revents & POLLHUP) != 0) {
            return problem;
        }
    }
}

interception_report try_once(const interception_trial& trial) {
    sockaddr_in address{};
    const unique_fd offered = listen_somewhere(address);
    trial_child child(trial, address);
    received_filter filter = receive_bind_filter(child.report());
    if (!filter.result.is_there()) {
        return {describe(filter.result), "", false};
    }
    interception_report report;
    report.takes_privileges_away = filter.result.has_no_new_privs;
    bind_interceptor interceptor(std::move(filter.listener), {{"trial", offered.get(), ""}});
    const std::string problem = answer_until_end(interceptor, child.report());
    const int status = child.end();
    if (status != 0) {
        report.why_not = !problem.empty() ? problem
                         : status == 2    ? "a child could not become the service's user"
                                          : "a trial did not get the socket";
    } else if (!interceptor.copies_descriptors()) {
        report.weakness =
            "the sandbox forbids pidfd_getfd(2): options that a program sets on its socket before "
            "bind are lost, and programs that watch it before (Boost.Asio) are refused; give the "
            "keeper CAP_SYS_PTRACE";
    }
    return report;
}

}  // namespace

interception_report why_no_interception(const interception_trial& trial) {
    interception_report report;
    report.why_not = missing_in_kernel();
    if (report.why_not.empty()) {
        try {
            report = try_once(trial);
        } catch (const std::exception& e) {
            report.why_not = std::string("it could not be tried: ") + e.what();
        }
    }
    if (!report.why_not.empty()) {
        report.why_not += fallback;
    }
    return report;
}

}  // namespace lastcall::sys
