#include "lint/conf/conf_time.hpp"

#include <gtest/gtest.h>

namespace lastcall::lint {
namespace {

using namespace std::chrono_literals;

TEST(ConfTime, IsTheSumOfNumbersWithUnits) {
    EXPECT_EQ(conf_time("30"), 30s);
    EXPECT_EQ(conf_time("30", 1ms), 30ms);
    EXPECT_EQ(conf_time(" 1m30s "), 90s);
    EXPECT_EQ(conf_time("1h 2m"), 62min);
    EXPECT_EQ(conf_time("500ms"), 500ms);
    EXPECT_EQ(conf_time("2.5s"), 2500ms);
    EXPECT_EQ(conf_time("PT20S"), 20s);
    EXPECT_EQ(conf_time("0"), 0ms);
}

TEST(ConfTime, OfAnythingElseIsNotKnown) {
    for (const char* text : {"", "s", "30x", "-1", "${GRACE}", "1..5s", ".5s", "5.s",
                             "99999999999999999999", "infinity", "30 seconds ago"}) {
        EXPECT_EQ(conf_time(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace lastcall::lint
