#include <lastcall/duration.hpp>

#include <stdexcept>

#include "core/read_duration.hpp"

namespace lastcall {

std::chrono::nanoseconds parse_duration(std::string_view text, std::string_view what) {
    const core::duration_read read = core::read_duration(text);
    if (!read.is_good()) {
        throw std::invalid_argument(std::string(what) + ": \"" + std::string(text) + "\" " +
                                    std::string(read.problem) + "; write it as 500ms, 30s or 2m");
    }
    return read.value;
}

std::string to_text(std::chrono::nanoseconds value) {
    using namespace std::chrono;
    const auto us = duration_cast<microseconds>(value).count();
    const auto with = [](long long whole, long long fraction, int digits, const char* unit) {
        std::string text = std::to_string(whole);
        if (fraction != 0) {
            std::string tail = std::to_string(fraction);
            tail.insert(0, static_cast<std::size_t>(digits) - tail.size(), '0');
            tail.erase(tail.find_last_not_of('0') + 1);
            text += "." + tail;
        }
        return text + unit;
    };
    if (us < 0) {
        return "-" + to_text(-value);
    }
    if (us >= 1'000'000) {
        return with(us / 1'000'000, us % 1'000'000, 6, "s");
    }
    if (us >= 1'000 || us == 0) {
        return with(us / 1'000, us % 1'000, 3, "ms");
    }
    return with(us, 0, 0, "us");
}

}  // namespace lastcall
