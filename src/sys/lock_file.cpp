#include "sys/lock_file.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <thread>

namespace lastcall::sys {
namespace {

int read_owner(int fd) {
    std::array<char, 16> text{};
    const auto size = ::pread(fd, text.data(), text.size() - 1, 0);
    return size > 0 ? std::atoi(text.data()) : 0;
}

bool is_there(int pid) { return pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM); }

}  // namespace

file_lock try_lock_file(const std::string& path) {
    unique_fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) {
        throw std::system_error(errno, std::system_category(), path);
    }
    if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) {
        return {.fd = std::move(file)};
    }
    if (errno != EWOULDBLOCK) {
        throw std::system_error(errno, std::system_category(), path);
    }
    return {.fd = {}, .owner = read_owner(file.get())};
}

int wait_lock_owner(const std::string& path, std::chrono::milliseconds limit) {
    const unique_fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    const auto until = std::chrono::steady_clock::now() + limit;
    for (;;) {
        const int owner = file ? read_owner(file.get()) : 0;
        if (is_there(owner)) {
            return owner;
        }
        if (std::chrono::steady_clock::now() >= until) {
            return 0;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
}

void name_lock_owner(int fd, int pid) noexcept {
    const std::string text = std::to_string(pid) + "\n";
    // What cannot be written is only missing in a message.
    if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, text.data(), text.size(), 0) < 0) {
        return;
    }
}

}  // namespace lastcall::sys
