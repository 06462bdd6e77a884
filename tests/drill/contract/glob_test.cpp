#include "drill/contract/glob.hpp"

#include <gtest/gtest.h>

namespace lastcall::drill {
namespace {

TEST(Glob, KnowsStarsAndQuestionMarks) {
    EXPECT_TRUE(matches("/tmp/x/orders.db", "*/orders.db"));
    EXPECT_TRUE(matches("abc", "a?c"));
    EXPECT_TRUE(matches("abc", "*"));
    EXPECT_TRUE(matches("", "**"));
    EXPECT_TRUE(matches("aXbXc", "a*b*c"));
    EXPECT_TRUE(matches("a.b.b", "*.b"));
    EXPECT_FALSE(matches("abc", "a?"));
    EXPECT_FALSE(matches("abc", "b*"));
    EXPECT_FALSE(matches("", "?"));
    EXPECT_FALSE(matches("/tmp/orders.db-wal", "*/orders.db"));
}

}  // namespace
}  // namespace lastcall::drill
