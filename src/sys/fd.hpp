// A file descriptor that is closed once.
#pragma once

#include <utility>

namespace lastcall::sys {

/// close(2), not retried: after EINTR the descriptor is gone on Linux.
void close_fd(int fd) noexcept;

/// Owns a descriptor; move-only.
class unique_fd {
public:
    unique_fd() noexcept = default;
    explicit unique_fd(int fd) noexcept : fd_(fd) {}
    unique_fd(unique_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    unique_fd& operator=(unique_fd&& other) noexcept {
        reset(std::exchange(other.fd_, -1));
        return *this;
    }
    unique_fd(const unique_fd&) = delete;
    unique_fd& operator=(const unique_fd&) = delete;
    ~unique_fd() { reset(); }

    [[nodiscard]] int get() const noexcept { return fd_; }
    [[nodiscard]] explicit operator bool() const noexcept { return fd_ >= 0; }
    int release() noexcept { return std::exchange(fd_, -1); }
    void reset(int fd = -1) noexcept {
        if (fd_ >= 0) {
            close_fd(fd_);
        }
        fd_ = fd;
    }

private:
    int fd_ = -1;
};

/// Opens whatever of 0, 1 and 2 is closed, so that no other descriptor becomes standard
/// error. A program that is started finds them closed as they were.
void occupy_standard_descriptors() noexcept;

}  // namespace lastcall::sys
