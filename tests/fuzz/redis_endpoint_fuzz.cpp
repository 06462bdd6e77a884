// Any text is the address of a Redis server or is refused, and no message shows a password.
#include "adapters/redis/endpoint.hpp"
#include "fuzz/target.hpp"

LASTCALL_FUZZ_TARGET(redis_endpoint) {
    using lastcall::fuzz::must;
    try {
        const auto to = lastcall::redis::parse_endpoint(input);
        must(to.path.empty() != to.host.empty(), "neither a path nor a host, or both");
        must(to.path.empty() || to.path.front() == '/', "a path that is not absolute");
        must(to.port != 0, "port 0");
    } catch (const std::invalid_argument&) {
        // Refused, with a reason.
    }
    if (input.find("s3cret") != std::string_view::npos) {
        return;
    }
    try {
        static_cast<void>(
            lastcall::redis::parse_endpoint("redis://user:s3cret@" + std::string(input)));
    } catch (const std::invalid_argument& refused) {
        must(std::string_view(refused.what()).find("s3cret") == std::string_view::npos,
             std::string("the password is shown: ") + refused.what());
    }
}
