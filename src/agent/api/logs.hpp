// The log of a service as text: the last lines, and, if wanted, those that follow.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include <lastcall/http.hpp>

#include "sys/readable_file.hpp"

namespace lastcall::agent {

/// The files of a log, the oldest first; the last one is being written.
using log_lister = std::function<std::vector<std::string>()>;

struct log_wish {
    std::size_t tail = 100;  ///< lines; they are looked for in the last 8 MiB
    bool follow = false;
    /// How often a log that is followed is looked at: fstat(2), and stat(2) of its path.
    std::chrono::milliseconds look_every{200};
};

/// Where the last `lines` lines begin: a file and an offset in it.
struct log_place {
    std::size_t file = 0;
    std::uint64_t offset = 0;
};
[[nodiscard]] log_place find_tail(const std::deque<sys::readable_file>& files, std::size_t lines);

/// Answers with `head` and the log. Reads on across rotations; when more was rotated away than
/// could be read in the meantime, a line says so.
void send_log(http::exchange from, http::response head, log_lister files, log_wish wish);

}  // namespace lastcall::agent
