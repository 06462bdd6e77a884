#include "options.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <functional>
#include <string_view>

namespace stop_bench {
namespace {

constexpr std::string_view help =
    "Usage: stop_bench idle|mixed|10k|lost|deadline|all [options]\n"
    "\n"
    "Starts whole services, stops them, and measures how that went: ours and, in the same\n"
    "run, those of its peers that are installed (nginx, haproxy, go, node).\n"
    "\n"
    "  idle             signal to exit, nothing going on\n"
    "  mixed            last response to exit, under mixed load\n"
    "  10k              signal to exit with 10,000 idle connections; memory for each of them\n"
    "  lost             requests lost on established connections, WebSockets told 1001\n"
    "  deadline         exit at the deadline when every handler is deaf\n"
    "\n"
    "  --out NAME       write NAME.md and NAME.json\n"
    "  --stops N        stops of our service for each figure (idle 20, mixed 20, 10k 5,\n"
    "                   lost 50, deadline 10)\n"
    "  --peer-stops N   stops of each peer for each figure, 0 leaves them out (5)\n"
    "  --connections N  for 10k, 1 to 15000 (10000)\n"
    "  --bin DIR        where orders and deaf_service are (beside stop_bench)\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 every figure was reached; 1 could not run; 2 usage; 3 one was not reached.\n";

bool number_from(std::string_view text, int least, int most, int& into) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), into);
    return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() && into >= least &&
           into <= most;
}

parsed_options refused(const std::string& why) {
    return {{}, 2, "stop_bench: " + why + "\nTry `stop_bench --help`.\n"};
}

}  // namespace

parsed_options parse_options(int argc, const char* const* argv,
                             const std::vector<std::string>& figures) {
    parsed_options made;
    options& chosen = made.chosen;
    struct flag {
        std::string_view name;
        std::function<bool(const std::string&)> take;
    };
    const auto text_into = [](std::string& into) {
        return [&into](const std::string& text) {
            into = text;
            return !text.empty();
        };
    };
    const auto number_into = [](int& into, int least, int most) {
        return [&into, least, most](const std::string& text) {
            return number_from(text, least, most, into);
        };
    };
    const std::vector<flag> flags{
        {"--out", text_into(chosen.out)},
        {"--bin", text_into(chosen.bin)},
        {"--stops", number_into(chosen.stops, 1, 1000)},
        {"--peer-stops", number_into(chosen.peer_stops, 0, 1000)},
        {"--connections", number_into(chosen.connections, 1, 15'000)},
    };
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--help" || argument == "-h") {
            return {{}, 0, std::string(help)};
        }
        if (argument == "all") {
            chosen.figures = figures;
            continue;
        }
        if (std::ranges::find(figures, argument) != figures.end()) {
            chosen.figures.push_back(argument);
            continue;
        }
        const auto found = std::ranges::find(flags, argument, &flag::name);
        if (found == flags.end()) {
            return refused("unknown figure or option " + argument);
        }
        const std::string value = i + 1 < argc ? argv[++i] : "";
        if (!found->take(value)) {
            return refused(argument + " cannot be \"" + value + "\"");
        }
    }
    if (chosen.figures.empty()) {
        return refused("which figure? idle, mixed, 10k, lost, deadline or all");
    }
    if (chosen.bin.empty()) {
        chosen.bin = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
    }
    return made;
}

}  // namespace stop_bench
