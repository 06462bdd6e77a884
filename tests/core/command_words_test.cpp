#include "core/command_words.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace lastcall::core {
namespace {

std::vector<std::string> words_of(std::string text) {
    std::array<char*, 4> words{};
    EXPECT_GE(split_words(text.data(), words), 0U);
    std::vector<std::string> found;
    for (char* const* word = words.data(); *word != nullptr; ++word) {
        found.emplace_back(*word);
    }
    return found;
}

TEST(CommandWords, AreWhatStandsBetweenBlanks) {
    using list = std::vector<std::string>;
    EXPECT_EQ(words_of("/notify"), list{"/notify"});
    EXPECT_EQ(words_of("  /notify\t--off \n"), (list{"/notify", "--off"}));
    EXPECT_EQ(words_of(""), list{});
    EXPECT_EQ(words_of("   "), list{});
}

TEST(CommandWords, AreCountedAlsoWhereThereIsNoRoom) {
    std::string text = "a b c d e";
    std::array<char*, 4> words{};
    EXPECT_EQ(split_words(text.data(), words), 5U);
    EXPECT_STREQ(words[2], "c");
    EXPECT_EQ(words[3], nullptr);
}

}  // namespace
}  // namespace lastcall::core
