#include "core/uri_text.hpp"

namespace lastcall::core {

std::string uri_of(std::string_view path) {
    constexpr std::string_view hexadecimal = "0123456789ABCDEF";
    std::string made;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                              (byte >= 'A' && byte <= 'Z') ||
                              std::string_view("-._~/").find(c) != std::string_view::npos;
        if (is_plain) {
            made += c;
        } else {
            made += '%';
            made += hexadecimal[byte >> 4U];
            made += hexadecimal[byte & 0xFU];
        }
    }
    return made;
}

}  // namespace lastcall::core
