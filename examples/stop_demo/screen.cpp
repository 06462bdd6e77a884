#include "screen.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace stop_demo {
namespace {

std::size_t columns(std::string_view text) {
    // Bytes 10xxxxxx continue a character.
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

std::string_view code_of(ink colour) {
    switch (colour) {
        case ink::strong:
            return "\x1b[1m";
        case ink::dim:
            return "\x1b[2m";
        case ink::good:
            return "\x1b[32m";
        case ink::bad:
            return "\x1b[1;31m";
        case ink::accent:
            return "\x1b[1;33m";
        case ink::plain:
            break;
    }
    return "";
}

}  // namespace

screen::screen(std::FILE* to) : to_(to), terminal_(::isatty(::fileno(to)) == 1) {
    const char* const refused = std::getenv("NO_COLOR");
    colour_ = terminal_ && (refused == nullptr || *refused == '\0');
}

std::string screen::in(ink colour, std::string_view text) const {
    if (!colour_ || colour == ink::plain) {
        return std::string(text);
    }
    return std::string(code_of(colour)).append(text).append("\x1b[0m");
}

void screen::line(std::string_view text) {
    if (has_passing_) {
        std::fputs("\r\x1b[K", to_);
        has_passing_ = false;
    }
    std::fwrite(text.data(), 1, text.size(), to_);
    std::fputc('\n', to_);
    std::fflush(to_);
}

void screen::passing(std::string_view text) {
    if (terminal_) {
        std::fputs("\r\x1b[K", to_);
        std::fwrite(text.data(), 1, text.size(), to_);
        std::fflush(to_);
        has_passing_ = true;
    }
}

std::string left(std::string_view text, std::size_t width) {
    std::string made(text);
    return made.append(width - std::min(width, columns(text)), ' ');
}

std::string right(std::string_view text, std::size_t width) {
    return std::string(width - std::min(width, columns(text)), ' ').append(text);
}

}  // namespace stop_demo
