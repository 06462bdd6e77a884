// How long to wait before the next try: 100 ms, doubling to 2 s.
#pragma once

#include <algorithm>
#include <chrono>

namespace lastcall::adapters {

class backoff {
public:
    std::chrono::milliseconds next() noexcept {
        const auto now = next_;
        next_ = std::min(next_ * 2, longest);
        return now;
    }
    void reset() noexcept { next_ = shortest; }

private:
    static constexpr std::chrono::milliseconds shortest{100};
    static constexpr std::chrono::milliseconds longest{2'000};
    std::chrono::milliseconds next_ = shortest;
};

}  // namespace lastcall::adapters
