#include "sys/intercept/notification_channel.hpp"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace lastcall::sys {
namespace {

std::size_t words_for(std::size_t kernel, std::size_t ours) {
    return (std::max(kernel, ours) + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t);
}

int call_again(int fd, unsigned long request, void* argument) noexcept {
    int result = 0;
    do {
        result = ::ioctl(fd, request, argument);
    } while (result < 0 && errno == EINTR);
    return result;
}

}  // namespace

notification_channel::notification_channel(unique_fd listener) : listener_(std::move(listener)) {
    seccomp_notif_sizes sizes{};
    if (::syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) != 0) {
        throw std::system_error(errno, std::generic_category(), "seccomp notifications");
    }
    request_.resize(words_for(sizes.seccomp_notif, sizeof(seccomp_notif)));
    response_.resize(words_for(sizes.seccomp_notif_resp, sizeof(seccomp_notif_resp)));
}

notification_channel::outcome notification_channel::next(waiting_call& into) noexcept {
    for (;;) {
        // RECV waits when there is nothing, whatever the flags of the descriptor.
        pollfd look{listener_.get(), POLLIN, 0};
        if (::poll(&look, 1, 0) < 0 && errno == EINTR) {
            continue;
        }
        if ((look.revents & POLLIN) == 0) {
            return (look.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0 ? outcome::gone
                                                                        : outcome::none;
        }
        std::fill(request_.begin(), request_.end(), 0);
        if (::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_RECV, request_.data()) == 0) {
            break;
        }
        // ENOENT: it was killed between the two calls. EINTR: a signal of ours.
        if (errno != ENOENT && errno != EINTR) {
            return outcome::gone;
        }
    }
    const auto& request = *reinterpret_cast<const seccomp_notif*>(request_.data());
    into.id = request.id;
    into.thread = static_cast<int>(request.pid);
    into.number = request.data.nr;
    std::copy(std::begin(request.data.args), std::end(request.data.args), into.arguments.begin());
    return outcome::call;
}

bool notification_channel::is_waiting(std::uint64_t id) const noexcept {
    return ::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

void notification_channel::pass(std::uint64_t id) noexcept {
    std::fill(response_.begin(), response_.end(), 0);
    auto& response = *reinterpret_cast<seccomp_notif_resp*>(response_.data());
    response.id = id;
    response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    (void)call_again(listener_.get(), SECCOMP_IOCTL_NOTIF_SEND, response_.data());
}

bool notification_channel::answer(std::uint64_t id, int error) noexcept {
    std::fill(response_.begin(), response_.end(), 0);
    auto& response = *reinterpret_cast<seccomp_notif_resp*>(response_.data());
    response.id = id;
    response.error = -error;
    return call_again(listener_.get(), SECCOMP_IOCTL_NOTIF_SEND, response_.data()) == 0;
}

int notification_channel::replace(std::uint64_t id, int own, int theirs,
                                  bool closes_on_exec) noexcept {
    seccomp_notif_addfd what{};
    what.id = id;
    what.flags = SECCOMP_ADDFD_FLAG_SETFD;
    what.srcfd = static_cast<std::uint32_t>(own);
    what.newfd = static_cast<std::uint32_t>(theirs);
    what.newfd_flags = closes_on_exec ? O_CLOEXEC : 0;
    return call_again(listener_.get(), SECCOMP_IOCTL_NOTIF_ADDFD, &what) < 0 ? errno : 0;
}

}  // namespace lastcall::sys
