#include "options.hpp"

#include <array>
#include <charconv>
#include <filesystem>
#include <functional>
#include <lastcall/duration.hpp>
#include <stdexcept>
#include <string_view>

namespace stop_demo {
namespace {

constexpr std::string_view help =
    "Usage: stop_demo [options]\n"
    "\n"
    "Starts the service `orders`, puts mixed load on it, sends it SIGTERM in the middle, and\n"
    "proves from the clients' records, the database and the process table that nothing was\n"
    "lost.\n"
    "\n"
    "  --seconds N      seconds of load before the signal, 1 to 600 (3)\n"
    "  --db URL         sqlite:FILE or postgres://...  (a new SQLite file, removed afterwards)\n"
    "  --queue URL      redis://...  (the database)\n"
    "  --grace TIME     how long the service may take to stop (15s)\n"
    "  --crash          the control run: SIGKILL in place of SIGTERM, which has to lose something\n"
    "  --json FILE      also write the report as JSON\n"
    "  --orders PATH    the service's program (beside stop_demo)\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 nothing was lost; 1 could not run; 2 usage; 3 something was lost;\n"
    "4 the load generator itself failed, so that the run proves nothing.\n";

parsed_options refused(const std::string& why) {
    return {{}, 2, "stop_demo: " + why + "\nTry `stop_demo --help`.\n"};
}

/// Whole seconds from 1 to 600.
bool seconds_from(std::string_view text, std::chrono::milliseconds& into) {
    int number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    into = std::chrono::seconds(number);
    return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() && number >= 1 &&
           number <= 600;
}

/// A duration with its unit, from 1 ms to 10 min.
bool grace_from(const std::string& text, std::chrono::milliseconds& into) {
    try {
        into = std::chrono::duration_cast<std::chrono::milliseconds>(
            lastcall::parse_duration(text, "--grace"));
    } catch (const std::invalid_argument&) {
        return false;
    }
    return into >= std::chrono::milliseconds(1) && into <= std::chrono::minutes(10);
}

std::string beside_ourselves() {
    return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "orders").string();
}

}  // namespace

parsed_options parse_options(int argc, const char* const* argv) {
    parsed_options made;
    options& chosen = made.chosen;
    struct flag {
        std::string_view name;
        std::string_view wants;
        std::function<bool(const std::string&)> take;
    };
    const auto starts = [](const std::string& text, auto... prefixes) {
        return (text.starts_with(prefixes) || ...);
    };
    const std::array<flag, 6> flags{{
        {"--seconds", "whole seconds from 1 to 600",
         [&](const std::string& text) { return seconds_from(text, chosen.load_time); }},
        {"--grace", "a time like 15s, at most 10m",
         [&](const std::string& text) { return grace_from(text, chosen.grace); }},
        {"--db", "sqlite:FILE or postgres://...",
         [&](const std::string& text) {
             chosen.db = text;
             return starts(text, "sqlite:", "postgres://", "postgresql://") && text != "sqlite:";
         }},
        {"--queue", "redis://...",
         [&](const std::string& text) {
             chosen.queue = text;
             return starts(text, "redis://");
         }},
        {"--json", "a file",
         [&](const std::string& text) {
             chosen.json = text;
             return !text.empty();
         }},
        {"--orders", "a program",
         [&](const std::string& text) {
             chosen.orders = text;
             return !text.empty();
         }},
    }};
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--help" || argument == "-h") {
            return {{}, 0, std::string(help)};
        }
        if (argument == "--crash") {
            chosen.crash = true;
            continue;
        }
        const auto equals = argument.find('=');
        const auto name = argument.substr(0, equals);
        const flag* found = nullptr;
        for (const auto& one : flags) {
            if (one.name == name) {
                found = &one;
            }
        }
        if (found == nullptr) {
            return refused("unknown option " + argument);
        }
        std::string value;
        if (equals != std::string::npos) {
            value = argument.substr(equals + 1);
        } else if (++i < argc) {
            value = argv[i];
        }
        if (!found->take(value)) {
            return refused(name + " wants " + std::string(found->wants) + ", not \"" + value +
                           "\"");
        }
    }
    if (chosen.orders.empty()) {
        chosen.orders = beside_ourselves();
    }
    if (!std::filesystem::exists(chosen.orders)) {
        return {{},
                1,
                "stop_demo: there is no " + chosen.orders +
                    "\nBuild it: ./do build. Or name it: --orders PATH.\n"};
    }
    return made;
}

}  // namespace stop_demo
