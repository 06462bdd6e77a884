#include "core/fixed_text.hpp"

namespace lastcall::core {

text_sink& text_sink::operator<<(std::chrono::nanoseconds value) noexcept {
    using namespace std::chrono_literals;
    if (value < 0ns) {
        return *this << '-' << -value;
    }
    const auto ms = std::chrono::round<std::chrono::milliseconds>(value).count();
    if (ms < 1000) {
        return *this << ms << "ms";
    }
    if (ms % 60'000 == 0) {
        return *this << ms / 60'000 << 'm';
    }
    *this << ms / 1000;
    if (const auto rest = ms % 1000; rest != 0) {
        *this << '.' << rest / 100;
        if (rest % 100 != 0) {
            *this << rest / 10 % 10;
        }
        if (rest % 10 != 0) {
            *this << rest % 10;
        }
    }
    return *this << 's';
}

}  // namespace lastcall::core
