#include "lint/unit/unit_values.hpp"

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace lastcall::lint {
namespace {

using namespace std::chrono_literals;

TEST(UnitTimeSpan, IsReadAsSystemdReadsIt) {
    const std::pair<const char*, std::chrono::microseconds> cases[] = {
        {"90", 90s},           {"1min 30s", 90s}, {"1min30", 90s},        {"2.5h", 150min},
        {".5s", 500ms},        {"1 2", 3s},       {"infinity", no_limit}, {" 0 ", 0s},
        {"55s500ms", 55500ms}, {"1m", 1min},      {"1us", 1us},           {"\xC2\xB5s 1", 0us},
    };
    for (const auto& [text, value] : cases) {
        if (std::string(text).starts_with("\xC2")) {
            EXPECT_EQ(unit_time_span(text), std::nullopt) << text;
        } else {
            EXPECT_EQ(unit_time_span(text), value) << text;
        }
    }
    for (const char* bad : {"", " ", "x", "5x", "1.", "1.2.3", "1e3", "-5", "s", "1 infinity",
                            "99999999999999999999", "9999999999999y"}) {
        EXPECT_EQ(unit_time_span(bad), std::nullopt) << bad;
    }
}

TEST(UnitTimeSpan, AMillionDigitsAreRefusedAtOnce) {
    EXPECT_EQ(unit_time_span(std::string(10'000'000, '9')), std::nullopt);
    EXPECT_EQ(unit_time_span("1." + std::string(10'000'000, '9')), 1999999us);
}

/// What systemd-analyze says: microseconds, or unset where it refuses.
std::optional<std::string> asked(const std::string& span) {
    const std::string command = "LC_ALL=C systemd-analyze timespan -- '" + span + "' 2>/dev/null";
    const std::unique_ptr<FILE, int (*)(FILE*)> from(popen(command.c_str(), "r"), pclose);
    std::string text;
    std::array<char, 256> part{};
    while (from && std::fgets(part.data(), part.size(), from.get()) != nullptr) {
        text += part.data();
    }
    const auto at = text.find("s: ");
    return at == std::string::npos
               ? std::nullopt
               : std::optional(text.substr(at + 3, text.find('\n', at) - at - 3));
}

TEST(UnitTimeSpan, AgreesWithSystemdAnalyze) {
    if (asked("90") != "90000000") {
        GTEST_SKIP() << "there is no systemd-analyze here";
    }
    std::vector<std::string> spans{"5 s",     "+5s",        "1 .5",       "5sx",       "1month",
                                   "1M",      "1mon",       "12.34 .56",  "infinity ", " infinity",
                                   "3hr20us", "0.000001s",  "1.9999999s", "1s+1s",     "1 s ms",
                                   "1,5",     "5\xC2\xB5s", "5\xCE\xBCs"};
    std::uint32_t state = 7;
    const auto next = [&](std::size_t below) {
        state = state * 1664525U + 1013904223U;
        return (state >> 16) % below;
    };
    const std::vector<std::string> parts{"1",   "20", ".5",    " ",   "s",  "min", "m", "ms", "h",
                                         "day", "w",  "month", "sec", "us", "y",   "+", ".",  "0"};
    while (spans.size() < 120) {
        std::string made;
        for (std::size_t i = 1 + next(6); i > 0; --i) {
            made += parts[next(parts.size())];
        }
        spans.push_back(made);
    }
    for (const auto& span : spans) {
        const auto theirs = asked(span);
        const auto ours = unit_time_span(span);
        if (ours == no_limit) {
            EXPECT_EQ(theirs, "18446744073709551615") << span;
        } else {
            EXPECT_EQ(ours ? std::optional(std::to_string(ours->count())) : std::nullopt, theirs)
                << span;
        }
    }
}

TEST(UnitBoolean, IsReadAsSystemdReadsIt) {
    for (const char* yes : {"1", "yes", "Y", "TRUE", "t", "on"}) {
        EXPECT_EQ(unit_boolean(yes), true) << yes;
    }
    for (const char* no : {"0", "no", "n", "False", "f", "off"}) {
        EXPECT_EQ(unit_boolean(no), false) << no;
    }
    for (const char* bad : {"", "2", "maybe", "yess", "o n"}) {
        EXPECT_EQ(unit_boolean(bad), std::nullopt) << bad;
    }
}

TEST(UnitSignal, HasItsNameInCapitals) {
    EXPECT_EQ(unit_signal("SIGTERM"), SIGTERM);
    EXPECT_EQ(unit_signal("QUIT"), SIGQUIT);
    EXPECT_EQ(unit_signal("15"), SIGTERM);
    EXPECT_EQ(unit_signal("RTMIN+3"), SIGRTMIN + 3);
    EXPECT_EQ(unit_signal("term"), std::nullopt);
    EXPECT_EQ(unit_signal(""), std::nullopt);
}

}  // namespace
}  // namespace lastcall::lint
