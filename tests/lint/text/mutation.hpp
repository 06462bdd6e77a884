// Text of which bytes are lost, doubled or changed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace lastcall::lint {

/// One change; the same for the same state. The text has a byte at least.
inline std::string mutated(std::string text, std::uint32_t& state) {
    const auto next = [&](std::size_t below) {
        state = state * 1664525U + 1013904223U;
        return below == 0 ? 0 : (state >> 8) % below;
    };
    static constexpr std::string_view bytes = "\\\"'{}[]<>#;:=-|&*!$%@,. \t\n\r\0a0\x7F\xFF";
    const std::size_t at = next(text.size());
    const std::size_t size = next(20);
    switch (next(5)) {
        case 0:
            return text.erase(at, size);
        case 1:
            return text.insert(at, text.substr(at, size));
        case 2:
            return text.insert(at, 1, bytes[next(bytes.size())]);
        case 3:
            text[at] = bytes[next(bytes.size())];
            return text;
        default:
            return text.insert(next(text.size()), text.substr(at, size * 4));
    }
}

}  // namespace lastcall::lint
