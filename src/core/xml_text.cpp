#include "core/xml_text.hpp"

#include <algorithm>

#include "core/utf8.hpp"

namespace lastcall::core {

std::string xml_text(std::string_view text) {
    constexpr std::string_view instead = "\xEF\xBF\xBD";
    std::string made;
    while (!text.empty()) {
        const char c = text.front();
        const auto length = core::character_length(text);
        const auto one = text.substr(0, std::max<std::size_t>(length, 1));
        if (c == '&') {
            made += "&amp;";
        } else if (c == '<') {
            made += "&lt;";
        } else if (c == '>') {
            made += "&gt;";
        } else if (c == '"') {
            made += "&quot;";
        } else if (c == '\n' || c == '\t') {
            made += c == '\n' ? "&#10;" : "&#9;";
        } else if (length == 0 || (length == 1 && static_cast<unsigned char>(c) < 0x20) ||
                   one == "\xEF\xBF\xBE" || one == "\xEF\xBF\xBF") {
            made += instead;
        } else {
            made += one;
        }
        text.remove_prefix(one.size());
    }
    return made;
}

}  // namespace lastcall::core
