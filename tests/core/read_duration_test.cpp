#include "core/read_duration.hpp"

#include <gtest/gtest.h>

#include <lastcall/duration.hpp>
#include <stdexcept>

namespace lastcall::core {
namespace {

using namespace std::chrono_literals;

TEST(ReadDuration, ReadsEveryUnitAndFractions) {
    const std::pair<std::string_view, std::chrono::nanoseconds> table[] = {
        {"500ms", 500ms}, {"30s", 30s},
        {"2m", 2min},     {"1h", 1h},
        {"50us", 50us},   {"1.5s", 1500ms},
        {"5.s", 5s},      {"0s", 0s},
        {"0.1us", 100ns}, {"0.000000001s", 1ns},
        {"8760h", 8760h}, {"31535999.999999999s", 8760h - 1ns},
    };
    for (const auto& [text, value] : table) {
        const auto read = read_duration(text);
        EXPECT_TRUE(read.is_good()) << text << ": " << read.problem;
        EXPECT_EQ(read.value, value) << text;
    }
}

TEST(ReadDuration, SaysWhatIsWrongAndWhatToWrite) {
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
        {"1e3s", "\"1e3s\" has an unknown unit; write it as 500ms, 30s or 2m"},
        {".5s", "\".5s\" is not a duration; write it as 500ms, 30s or 2m"},
        {"-0s", "\"-0s\" is negative; write it as 500ms, 30s or 2m"},
        {"8761h", "\"8761h\" is longer than a year; write it as 500ms, 30s or 2m"},
        {"99999999999999999999999s",
         "\"99999999999999999999999s\" is longer than a year; write it as 500ms, 30s or 2m"},
    };
    for (const auto& [text, message] : table) {
        const auto read = read_duration(text);
        EXPECT_FALSE(read.is_good()) << text;
        fixed_text<200> out;
        explain_duration(out, text, read.problem);
        EXPECT_EQ(out.view(), message);
    }
}

TEST(ReadDuration, IsWhatTheLibraryReads) {
    EXPECT_EQ(lastcall::parse_duration("1.5s", "--grace"), 1500ms);
    try {
        static_cast<void>(lastcall::parse_duration("10", "--grace"));
        FAIL() << "not refused";
    } catch (const std::invalid_argument& error) {
        EXPECT_STREQ(error.what(), "--grace: \"10\" has no unit; write it as 500ms, 30s or 2m");
    }
}

}  // namespace
}  // namespace lastcall::core
