// Digests of files that were read before: a program of 90 MB takes a core for a quarter of a
// second, next to the version that serves, and the same one is deployed again and again.
//
// A file is taken for unchanged while device, inode, size, mtime and ctime of what is open are the
// same, and had been for two seconds when it was read: ctime counts in steps of some milliseconds.
// Whoever can set the clock, write to the disk below the file system, or has mapped the file for
// writing before it was read can deceive that. So it is never asked about what an approval is
// bound to, nor about the copy that a rollback runs: those are read.
//
// Threads: any.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "sys/held_file.hpp"

namespace lastcall::agent {

class known_digests {
public:
    using reading = std::function<std::string(const sys::held_file&)>;

    /// `read`  digest_of(); another one only in a test
    explicit known_digests(reading read) : read_(std::move(read)) {}

    /// Of all of a file; read only if it is not known. Errors: std::system_error.
    /// `now`  since 1970
    [[nodiscard]] std::string of(const sys::held_file& file, std::chrono::nanoseconds now);

private:
    struct entry {
        sys::file_identity which;
        std::string digest;
    };

    [[nodiscard]] std::string look_up(const sys::file_identity& which);
    void remember(const sys::file_identity& which, const std::string& digest);

    reading read_;
    std::mutex guard_;
    std::vector<entry> entries_;  ///< the one that was asked for last is at the end
};

/// By those of the process. Errors: std::system_error.
[[nodiscard]] std::string known_digest_of(const sys::held_file& file);

}  // namespace lastcall::agent
