#include "lint/dockerfile/docker_words.hpp"

#include <gtest/gtest.h>

#include "support/sanitized.hpp"

namespace lastcall::lint {
namespace {

docker_variables some() {
    docker_variables made;
    made.set("a", "1");
    made.set("empty", "");
    made.set("secret", std::nullopt);
    return made;
}

std::string expanded(std::string_view text, const docker_variables& with = some()) {
    const auto made = expand_docker_word(mapped_text(text, 0), with, '\\');
    return (made.is_known ? "" : "?") + made.text.text();
}

TEST(DockerWord, PutsInWhatIsKnown) {
    const std::pair<const char*, const char*> cases[] = {
        {"$a", "1"},
        {"x${a}y$a/", "x1y1/"},
        {"'$a'", "$a"},
        {"\"$a b\"", "1 b"},
        {"\\$a", "$a"},
        {"\"\\$a \\x\"", "$a \\x"},
        {"a\\ b", "a b"},
        {"${a:-2}", "1"},
        {"${empty:-2}", "2"},
        {"${empty-2}", ""},
        {"${empty:-${a}}", "1"},
        {"${a:+3}", "3"},
        {"${empty:+3}", ""},
        {"${a:+${secret}}", "?"},
        {"${empty:+${secret}}", ""},
        {"${a:-${secret}}", "1"},
        {"$secret", "?"},
        {"x$other", "?x"},
        {"${secret:-2}", "?"},
        {"${a#x}", "?"},
        {"${a", "?"},
        {"$", "$"},
        {"$ 1", "$ 1"},
        {"${}", "?"},
        {"${a:?no}", "1"},
        {"'open", "open"},
        {"\"open", "open"},
        {"end\\", "end\\"},
    };
    for (const auto& [text, value] : cases) {
        EXPECT_EQ(expanded(text), value) << text;
    }
}

TEST(DockerWord, WhatWasNeverSetIsEmptyOnlyWhereAllIsKnown) {
    docker_variables all;
    all.know_all();
    EXPECT_EQ(expanded("x$other", all), "x");
    EXPECT_EQ(expanded("${other:-y}", all), "y");
    EXPECT_EQ(expanded("${other:+y}", all), "");
}

TEST(DockerWord, KeepsItsPlaces) {
    const auto made = expand_docker_word(mapped_text("\"b${a}c\"", 100), some(), '\\');
    EXPECT_EQ(made.text.text(), "b1c");
    EXPECT_EQ(made.text.offset_of(0), 101U);
    EXPECT_EQ(made.text.offset_of(1), 102U);
    EXPECT_EQ(made.text.offset_of(2), 106U);
}

TEST(DockerWord, DeepNestingEndsAndDoublingIsLimited) {
    std::string deep;
    for (int i = 0; i < (testing::is_sanitized ? 100'000 : 1'000'000); ++i) {
        deep += "${x:-";
    }
    docker_variables all;
    all.know_all();
    (void)expanded(deep, all);
    docker_variables big;
    big.set("a", std::string(60'000, 'x'));
    EXPECT_TRUE(expanded("$a$a", big).starts_with("?"));
}

TEST(DockerWords, AreSplitAtBlanksOutsideOfQuotes) {
    const mapped_text text("a 'b c'  d\\ e \"f \\\" g\"h 'open i", 0);
    std::vector<std::string> words;
    for (const auto& one : split_docker_words(text, '\\')) {
        words.push_back(one.text());
    }
    EXPECT_EQ(words, (std::vector<std::string>{"a", "'b c'", "d\\ e", "\"f \\\" g\"h", "'open i"}));
}

}  // namespace
}  // namespace lastcall::lint
