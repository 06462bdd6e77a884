#include "sys/socket/datagram.hpp"

#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace lastcall::sys {
namespace {

constexpr std::size_t room_for_fds = CMSG_SPACE(fd_batch::most * sizeof(int));

// The address of "@name" or "/path".
socklen_t to_address(std::string_view name, sockaddr_un& into) noexcept {
    into = {};
    into.sun_family = AF_UNIX;
    std::memcpy(into.sun_path, name.data(), name.size());
    if (name.front() == '@') {
        into.sun_path[0] = '\0';
    }
    return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
}

// Every descriptor of the message, also of one that is refused: what is not taken here
// would stay open for ever.
int take_control(msghdr& message, fd_batch& fds) noexcept {
    int sender = 0;
    for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
         part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET) {
            continue;
        }
        if (part->cmsg_type == SCM_RIGHTS) {
            const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            for (std::size_t i = 0; i < count; ++i) {
                int fd = -1;
                std::memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
                fds.add(fd);
            }
        } else if (part->cmsg_type == SCM_CREDENTIALS) {
            ucred credentials{};
            std::memcpy(&credentials, CMSG_DATA(part), sizeof credentials);
            sender = credentials.pid;
        }
    }
    return sender;
}

}  // namespace

void fd_batch::close_all() noexcept {
    for (const int fd : view()) {
        close_fd(fd);
    }
    count_ = 0;
}

void fd_batch::add(int fd) noexcept {
    if (count_ < most) {
        fds_[count_++] = fd;
    } else {
        close_fd(fd);
    }
}

int datagram_inbox::open() noexcept {
    std::array<std::uint8_t, 16> random;
    if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
        return errno;
    }
    constexpr std::string_view prefix = "@lastcall-";
    constexpr std::string_view digits = "0123456789abcdef";
    std::memcpy(name_.data(), prefix.data(), prefix.size());
    name_size_ = prefix.size();
    for (const std::uint8_t byte : random) {
        name_[name_size_++] = digits[byte >> 4];
        name_[name_size_++] = digits[byte & 15];
    }
    unique_fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    sockaddr_un address;
    const socklen_t size = to_address(name(), address);
    // Before bind, so that no message arrives without its sender.
    if (!fd || ::setsockopt(fd.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) != 0 ||
        ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
        return errno;
    }
    fd_ = std::move(fd);
    return 0;
}

int datagram_inbox::take_over(unique_fd fd) noexcept {
    sockaddr_un address{};
    socklen_t size = sizeof address;
    if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        return errno;
    }
    constexpr std::size_t start = offsetof(sockaddr_un, sun_path);
    if (address.sun_family != AF_UNIX || size <= start + 1 || address.sun_path[0] != '\0' ||
        size - start > name_.size()) {
        return EINVAL;
    }
    name_size_ = size - start;
    std::memcpy(name_.data(), address.sun_path, name_size_);
    name_[0] = '@';
    fd_ = std::move(fd);
    return 0;
}

datagram_inbox::received datagram_inbox::receive(std::span<char> into, fd_batch& fds) noexcept {
    fds.close_all();
    alignas(cmsghdr) std::array<char, room_for_fds + CMSG_SPACE(sizeof(ucred))> control;
    iovec text{into.data(), into.size()};
    msghdr message{};
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0) {
        // EINTR: level-triggered readiness brings us back.
        const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
        return {later ? outcome::none : outcome::failed, 0, 0};
    }
    received found;
    found.sender = take_control(message, fds);
    found.size = static_cast<std::size_t>(size);
    found.what = (message.msg_flags & MSG_CTRUNC) != 0  ? outcome::lost_fds
                 : (message.msg_flags & MSG_TRUNC) != 0 ? outcome::too_long
                                                        : outcome::message;
    return found;
}

datagram_outbox::kind_of_name datagram_outbox::judge(std::string_view name) noexcept {
    if (name.starts_with("vsock")) {
        return kind_of_name::vsock;
    }
    if (name.size() < 2 || (name.front() != '/' && name.front() != '@')) {
        return kind_of_name::malformed;
    }
    // A path needs its zero, an abstract name does not.
    const std::size_t room = sizeof(sockaddr_un::sun_path) - (name.front() == '/' ? 1 : 0);
    return name.size() > room ? kind_of_name::too_long : kind_of_name::good;
}

int datagram_outbox::open(std::string_view name) noexcept {
    address_size_ = std::min(name.size(), address_.size());
    std::memcpy(address_.data(), name.data(), address_size_);
    return connect();
}

int datagram_outbox::connect() noexcept {
    unique_fd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address;
    const socklen_t size = to_address({address_.data(), address_size_}, address);
    if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
        return errno;
    }
    fd_ = std::move(fd);
    return 0;
}

int datagram_outbox::send_once(std::string_view text, std::span<const int> fds) noexcept {
    alignas(cmsghdr) std::array<char, room_for_fds> control{};
    iovec part{const_cast<char*>(text.data()), text.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (!fds.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(fds.size_bytes());
        cmsghdr* const head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(fds.size_bytes());
        std::memcpy(CMSG_DATA(head), fds.data(), fds.size_bytes());
    }
    ssize_t sent = -1;
    do {
        sent = ::sendmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);  // nothing was sent, and it does not wait
    return sent < 0 ? errno : 0;
}

datagram_outbox::outcome datagram_outbox::send(std::string_view text,
                                               std::span<const int> fds) noexcept {
    int error = fd_ ? send_once(text, fds) : ENOTCONN;
    if ((error == ECONNREFUSED || error == ENOTCONN || error == ECONNRESET) && address_size_ > 0) {
        error = connect() == 0 ? send_once(text, fds) : error;
    }
    // Not ENOBUFS and ETOOMANYREFS: the socket stays writable, and waiting would spin.
    if (error == EAGAIN) {
        return outcome::full;
    }
    return error == 0 ? outcome::sent : outcome::lost;
}

}  // namespace lastcall::sys
