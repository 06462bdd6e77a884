// Any text is a duration or is refused; what is read can be written and read again.
#include <cstdlib>
#include <lastcall/duration.hpp>
#include <stdexcept>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        const auto value = lastcall::parse_duration(text, "fuzz");
        const auto whole = std::chrono::floor<std::chrono::microseconds>(value);
        if (lastcall::parse_duration(lastcall::to_text(whole), "again") != whole) {
            std::abort();
        }
    } catch (const std::invalid_argument&) {
        // Refused, with a reason.
    }
    return 0;
}
