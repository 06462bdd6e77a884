// The number and the hash of the last row, outside of the database: what tells that rows are
// missing at its end. Its lock makes the one writer.
//
// Two lines of 512 bytes, written in turn and in place: a write that power loss has torn leaves
// the other one, and a line has a checksum that says which. Replacing a file would cost two
// more syncs for each row, and its lock.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sys/locked_file.hpp"

namespace lastcall::agent {

struct head {
    std::int64_t number = 0;
    std::string hash;
};

class head_file {
public:
    /// Makes it if need be, and locks it.
    /// Errors: journal_error: busy, with the pid of the other writer; unusable.
    static head_file open_to_write(const std::string& journal);
    /// Returns: one that `is_there` not, when it is not there. Errors: journal_error.
    static head_file open_to_read(const std::string& journal);

    [[nodiscard]] bool is_there() const noexcept { return static_cast<bool>(file_); }
    /// Nobody writes, nor begins to while this object lives. Returns: false: somebody does.
    [[nodiscard]] bool keep_writers_out() noexcept { return file_.try_lock_shared(); }
    /// Returns: nothing when no line is whole.
    [[nodiscard]] std::optional<head> read() const;
    /// Returns: 0 or errno.
    [[nodiscard]] int write(const head& last) noexcept;

private:
    explicit head_file(sys::locked_file file) noexcept : file_(std::move(file)) {}
    sys::locked_file file_;
};

}  // namespace lastcall::agent
