#include "drill/http/text.hpp"

#include <gtest/gtest.h>

namespace lastcall::drill {
namespace {

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

}  // namespace
}  // namespace lastcall::drill
