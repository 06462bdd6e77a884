#include "drill/load/lateness.hpp"

#include <gtest/gtest.h>

#include "drill/load/chunked_list.hpp"

namespace lastcall::drill {
namespace {

TEST(Lateness, IsNoMoreThanAnEighthAboveTheTruth) {
    lateness late;
    for (std::int64_t ns = 1; ns <= 1'000'000; ns += 7) {
        late.add(ns);
    }
    EXPECT_EQ(late.most(), 1'000'000);
    for (const double share : {0.01, 0.5, 0.9, 0.99}) {
        const double truth = share * 1e6;
        EXPECT_GE(static_cast<double>(late.quantile(share)), truth * 0.999) << share;
        EXPECT_LE(static_cast<double>(late.quantile(share)), truth * 1.13) << share;
    }
}

TEST(Lateness, IsNothingWithoutValuesAndNeverNegative) {
    lateness late;
    EXPECT_EQ(late.quantile(0.99), 0);
    late.add(-5);
    EXPECT_EQ(late.quantile(0.5), 0);
    late.add(INT64_MAX);
    EXPECT_EQ(late.quantile(1), INT64_MAX);
}

TEST(ChunkedList, KeepsTheOrderAcrossItsChunks) {
    chunked_list<int, 4> list;
    for (int i = 0; i < 10; ++i) {
        list.push_back(i);
    }
    EXPECT_EQ(list.size(), 10U);
    EXPECT_EQ(list[7], 7);
    std::vector<int> all{-1};
    list.drain_into(all);
    EXPECT_EQ(all, (std::vector<int>{-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    EXPECT_TRUE(list.empty());
    list.push_back(5);
    EXPECT_EQ(list[0], 5);
}

}  // namespace
}  // namespace lastcall::drill
