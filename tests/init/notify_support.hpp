// Both ends of sd_notify(3) for tests: a manager that receives, and processes that say
// something.
#pragma once

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lastcall::testing {

inline constexpr int ceiling_ms = 20'000;

inline bool is_readable_within(int fd, int milliseconds) {
    pollfd one{fd, POLLIN, 0};
    return ::poll(&one, 1, milliseconds) == 1;
}

inline std::ptrdiff_t open_descriptors() {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
}

inline socklen_t fill_address(std::string_view name, sockaddr_un& into) {
    into = {};
    into.sun_family = AF_UNIX;
    name.copy(into.sun_path, name.size());
    if (name.front() == '@') {
        into.sun_path[0] = '\0';
    }
    return static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
}

/// As sd_notify(3) sends it. Returns: whether it was sent.
inline bool say(std::string_view to, std::string_view text, const std::vector<int>& fds = {}) {
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address;
    msghdr message{};
    message.msg_name = &address;
    message.msg_namelen = fill_address(to, address);
    iovec part{const_cast<char*>(text.data()), text.size()};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    std::vector<char> control(CMSG_SPACE(fds.size() * sizeof(int)));
    if (!fds.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        cmsghdr* const head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
        std::memcpy(CMSG_DATA(head), fds.data(), fds.size() * sizeof(int));
    }
    const bool sent = ::sendmsg(fd, &message, MSG_NOSIGNAL) >= 0;
    ::close(fd);
    return sent;
}

/// A child of this process that runs `body` and stays until it is let go, so that it can
/// be looked at.
class speaker {
public:
    template <class Body>
    explicit speaker(Body body) {
        if (::pipe(hold_) != 0 || ::pipe(done_) != 0) {
            throw std::runtime_error("pipe");
        }
        pid_ = ::fork();
        if (pid_ == 0) {
            ::close(hold_[1]);
            body();
            char byte = 'd';
            (void)!::write(done_[1], &byte, 1);
            (void)!::read(hold_[0], &byte, 1);
            ::_exit(0);
        }
        ::close(hold_[0]);
        ::close(done_[1]);
        done_[1] = -1;
    }
    speaker(const speaker&) = delete;
    speaker& operator=(const speaker&) = delete;
    ~speaker() {
        ::close(hold_[1]);
        ::close(done_[0]);
        ::waitpid(pid_, nullptr, 0);
    }
    /// Whether `body` has run to its end, waiting up to the ceiling.
    bool has_spoken() {
        char byte = 0;
        return is_readable_within(done_[0], ceiling_ms) && ::read(done_[0], &byte, 1) == 1;
    }
    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    int hold_[2];
    int done_[2];
    pid_t pid_;
};

/// What systemd would be.
class manager {
public:
    manager() : name_("@lastcall-test-" + std::to_string(::getpid())) {
        static int count = 0;
        name_ += "-" + std::to_string(++count);
        listen();
    }
    manager(const manager&) = delete;
    manager& operator=(const manager&) = delete;
    ~manager() { stop(); }

    void listen() {
        fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        sockaddr_un address;
        const socklen_t size = fill_address(name_, address);
        if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), size) != 0) {
            throw std::runtime_error("bind " + name_);
        }
    }
    void stop() {
        drop_fds();
        ::close(fd_);
        fd_ = -1;
    }
    [[nodiscard]] const char* name() const { return name_.c_str(); }

    /// The next message; "(none)" when none is there.
    std::string next() {
        drop_fds();
        char text[8192];
        alignas(cmsghdr) char control[2048];
        iovec part{text, sizeof text};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        const ssize_t size = ::recvmsg(fd_, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
        if (size < 0) {
            return "(none)";
        }
        for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
            if (c->cmsg_type == SCM_RIGHTS) {
                fds.resize((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));
                std::memcpy(fds.data(), CMSG_DATA(c), fds.size() * sizeof(int));
            }
        }
        return {text, static_cast<std::size_t>(size)};
    }
    /// Messages until it takes no more.
    void fill() const {
        const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        sockaddr_un address;
        const socklen_t size = fill_address(name_, address);
        while (::sendto(fd, "F", 1, 0, reinterpret_cast<sockaddr*>(&address), size) == 1) {
        }
        ::close(fd);
    }
    void empty() {
        while (next() != "(none)") {
        }
    }
    void drop_fds() {
        for (const int fd : fds) {
            ::close(fd);
        }
        fds.clear();
    }

    std::vector<int> fds;  ///< that came with the message before

private:
    std::string name_;
    int fd_ = -1;
};

}  // namespace lastcall::testing
