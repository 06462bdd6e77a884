#include "lint/text/line_index.hpp"

#include <gtest/gtest.h>

namespace lastcall::lint {
namespace {

TEST(LineIndex, FindsLineAndColumnOfEachByte) {
    const line_index index("ab\n\ncd");
    EXPECT_EQ(index.lines(), 3U);
    const auto of = [&](std::size_t offset) {
        const auto found = index.at(offset);
        return std::pair(found.line, found.column);
    };
    EXPECT_EQ(of(0), std::pair(1U, 1U));
    EXPECT_EQ(of(2), std::pair(1U, 3U)) << "the end of a line belongs to it";
    EXPECT_EQ(of(3), std::pair(2U, 1U));
    EXPECT_EQ(of(5), std::pair(3U, 2U));
}

TEST(LineIndex, WhatLiesBehindTheEndIsPutThere) {
    const auto found = line_index("ab\ncd").at(100, 7);
    EXPECT_EQ(found.offset, 5U);
    EXPECT_EQ(found.size, 0U);
    EXPECT_EQ(found.line, 2U);
    EXPECT_EQ(found.column, 3U);
}

TEST(LineIndex, AnEmptyTextHasOneLine) {
    const line_index index("");
    EXPECT_EQ(index.lines(), 1U);
    EXPECT_EQ(index.at(0).line, 1U);
    EXPECT_EQ(index.begin_of(1), 0U);
    EXPECT_EQ(index.begin_of(2), 0U);
}

TEST(LineIndex, ALastLineThatEndsIsNoFurtherLine) {
    const line_index index("ab\n");
    EXPECT_EQ(index.lines(), 1U);
    EXPECT_EQ(index.begin_of(1), 0U);
}

}  // namespace
}  // namespace lastcall::lint
