#include "drill/effects.hpp"

#include <gtest/gtest.h>

namespace lastcall::drill {
namespace {

exchange effect(std::uint64_t number, outcome result, int status) {
    exchange one;
    one.effect = number;
    one.result = result;
    one.status = static_cast<std::int16_t>(status);
    return one;
}

TEST(Effects, ThatWereAcknowledgedAndAreNotThereAreLost) {
    const std::vector<exchange> asked{
        effect(1, outcome::ok, 201),
        effect(2, outcome::served_close, 200),
        effect(3, outcome::reset_before_response, 0),
        effect(4, outcome::reset_before_response, 0),
        effect(5, outcome::error_5xx, 500),
        effect(0, outcome::ok, 200),
    };
    const auto made =
        account(asked, R"([{"id":"lcab-1"},{"id":"lcab-3"},{"id":"lcab-5"}])", "lcab-");
    EXPECT_EQ(made.asked, 5U);
    EXPECT_EQ(made.acknowledged, 2U);
    EXPECT_EQ(made.found, 3U);
    EXPECT_EQ(made.lost, std::vector<std::uint64_t>{2});
    EXPECT_EQ(made.unclaimed, (std::vector<std::uint64_t>{3, 5}));
}

TEST(Effects, OneIsNotTheBeginningOfTwelve) {
    const auto made = account({effect(1, outcome::ok, 200)}, "lc-12 lc-", "lc-");
    EXPECT_EQ(made.lost, std::vector<std::uint64_t>{1});
}

TEST(Effects, HaveAPrefixOfTheirTrial) {
    EXPECT_NE(effect_prefix(1'700'000'000'000'000'000, 7, 1),
              effect_prefix(1'700'000'000'000'000'000, 7, 2));
    EXPECT_LT(effect_prefix(1'900'000'000'000'000'000, 4'000'000, 1000).size(), 30U);
}

}  // namespace
}  // namespace lastcall::drill
