#include "core/lean_duration.hpp"

#include <gtest/gtest.h>

#include <lastcall/duration.hpp>
#include <random>
#include <string>

namespace lastcall::core {
namespace {

using namespace std::chrono_literals;

TEST(LeanDuration, ReadsEveryUnitAndFractions) {
    const std::pair<std::string_view, std::chrono::nanoseconds> table[] = {
        {"500ms", 500ms},    {"30s", 30s},          {"2m", 2min},     {"1h", 1h},
        {"50us", 50us},      {"1.5s", 1500ms},      {".5s", 500ms},   {"5.s", 5s},
        {"0s", 0s},          {"-0s", 0s},           {"0.1us", 100ns}, {"1e3ms", 1s},
        {"2.5E-3s", 2500us}, {"0.000000001s", 1ns}, {"8760h", 8760h},
    };
    for (const auto& [text, value] : table) {
        const auto read = parse_lean_duration(text);
        EXPECT_TRUE(read.is_good()) << text << ": " << read.problem;
        EXPECT_EQ(read.value, value) << text;
    }
}

TEST(LeanDuration, SaysWhatIsWrongAndWhatToWrite) {
    const std::pair<std::string_view, std::string_view> table[] = {
        {"10", "\"10\" has no unit; write 10s"},
        {"1.5", "\"1.5\" has no unit; write 1.5s"},
        {"-10", "\"-10\" has no unit; write it as 500ms, 30s or 2m"},
        {"", "\"\" is not a duration; write it as 500ms, 30s or 2m"},
        {".s", "\".s\" is not a duration; write it as 500ms, 30s or 2m"},
        {"soon", "\"soon\" is not a duration; write it as 500ms, 30s or 2m"},
        {"10 s", "\"10 s\" has an unknown unit; write it as 500ms, 30s or 2m"},
        {"10S", "\"10S\" has an unknown unit; write it as 500ms, 30s or 2m"},
        {"-5s", "\"-5s\" is negative; write it as 500ms, 30s or 2m"},
        {"1e300s", "\"1e300s\" is longer than a year; write it as 500ms, 30s or 2m"},
        {"8761h", "\"8761h\" is longer than a year; write it as 500ms, 30s or 2m"},
        {"1e4000s", "\"1e4000s\" is not a duration; write it as 500ms, 30s or 2m"},
    };
    for (const auto& [text, message] : table) {
        const auto read = parse_lean_duration(text);
        EXPECT_FALSE(read.is_good()) << text;
        fixed_text<200> out;
        explain_duration(out, text, read.problem);
        EXPECT_EQ(out.view(), message);
    }
}

// One grammar in two implementations: they are held together here.
TEST(LeanDuration, AgreesWithTheDurationsOfTheLibraryOnAnyText) {
    std::mt19937 random(20240607);
    constexpr std::string_view letters = "0123456789.5e-+umsh1 ";
    int good = 0;
    for (int round = 0; round < 50'000; ++round) {
        std::string text;
        for (auto left = random() % 9; left > 0; --left) {
            text += letters[random() % letters.size()];
        }
        if (round % 2 == 0) {
            constexpr std::string_view units[] = {"us", "ms", "s", "m", "h"};
            text += units[random() % 5];
        }
        const auto lean = parse_lean_duration(text);
        try {
            const auto full = lastcall::parse_duration(text, "x");
            ++good;
            ASSERT_TRUE(lean.is_good()) << '"' << text << "\" " << lean.problem;
            // Beyond what a double holds, the last digits may differ.
            ASSERT_LE(std::chrono::abs(lean.value - full), full / 1'000'000'000'000'000 + 0ns)
                << text;
        } catch (const std::invalid_argument& error) {
            ASSERT_FALSE(lean.is_good()) << text << ": " << error.what();
            ASSERT_NE(std::string_view(error.what()).find(std::string(lean.problem) + ';'),
                      std::string_view::npos)
                << text << ": " << error.what() << " against " << lean.problem;
        }
    }
    EXPECT_GT(good, 2'000);
}

}  // namespace
}  // namespace lastcall::core
