// Lines of a pipe, read by one thread and taken by another. Holds a bounded number of them,
// and counts what it could not keep, so that the writer never waits.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <utility>

namespace lastcall::sys {

class line_queue {
public:
    /// Reads all that is there. Threads: one reader.
    /// Returns: false at the end of the pipe; what stood there without a line end is a line.
    bool read(int fd);

    /// Nothing that was printed before is missing any more: wakes who waits.
    void finish();

    struct taken {
        std::deque<std::string> lines;
        std::size_t dropped = 0;
        bool is_finished = false;
    };
    /// Waits for a line, or for finish(). Blocks: up to `until`.
    template <typename Moment>
    taken take(Moment until) {
        std::unique_lock lock(mutex_);
        changed_.wait_until(lock, until, [this] { return !lines_.empty() || is_finished_; });
        return taken{std::exchange(lines_, {}), std::exchange(dropped_, 0), is_finished_};
    }

private:
    void add(std::string line);

    std::string partial_;  // of the reader
    std::mutex mutex_;     // of what follows
    std::condition_variable changed_;
    std::deque<std::string> lines_;
    std::size_t dropped_ = 0;
    bool is_finished_ = false;
};

}  // namespace lastcall::sys
