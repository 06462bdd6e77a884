#include "sys/intercept/bind_filter.hpp"

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sys/error_text.hpp"

namespace lastcall::sys {
namespace {

using step = filter_result::step;

int try_filter(const sock_fprog& program, unsigned long flags) noexcept {
    return static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program));
}

int set_filter(const sock_fprog& program) noexcept {
    // SPEC_ALLOW: a filter that confines nobody need not slow the program down by mitigations of
    // speculation, as kernels before 5.16 do.
    constexpr unsigned long flags =
        SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
    // With WAIT_KILLABLE_RECV a signal handler does not run in the middle of a bind that we
    // are answering; without (before 5.19) the call is begun again, and we are asked again.
    const int fd = try_filter(program, flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
    return fd < 0 && errno == EINVAL ? try_filter(program, flags) : fd;
}

/// Sends `result`, and `fd` unless it is -1. Returns: 0 or errno.
int send_result(int socket, const filter_result& result, int fd) noexcept {
    iovec part{const_cast<filter_result*>(&result), sizeof result};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof fd)] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (fd >= 0) {
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        cmsghdr* const header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof fd);
        std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    ssize_t sent = 0;
    do {
        sent = ::sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent == static_cast<ssize_t>(sizeof result) ? 0 : errno;
}

/// Takes the descriptor out of a message; -1: it holds none.
int descriptor_in(msghdr& message) noexcept {
    const cmsghdr* const header = CMSG_FIRSTHDR(&message);
    if (header == nullptr || header->cmsg_type != SCM_RIGHTS) {
        return -1;
    }
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return fd;
}

std::string reason_for(int error) {
    switch (error) {
        case EBUSY:
            return "this process is under another supervisor's seccomp notifications already (a "
                   "container runtime, or lastcall inside lastcall); only one can be answered";
        case EINVAL:
            return "the kernel has no seccomp notifications (they came with Linux 5.0, their "
                   "descriptors with 5.9)";
        case ENOSYS:
            return "the kernel has no seccomp(2), or the sandbox hides it";
        case EACCES:
        case EPERM:
            return "the sandbox forbids seccomp(2)";
        default:
            return "seccomp(2) failed";
    }
}

}  // namespace

filter_result install_bind_filter(filter_options options, unique_fd& listener) noexcept {
    filter_program program = make_filter_program(options);
    const sock_fprog code{static_cast<unsigned short>(program.size), program.code.data()};
    filter_result result;
    result.has_no_new_privs = ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
    int fd = set_filter(code);
    if (fd < 0 && errno == EACCES && !result.has_no_new_privs) {
        // EACCES: neither CAP_SYS_ADMIN nor no_new_privs. Only then is it set.
        if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
            return {step::no_new_privs, errno, false};
        }
        result.has_no_new_privs = true;
        fd = set_filter(code);
    }
    if (fd < 0) {
        return {step::filter, errno, result.has_no_new_privs};
    }
    listener.reset(fd);
    return result;
}

filter_result send_bind_filter(int socket, filter_options options) noexcept {
    unique_fd listener;
    return send_bind_filter(socket, options, listener);
}

filter_result send_bind_filter(int socket, filter_options options, unique_fd& listener) noexcept {
    filter_result result = install_bind_filter(options, listener);
    const int error = send_result(socket, result, listener.get());
    if (error != 0 && result.is_there()) {
        return {step::hand_over, error, result.has_no_new_privs};
    }
    return result;
}

received_filter receive_bind_filter(int socket) noexcept {
    received_filter got;
    iovec part{&got.result, sizeof got.result};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    ssize_t size = 0;
    do {
        size = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (size < 0 && errno == EINTR);
    if (size != static_cast<ssize_t>(sizeof got.result)) {
        got.result = {step::child_is_gone, size < 0 ? errno : 0, false};
        return got;
    }
    got.listener.reset(descriptor_in(message));
    if (got.result.is_there() && !got.listener) {
        // MSG_CTRUNC: our limit of open files.
        got.result = {step::hand_over, EMFILE, got.result.has_no_new_privs};
    }
    return got;
}

std::string describe(const filter_result& result) {
    const std::string error =
        result.error == 0 ? "" : std::string(" (") + error_text(result.error) + ")";
    switch (result.failed) {
        case step::none:
            return "";
        case step::no_new_privs:
            return "no_new_privs could not be set" + error +
                   ": without it and without CAP_SYS_ADMIN no process may have a seccomp filter";
        case step::filter:
            return reason_for(result.error) + error;
        case step::hand_over:
            return "the descriptor of the seccomp filter could not be handed over" + error;
        case step::child_is_gone:
            return "the child ended before it had a seccomp filter" + error;
    }
    return "";
}

}  // namespace lastcall::sys
