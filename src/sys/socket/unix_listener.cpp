#include "sys/socket/unix_listener.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace lastcall::sys {
namespace {

[[noreturn]] void fail(int error, const std::string& what) {
    throw std::system_error(error, std::generic_category(), what);
}

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path ||
        path.find('\0') != std::string::npos) {
        throw std::invalid_argument("\"" + path +
                                    "\" cannot be the path of a socket: it takes 1 to " +
                                    std::to_string(sizeof address.sun_path - 1) + " bytes");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

unique_fd new_socket() {
    unique_fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) {
        fail(errno, "cannot make a unix socket");
    }
    return fd;
}

// Whatever is not a refusal comes from somebody who listens, however busy: EAGAIN is a
// full queue, EPROTOTYPE a socket of another type, EACCES one of another user.
bool nobody_answers(const sockaddr_un& address) {
    const unique_fd probe = new_socket();
    return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) !=
               0 &&
           errno == ECONNREFUSED;
}

// Held until its descriptor is closed.
unique_fd lock_folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "."
                               : slash == 0               ? "/"
                                                          : path.substr(0, slash);
    unique_fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) {
        fail(errno, "cannot open the folder of the socket \"" + path + "\"");
    }
    while (::flock(fd.get(), LOCK_EX) != 0) {
        if (errno != EINTR) {
            fail(errno, "cannot lock the folder of the socket \"" + path + "\"");
        }
    }
    return fd;
}

bool bind_to(int fd, const sockaddr_un& address) {
    return ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

unique_fd listen_unix(const std::string& path, int backlog, socket_file& made) {
    const sockaddr_un address = address_of(path);
    const unique_fd lock = lock_folder_of(path);
    unique_fd fd = new_socket();
    // The mode that bind(2) gives the file: that of the unbound socket, less the umask. A
    // chmod(2) afterwards would leave a moment in which others can connect.
    if (::fchmod(fd.get(), 0600) != 0) {
        fail(errno, "cannot set the mode of the socket \"" + path + "\"");
    }
    bool is_bound = bind_to(fd.get(), address);
    if (!is_bound && errno == EADDRINUSE) {
        struct stat facts {};
        if (::lstat(path.c_str(), &facts) == 0 && !S_ISSOCK(facts.st_mode)) {
            fail(EEXIST, "\"" + path + "\" is there and is no socket; move it away");
        }
        if (!nobody_answers(address)) {
            fail(EADDRINUSE, "somebody answers at \"" + path + "\" already");
        }
        if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
            fail(errno, "cannot remove the stale socket \"" + path + "\"");
        }
        is_bound = bind_to(fd.get(), address);
    }
    if (!is_bound) {
        fail(errno, "cannot bind to \"" + path + "\"");
    }
    if (::listen(fd.get(), backlog) != 0) {
        fail(errno, "cannot listen on \"" + path + "\"");
    }
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0) {
        fail(errno, "the socket \"" + path + "\" has gone as soon as it was made");
    }
    made = {path, facts.st_dev, facts.st_ino};
    return fd;
}

void remove_socket_file(const socket_file& one) noexcept {
    struct stat facts {};
    if (::lstat(one.path.c_str(), &facts) == 0 && facts.st_dev == one.device &&
        facts.st_ino == one.inode) {
        ::unlink(one.path.c_str());
    }
}

std::optional<peer_identity> identity_of_peer(int fd) noexcept {
    ucred peer{};
    socklen_t size = sizeof peer;
    int domain = 0;
    socklen_t domain_size = sizeof domain;
    if (::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &domain_size) != 0 || domain != AF_UNIX ||
        ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
        return std::nullopt;
    }
    return peer_identity{peer.uid, peer.gid, peer.pid};
}

}  // namespace lastcall::sys
