#include "lint/catalogue/catalogue.hpp"

#include <gtest/gtest.h>

#include <set>

namespace lastcall::lint {
namespace {

TEST(Catalogue, SaysEverythingOfEachRule) {
    for (const rule_family& family : rule_families()) {
        EXPECT_FALSE(family.rules.empty()) << family.name;
        for (const rule& one : family.rules) {
            SCOPED_TRACE(one.id);
            EXPECT_FALSE(one.title.empty());
            EXPECT_FALSE(one.title.ends_with('.'));
            EXPECT_LE(one.title.size(), 70U);
            EXPECT_TRUE(one.why.ends_with('.'));
            EXPECT_FALSE(one.source.empty());
            EXPECT_FALSE(one.fix.empty());
            if (one.id.front() == 'L') {
                continue;  // a process is no piece of text
            }
            EXPECT_FALSE(one.bad.empty());
            EXPECT_NE(one.bad, one.good);
        }
    }
}

TEST(Catalogue, HasEachIdOnce) {
    const auto ids = rule_ids();
    EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), ids.size());
}

TEST(Catalogue, FindsARuleWhateverItsLetters) {
    ASSERT_NE(find_rule("d01"), nullptr);
    EXPECT_EQ(find_rule("d01"), find_rule("D01"));
    EXPECT_EQ(find_rule("D0"), nullptr);
    EXPECT_EQ(find_rule(""), nullptr);
}

}  // namespace
}  // namespace lastcall::lint
