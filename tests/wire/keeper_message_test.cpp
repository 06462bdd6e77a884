#include "wire/keeper_message.hpp"

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

namespace lastcall::wire {
namespace {

using namespace std::string_literals;

TEST(KeeperMessage, IsAWordAndFieldsEachEndedByNul) {
    keeper_message made("start");
    made.add("id", 4).add("argv", "node").add("argv", "--x=y").add("empty", "");
    EXPECT_EQ(made.encode(), "start\0id=4\0argv=node\0argv=--x=y\0empty=\0"s);
    const auto read = keeper_message::decode(made.encode());
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->is("start"));
    EXPECT_EQ(read->number("id"), 4);
    EXPECT_EQ(read->all("argv"), (std::vector<std::string>{"node", "--x=y"}));
    EXPECT_TRUE(read->has("empty"));
    EXPECT_EQ(read->text("empty"), "");
    EXPECT_FALSE(read->has("other"));
    EXPECT_FALSE(read->number("empty"));
    EXPECT_FALSE(read->number("argv"));
}

TEST(KeeperMessage, NumbersAreWholeOrNone) {
    for (const auto* const text : {"", " 1", "1 ", "1x", "0x1", "1.5", "9223372036854775808"}) {
        EXPECT_FALSE(keeper_message("m").add("n", text).number("n")) << text;
    }
    EXPECT_EQ(keeper_message("m").add("n", "-7").number("n"), -7);
}

TEST(KeeperMessage, CannotHoldWhatWouldEndItEarly) {
    keeper_message made("m");
    EXPECT_THROW(made.add("name", "a\0b"s), std::invalid_argument);
    EXPECT_THROW(made.add("na=me", "x"), std::invalid_argument);
    EXPECT_THROW(made.add("", "x"), std::invalid_argument);
}

TEST(KeeperMessage, WhatIsNoneIsNotRead) {
    for (const auto& text : {""s, "\0"s, "word"s, "word\0field"s, "word\0field\0"s, "word\0=x\0"s,
                             "a=b\0"s, "word\0\0"s, "\0word\0"s}) {
        EXPECT_FALSE(keeper_message::decode(text)) << ::testing::PrintToString(text);
    }
}

TEST(KeeperMessage, NoiseIsReadAsItIsOrNotAtAll) {
    std::mt19937 random(7);
    constexpr std::string_view letters =
        "ab=\0\n\xff"
        "1";
    int good = 0;
    for (int i = 0; i < 200'000; ++i) {
        std::string noise(random() % 24, '\0');
        for (char& c : noise) {
            c = letters[random() % letters.size()];
        }
        if (random() % 2 == 0) {
            noise += '\0';
        }
        if (const auto read = keeper_message::decode(noise)) {
            EXPECT_EQ(read->encode(), noise);
            ++good;
        }
    }
    EXPECT_GT(good, 1000);
}

}  // namespace
}  // namespace lastcall::wire
