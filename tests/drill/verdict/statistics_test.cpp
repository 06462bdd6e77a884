#include "drill/verdict/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "drill/record/tally.hpp"
#include "drill/verdict/words.hpp"

namespace lastcall::drill {
namespace {

/// The definition: the chance of `lost` or fewer of `n`, added up.
double chance_of_at_most(std::uint64_t lost, std::uint64_t n, double share) {
    double sum = 0;
    for (std::uint64_t k = 0; k <= lost; ++k) {
        const auto a = static_cast<double>(k);
        const auto b = static_cast<double>(n);
        sum += std::exp(std::lgamma(b + 1) - std::lgamma(a + 1) - std::lgamma(b - a + 1) +
                        a * std::log(share) + (b - a) * std::log1p(-share));
    }
    return sum;
}

TEST(Bounds, AreWhereTheChanceIsFivePercent) {
    for (const std::uint64_t n : {2U, 7U, 60U, 412U, 5000U}) {
        for (const std::uint64_t lost : {0U, 1U, 3U, 50U, 411U}) {
            if (lost >= n) {
                continue;
            }
            SCOPED_TRACE(std::to_string(lost) + " of " + std::to_string(n));
            EXPECT_NEAR(chance_of_at_most(lost, n, upper_bound_95(lost, n)), 0.05, 1e-6);
            if (lost > 0) {
                EXPECT_NEAR(1 - chance_of_at_most(lost - 1, n, lower_bound_95(lost, n)), 0.05,
                            1e-6);
            }
        }
    }
}

TEST(Bounds, OfNoLossAreTheWellKnownOnes) {
    for (const std::uint64_t n : {1U, 10U, 412U, 1'000'000U}) {
        EXPECT_NEAR(upper_bound_95(0, n), upper_bound_95(n), 1e-9) << n;
        EXPECT_EQ(lower_bound_95(0, n), 0) << n;
    }
}

TEST(Bounds, AreTheWholeRangeWhereNothingIsKnown) {
    EXPECT_EQ(upper_bound_95(0, 0), 1);
    EXPECT_EQ(lower_bound_95(0, 0), 0);
    EXPECT_EQ(upper_bound_95(5, 5), 1);
    EXPECT_NEAR(lower_bound_95(5, 5), std::pow(0.05, 0.2), 1e-9);
    EXPECT_EQ(upper_bound_95(9, 5), 1);
}

TEST(Bounds, OfMillionsAreNearTheShare) {
    EXPECT_NEAR(upper_bound_95(500'000, 10'000'000), 0.05, 2e-4);
    EXPECT_NEAR(lower_bound_95(500'000, 10'000'000), 0.05, 2e-4);
    EXPECT_GT(upper_bound_95(500'000, 10'000'000), 0.05);
    EXPECT_LT(lower_bound_95(500'000, 10'000'000), 0.05);
}

TEST(Words, AreShortAndHaveAUnit) {
    EXPECT_EQ(duration_text(std::int64_t{0}), "0.0 ms");
    EXPECT_EQ(duration_text(std::int64_t{812'000}), "0.8 ms");
    EXPECT_EQ(duration_text(std::int64_t{412'000'000}), "412 ms");
    EXPECT_EQ(duration_text(std::int64_t{4'100'000'000}), "4.10 s");
    EXPECT_EQ(duration_text(std::int64_t{123'000'000'000}), "123 s");
    EXPECT_EQ(duration_text(std::int64_t{-5'000'000}), "-5.0 ms");
    EXPECT_EQ(percent_text(0.00725), "0.73 %");
    EXPECT_EQ(percent_text(1e-9), "0.001 %");
    EXPECT_EQ(percent_text(0), "0.000 %");
    EXPECT_EQ(percent_text(1), "100 %");
    EXPECT_EQ(share_text(0, 412), "0 of 412 (95 %: below 0.73 %)");
    EXPECT_EQ(share_text(0, 0), "0 of 0");
    EXPECT_EQ(count_text(1, "trial"), "1 trial");
    EXPECT_EQ(count_text(2, "trial"), "2 trials");
    EXPECT_EQ(listed({}), "");
    EXPECT_EQ(listed({"a"}), "a");
    EXPECT_EQ(listed({"a", "b", "c"}), "a, b and c");
    EXPECT_EQ(in_a_row({"a", "b, c"}), "a; b, c");
    EXPECT_EQ(decimal_text(1e300, 1).size(), 303U);
}

}  // namespace
}  // namespace lastcall::drill
