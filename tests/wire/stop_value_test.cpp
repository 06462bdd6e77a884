#include "wire/stop_value.hpp"

#include <gtest/gtest.h>

namespace lastcall::wire {
namespace {

using namespace std::chrono_literals;

TEST(StopValue, ReadsWhatItWrote) {
    for (const auto ms : {0ms, 1ms, 123'456'789ms, 8'000'000'000'000ms}) {
        EXPECT_EQ(decode_stop_value(encode_stop_value(ms)), ms);
    }
}

TEST(StopValue, BecomesTheNearestThatFits) {
    EXPECT_EQ(decode_stop_value(encode_stop_value(-1ms)), 0ms);
    EXPECT_EQ(decode_stop_value(encode_stop_value(std::chrono::milliseconds::max())),
              std::chrono::milliseconds((std::int64_t{1} << 48) - 1));
}

TEST(StopValue, IsNotWhatOthersSendAlong) {
    for (const std::uint64_t other :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0x7ffd'1234'5678},
          std::uint64_t{0xffff'ffff}, ~std::uint64_t{0}, std::uint64_t{0x1c56} << 48}) {
        EXPECT_EQ(decode_stop_value(other), std::nullopt) << other;
    }
}

TEST(StopValue, IsPlausibleWithinADay) {
    constexpr std::chrono::milliseconds now = 72h;
    for (const std::chrono::milliseconds good : {now, now + 24h, now - 24h, now + 5s}) {
        EXPECT_EQ(plausible_stop_value(encode_stop_value(good), now), good);
    }
    for (const std::chrono::milliseconds bad : {now + 24h + 1ms, now - 24h - 1ms}) {
        EXPECT_EQ(plausible_stop_value(encode_stop_value(bad), now), std::nullopt);
    }
    EXPECT_EQ(plausible_stop_value(42, now), std::nullopt);
}

}  // namespace
}  // namespace lastcall::wire
