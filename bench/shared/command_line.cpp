#include "shared/command_line.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace measured {
namespace {

/// "rate, held or all"
std::string in_words(const std::vector<std::string>& figures) {
    std::string made;
    for (const auto& one : figures) {
        made += (made.empty() ? "" : ", ") + one;
    }
    return made + " or all";
}

}  // namespace

flag text_flag(std::string_view name, std::string& into) {
    return {name, [&into](const std::string& text) {
                into = text;
                return !text.empty();
            }};
}

flag number_flag(std::string_view name, int& into, int least, int most) {
    return {name, [&into, least, most](const std::string& text) {
                const char* const end = text.data() + text.size();
                const auto parsed = std::from_chars(text.data(), end, into);
                return parsed.ec == std::errc{} && parsed.ptr == end && into >= least &&
                       into <= most;
            }};
}

int refuse(const std::string& program, const std::string& why) {
    std::fprintf(stderr, "%s: %s\nTry `%s --help`.\n", program.c_str(), why.c_str(),
                 program.c_str());
    return 2;
}

std::optional<int> read_command_line(int argc, const char* const* argv, const command_line& known,
                                     choice& into) {
    auto flags = known.flags;
    flags.push_back(text_flag("--out", into.out));
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--help" || argument == "-h") {
            std::fwrite(known.help.data(), 1, known.help.size(), stdout);
            return 0;
        }
        if (argument == "all") {
            into.figures = known.figures;
            continue;
        }
        if (std::ranges::find(known.figures, argument) != known.figures.end()) {
            into.figures.push_back(argument);
            continue;
        }
        const auto found = std::ranges::find(flags, argument, &flag::name);
        if (found == flags.end()) {
            return refuse(known.program, "unknown figure or option " + argument);
        }
        const std::string value = i + 1 < argc ? argv[++i] : "";
        if (!found->take(value)) {
            return refuse(known.program, argument + " cannot be \"" + value + "\"");
        }
    }
    if (into.figures.empty()) {
        return refuse(known.program, "which figure? " + in_words(known.figures));
    }
    return std::nullopt;
}

}  // namespace measured
