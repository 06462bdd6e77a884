// A log file that never makes its writer wait: what the disk does not take is dropped and
// counted, in whole lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sys/fd.hpp"

namespace lastcall::sys {

class rotating_file {
public:
    struct terms {
        std::string path;
        std::uint64_t limit = 16U << 20U;  ///< bytes; then path becomes path.1, path.1 path.2
        unsigned keep = 4;                 ///< rotated files that stay
        std::uint64_t leave = 0;           ///< bytes of the file system that stay free
    };
    explicit rotating_file(terms what) : what_(std::move(what)) {}

    [[nodiscard]] const terms& wanted() const noexcept { return what_; }
    void change(const terms& what);

    /// Appends whole lines. What cannot be written without waiting is kept, up to a
    /// mebibyte; what is more than that is dropped.
    void write(std::string_view lines) noexcept;

    /// Tries again what is kept. Returns: whether anything still is.
    bool flush() noexcept;
    [[nodiscard]] bool has_kept() const noexcept { return !kept_.empty(); }

    /// Bytes dropped since the last call.
    [[nodiscard]] std::uint64_t take_dropped() noexcept { return std::exchange(dropped_, 0); }
    /// Why, the last time: errno.
    [[nodiscard]] int error() const noexcept { return error_; }

private:
    bool open() noexcept;
    void rotate() noexcept;
    [[nodiscard]] bool has_room(std::size_t bytes) noexcept;
    /// Returns: how many bytes were written; less than all: errno in `error_`.
    std::size_t put(std::string_view lines) noexcept;
    void drop_rest(std::string_view lines, std::size_t written) noexcept;

    terms what_;
    unique_fd file_;
    std::uint64_t size_ = 0;
    std::uint64_t until_asked_ = 0;  ///< bytes that may be written before the disk is asked again
    std::string kept_;
    std::uint64_t dropped_ = 0;
    int error_ = 0;
    bool in_line_ = false;  ///< a part of a line is written, and its rest was dropped
};

}  // namespace lastcall::sys
