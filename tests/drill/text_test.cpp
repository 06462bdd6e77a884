#include "drill/text.hpp"

#include <gtest/gtest.h>

namespace lastcall::drill {
namespace {

TEST(Text, FindsTheIdOfAnOrder) {
    EXPECT_EQ(id_in_json(R"({"id":17,"item":"x"})"), 17);
    EXPECT_EQ(id_in_json(R"({ "item": "y", "id" : 9007199254740993 })"), 9007199254740993);
    EXPECT_EQ(id_in_json(R"({"id":"17"})"), std::nullopt);
    EXPECT_EQ(id_in_json(R"({"item":"x"})"), std::nullopt);
    EXPECT_EQ(id_in_json(R"({"id":)"), std::nullopt);
    EXPECT_EQ(id_in_json(""), std::nullopt);
}

TEST(Text, FindsTokensInLists) {
    EXPECT_TRUE(has_token("close", "close"));
    EXPECT_TRUE(has_token("Upgrade, Close", "close"));
    EXPECT_FALSE(has_token("closed, unclose", "close"));
    EXPECT_FALSE(has_token("", "close"));
    EXPECT_TRUE(last_token_is("gzip, Chunked ", "chunked"));
    EXPECT_FALSE(last_token_is("chunked, gzip", "chunked"));
}

TEST(Text, ReadsNumbersThatAreNothingElse) {
    std::uint64_t number = 0;
    EXPECT_TRUE(parse_number("0", number));
    EXPECT_TRUE(parse_number("18446744073709551615", number));
    EXPECT_EQ(number, 18446744073709551615U);
    for (const std::string_view text :
         {"", "-1", "+1", " 1", "1 ", "1,1", "0x1", "1e3", "18446744073709551616"}) {
        EXPECT_FALSE(parse_number(text, number)) << text;
    }
}

TEST(Text, EscapesForJson) {
    EXPECT_EQ(json_string("a\"b\\c\n"), R"("a\"b\\c\u000a")");
    EXPECT_EQ(json_string(""), R"("")");
}

TEST(Text, GroupsDigits) {
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(1234567), "1,234,567");
}

}  // namespace
}  // namespace lastcall::drill
