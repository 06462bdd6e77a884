// The socket of a service manager, to see what it is told.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace lastcall::testing {

/// systemd's end of NOTIFY_SOCKET.
class notify_server {
public:
    notify_server()
        : path_(std::filesystem::temp_directory_path() /
                ("lastcall-notify." + std::to_string(::getpid()))) {
        std::filesystem::remove(path_);
        fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
        if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            throw std::runtime_error("bind");
        }
    }
    ~notify_server() {
        ::close(fd_);
        std::filesystem::remove(path_);
    }
    notify_server(const notify_server&) = delete;
    notify_server& operator=(const notify_server&) = delete;
    [[nodiscard]] std::string path() const { return path_.string(); }
    [[nodiscard]] std::string variable() const { return "NOTIFY_SOCKET=" + path(); }

    /// What was told since the last call, each message and a line end.
    std::string everything() {
        std::string all;
        char buffer[4096];
        for (;;) {
            const ssize_t n = ::recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
            if (n <= 0) {
                return all;
            }
            all.append(buffer, static_cast<std::size_t>(n)).append("\n");
        }
    }

private:
    std::filesystem::path path_;
    int fd_ = -1;
};

}  // namespace lastcall::testing
