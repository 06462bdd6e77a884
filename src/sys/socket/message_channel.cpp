#include "sys/socket/message_channel.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "sys/sealed_memory.hpp"

namespace lastcall::sys {
namespace {

constexpr std::size_t control_room =
    CMSG_SPACE(sizeof(int) * (message_channel::most_descriptors + 1));

void take_descriptors(msghdr& header, std::vector<unique_fd>& into) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr;
         part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof fd);
            into.emplace_back(fd);
        }
    }
}

}  // namespace

channel_ends make_channel() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        throw std::system_error(errno, std::generic_category(), "socketpair");
    }
    return {unique_fd(ends[0]), unique_fd(ends[1])};
}

message_channel::message_channel(unique_fd socket) noexcept : socket_(std::move(socket)) {
    ::fcntl(socket_.get(), F_SETFL, ::fcntl(socket_.get(), F_GETFL) | O_NONBLOCK);
    ::fcntl(socket_.get(), F_SETFD, FD_CLOEXEC);
}

bool message_channel::send(std::string text, const std::vector<int>& descriptors) {
    if (!socket_ || text.size() > largest_message || descriptors.size() > most_descriptors) {
        return false;
    }
    outgoing what;
    if (text.size() > largest_datagram) {
        unique_fd memory = seal_text(text);
        if (!memory) {
            return false;
        }
        what.descriptors.push_back(std::move(memory));
        what.text.assign(1, '\0');
    } else {
        what.text = std::move(text);
    }
    for (const int fd : descriptors) {
        unique_fd copy(::fcntl(fd, F_DUPFD_CLOEXEC, 3));
        if (!copy) {
            return false;
        }
        what.descriptors.push_back(std::move(copy));
    }
    queued_ += what.text.size();
    queue_.push_back(std::move(what));
    return queued_ <= most_queued && flush();
}

bool message_channel::flush() {
    while (!queue_.empty()) {
        switch (send_now(queue_.front())) {
            case sent::done:
                queued_ -= queue_.front().text.size();
                queue_.pop_front();
                break;
            case sent::full:
                return true;
            case sent::gone:
                return false;
        }
    }
    return true;
}

message_channel::sent message_channel::send_now(const outgoing& what) const noexcept {
    iovec part{const_cast<char*>(what.text.data()), what.text.size()};
    alignas(cmsghdr) std::array<char, control_room> control{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (!what.descriptors.empty()) {
        const std::size_t size = what.descriptors.size() * sizeof(int);
        header.msg_control = control.data();
        header.msg_controllen = CMSG_SPACE(size);
        cmsghdr* const rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(size);
        for (std::size_t i = 0; i < what.descriptors.size(); ++i) {
            const int fd = what.descriptors[i].get();
            std::memcpy(CMSG_DATA(rights) + i * sizeof fd, &fd, sizeof fd);
        }
    }
    for (;;) {
        if (::sendmsg(socket_.get(), &header, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) {
            return sent::done;
        }
        if (errno == EAGAIN || errno == ENOBUFS || errno == ETOOMANYREFS) {
            return sent::full;
        }
        if (errno != EINTR) {
            return sent::gone;
        }
    }
}

message_channel::received message_channel::receive() {
    received got;
    if (!socket_) {
        got.what = received::kind::closed;
        return got;
    }
    std::string text(largest_datagram + 1, '\0');
    iovec part{text.data(), text.size()};
    alignas(cmsghdr) std::array<char, control_room> control{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    ssize_t size = 0;
    do {
        size = ::recvmsg(socket_.get(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (size < 0 && errno == EINTR);
    if (size < 0) {
        got.what = errno == EAGAIN ? received::kind::none : received::kind::closed;
        return got;
    }
    take_descriptors(header, got.descriptors);
    if (size == 0 && got.descriptors.empty()) {
        got.what = received::kind::closed;
        return got;
    }
    got.what = received::kind::malformed;
    if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
        return got;
    }
    text.resize(static_cast<std::size_t>(size));
    if (text.size() == 1 && text[0] == '\0' && !got.descriptors.empty()) {
        auto large = read_sealed(got.descriptors.front().get(), largest_message);
        if (!large) {
            return got;
        }
        got.descriptors.erase(got.descriptors.begin());
        text = std::move(*large);
    }
    text.shrink_to_fit();
    got.text = std::move(text);
    got.what = received::kind::message;
    return got;
}

void message_channel::close() noexcept {
    socket_.reset();
    queue_.clear();
    queued_ = 0;
}

}  // namespace lastcall::sys
