#include "lint/text/mapped_text.hpp"

#include <gtest/gtest.h>

namespace lastcall::lint {
namespace {

TEST(MappedText, KnowsWhereEachByteStands) {
    const std::string file = "ab\\\ncd\\x";
    const line_index lines(file);
    mapped_text value("ab", 0);
    value.add("cd", 4);
    value.add_made("X", 6, 2);
    EXPECT_EQ(value.text(), "abcdX");
    EXPECT_EQ(value.offset_of(1), 1U);
    EXPECT_EQ(value.offset_of(2), 4U);
    EXPECT_EQ(value.offset_of(4), 6U);
    EXPECT_EQ(value.offset_of(9), 8U);
    const auto found = value.place_of(2, 3, lines);
    EXPECT_EQ(found.line, 2U);
    EXPECT_EQ(found.column, 1U);
    EXPECT_EQ(found.size, 4U);
}

TEST(MappedText, APartKeepsItsPlaces) {
    mapped_text value("  ab", 10);
    value.add_made("\t", 14, 2);
    value.add("c ", 30);
    const auto part = value.trimmed();
    EXPECT_EQ(part.text(), "ab\tc");
    EXPECT_EQ(part.offset_of(0), 12U);
    EXPECT_EQ(part.offset_of(3), 30U);
    const auto tail = part.part(2);
    EXPECT_EQ(tail.text(), "\tc");
    EXPECT_EQ(tail.offset_of(0), 14U);
    EXPECT_EQ(part.part(4).text(), "");
    EXPECT_EQ(part.part(4).offset_of(0), 31U) << "nothing stands where the text ends";
}

TEST(MappedText, OneIsAppendedToAnother) {
    mapped_text value("a", 1);
    mapped_text more("b", 7);
    more.add_made("c", 8, 4);
    value.add(more);
    EXPECT_EQ(value.text(), "abc");
    EXPECT_EQ(value.offset_of(1), 7U);
    EXPECT_EQ(value.offset_of(2), 8U);
}

}  // namespace
}  // namespace lastcall::lint
