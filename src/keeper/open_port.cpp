#include "keeper/open_port.hpp"

#include <charconv>

namespace lastcall::keeper {

std::uint16_t port_alone(std::string_view address) noexcept {
    if (!address.starts_with("tcp:")) {
        return 0;
    }
    address.remove_prefix(4);
    std::uint16_t port = 0;
    const auto* const last = address.data() + address.size();
    const auto [end, error] = std::from_chars(address.data(), last, port);
    return error == std::errc{} && end == last ? port : std::uint16_t{0};
}

std::string key_of(std::string_view socket, std::string_view address) {
    std::string key = std::string(socket) + "@" + std::string(address);
    if (address.ends_with(without_ip4)) {
        key.replace(key.size() - without_ip4.size(), without_ip4.size(), "!");
    }
    return key;
}

}  // namespace lastcall::keeper
