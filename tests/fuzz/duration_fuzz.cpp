// Any text is a duration or is refused; what is read can be written and read again.
#include <lastcall/duration.hpp>

#include "fuzz/target.hpp"

LASTCALL_FUZZ_TARGET(duration) {
    try {
        const auto value = lastcall::parse_duration(input, "fuzz");
        const auto whole = std::chrono::floor<std::chrono::microseconds>(value);
        const std::string text = lastcall::to_text(whole);
        lastcall::fuzz::must(lastcall::parse_duration(text, "again") == whole,
                             text + " is read as something else");
    } catch (const std::invalid_argument&) {
        // Refused, with a reason.
    }
}
