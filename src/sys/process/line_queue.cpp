#include "sys/process/line_queue.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace lastcall::sys {
namespace {

constexpr std::size_t lines_kept = 10'000;
constexpr std::size_t longest_line = 1U << 16U;

}  // namespace

bool line_queue::read(int fd) {
    std::array<char, 16384> buffer;
    for (;;) {
        const auto got = ::read(fd, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return true;  // EAGAIN: nothing more for now
        }
        if (got == 0) {
            if (!partial_.empty()) {
                add(std::exchange(partial_, {}));
            }
            return false;
        }
        partial_.append(buffer.data(), static_cast<std::size_t>(got));
        std::size_t begin = 0;
        for (auto end = partial_.find('\n'); end != std::string::npos;
             end = partial_.find('\n', begin)) {
            add(partial_.substr(begin, end - begin));
            begin = end + 1;
        }
        partial_.erase(0, begin);
        if (partial_.size() > longest_line) {
            add(std::exchange(partial_, {}));
        }
    }
}

void line_queue::finish() {
    const std::lock_guard lock(mutex_);
    is_finished_ = true;
    changed_.notify_all();
}

void line_queue::add(std::string line) {
    const std::lock_guard lock(mutex_);
    if (lines_.size() >= lines_kept) {
        ++dropped_;
        return;
    }
    lines_.push_back(std::move(line));
    changed_.notify_all();
}

}  // namespace lastcall::sys
