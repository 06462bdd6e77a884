// Any text is a listen address, which the kernel's form can be made of, or is refused.
#include "fuzz/target.hpp"
#include "sys/socket/socket.hpp"

LASTCALL_FUZZ_TARGET(listen_address) {
    try {
        const auto at = lastcall::sys::parse_listen_address(input);
        lastcall::fuzz::must(at.host.find_first_of(" \t\r\n[]") == std::string::npos,
                             "the host is no number");
    } catch (const std::invalid_argument&) {
        // Refused, with a reason.
    }
}
