// Any text is a listen address or is refused.
#include <stdexcept>

#include "sys/socket.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    try {
        static_cast<void>(
            lastcall::sys::parse_listen_address({reinterpret_cast<const char*>(data), size}));
    } catch (const std::invalid_argument&) {
        // Refused, with a reason.
    }
    return 0;
}
