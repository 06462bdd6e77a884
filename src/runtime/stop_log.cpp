#include "runtime/stop_log.hpp"

#include <array>
#include <cstdio>

#include "sys/output.hpp"

namespace lastcall::runtime {

std::string describe(const stop_request& what) {
    std::string text(to_string(what.reason));
    if (what.sender_pid != 0) {
        text += " from process " + std::to_string(what.sender_pid) + " of user " +
                std::to_string(what.sender_uid);
    }
    return what.note.empty() ? text : text + ": " + what.note;
}

void stop_log::write(const std::string& line) const noexcept {
    try {
        if (to_) {
            to_(line);
        } else {
            constexpr int standard_error = 2;
            sys::write_without_waiting(standard_error,
                                       "lastcall: " + service_ + ": " + line + "\n");
        }
    } catch (...) {
        // A log that fails must not stop the stop.
    }
}

void stop_log::stamped(const std::string& line) const {
    const auto now = clock::now();
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%+9.1f ms  ",
                  std::chrono::duration<double, std::milli>(now - since_.value_or(now)).count());
    write(text.data() + line);
}

}  // namespace lastcall::runtime
