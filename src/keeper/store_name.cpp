#include "keeper/store_name.hpp"

#include <algorithm>

#include "sys/socket/shared_listener.hpp"

namespace lastcall::keeper {
namespace {

constexpr std::string_view store_prefix = "lastcall/";
constexpr std::size_t longest_store_name = 255;  // FDNAME_MAX of systemd
constexpr std::string_view hex_digits = "0123456789ABCDEF";

bool stands_for_itself(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-@[]!").find(c) != std::string_view::npos;
}

std::string escaped(std::string_view text) {
    std::string made;
    for (const char c : text) {
        if (stands_for_itself(c)) {
            made += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        made += '%';
        made += hex_digits[byte >> 4U];
        made += hex_digits[byte & 15U];
    }
    return made;
}

/// Unset: not as `escaped` writes it, so that no two names mean the same.
std::optional<std::string> unescaped(std::string_view text) {
    std::string made;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            made += text[at];
            continue;
        }
        const auto digit = [&](std::size_t place) {
            return place < text.size() ? hex_digits.find(text[place]) : std::string_view::npos;
        };
        const auto high = digit(at + 1);
        const auto low = digit(at + 2);
        if (high == std::string_view::npos || low == std::string_view::npos) {
            return std::nullopt;
        }
        made += static_cast<char>(high << 4U | low);
        at += 2;
    }
    return escaped(made) == text ? std::optional(made) : std::nullopt;
}

}  // namespace

std::string store_name::text() const {
    auto made = std::string(store_prefix) + escaped(service) + "/" + escaped(socket) + "/" +
                std::to_string(slot);
    return made.size() > longest_store_name ? std::string() : made;
}

std::optional<store_name> store_name::parse(std::string_view text) {
    if (!text.starts_with(store_prefix)) {
        return std::nullopt;
    }
    text.remove_prefix(store_prefix.size());
    const auto first = text.find('/');
    const auto last = text.rfind('/');
    if (first == std::string_view::npos || first == last || last + 2 != text.size()) {
        return std::nullopt;
    }
    const auto service = unescaped(text.substr(0, first));
    const auto socket = unescaped(text.substr(first + 1, last - first - 1));
    const int slot = text[last + 1] - '0';
    if (!service || !socket || service->empty() || socket->empty() || slot < 0 ||
        slot >= sys::shared_listener::slots) {
        return std::nullopt;
    }
    return store_name{*service, *socket, slot};
}

}  // namespace lastcall::keeper
