#include "garbage.hpp"

#include <random>
#include <string_view>

namespace lint_bench {
namespace {

std::string repeated(std::string_view part, std::size_t bytes) {
    std::string made;
    made.reserve(bytes + part.size());
    while (made.size() < bytes) {
        made += part;
    }
    return made;
}

std::string noise(std::size_t bytes) {
    std::mt19937_64 draw(7);  // NOLINT: the same each time
    std::string made(bytes, '\0');
    for (char& one : made) {
        one = static_cast<char>(draw());
    }
    return made;
}

/// Signs that mean something somewhere, in no order.
std::string signs(std::size_t bytes) {
    constexpr std::string_view known = "abc {}[]()<>\"'`$\\|&;:-#=,.*?!\n\t 0129";
    std::mt19937_64 draw(8);  // NOLINT: the same each time
    std::string made(bytes, '\0');
    for (char& one : made) {
        one = known[draw() % known.size()];
    }
    return made;
}

std::string one_line(std::size_t bytes) { return repeated("word ", bytes); }
std::string brackets(std::size_t bytes) { return repeated("[{(", bytes); }
std::string quotes(std::size_t bytes) { return repeated("\"'`", bytes); }
std::string nested_words(std::size_t bytes) { return repeated("$(\"${a:-", bytes); }
std::string short_lines(std::size_t bytes) { return repeated("a: b\n", bytes); }
std::string continued(std::size_t bytes) { return repeated("RUN a && \\\n", bytes); }
std::string here_documents(std::size_t bytes) { return repeated("cat <<A\n", bytes); }
std::string indented(std::size_t bytes) {
    std::string made;
    for (std::size_t depth = 0; made.size() < bytes; depth = (depth + 1) % 2000) {
        made += std::string(depth, ' ') + "a:\n";
    }
    return made;
}

}  // namespace

const std::vector<garbage>& sorts_of_garbage() {
    static const std::vector<garbage> all{
        {"random bytes", noise},
        {"random signs", signs},
        {"one line", one_line},
        {"open brackets", brackets},
        {"quotes", quotes},
        {"nested words", nested_words},
        {"short lines", short_lines},
        {"continued lines", continued},
        {"here-documents", here_documents},
        {"indentation", indented},
    };
    return all;
}

}  // namespace lint_bench
