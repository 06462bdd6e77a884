#include "lint/chain/idle_rule.hpp"

#include <gtest/gtest.h>

namespace lastcall::lint {
namespace {

using namespace std::chrono_literals;

budget_term idle_for(std::chrono::milliseconds value, const std::string& file, bool is_default) {
    budget_term made;
    made.value = value;
    made.what = "idle";
    made.where.file = file;
    made.is_default = is_default;
    return made;
}

struct idle_case {
    budget_digest container;
    budget_digest configuration;
    budget_digest front;

    std::vector<finding> judge() {
        joined_budget joined;
        joined.container = &container;
        joined.configuration = &configuration;
        joined.fronts.push_back(&front);
        std::vector<finding> made;
        judge_idle(joined, made);
        return made;
    }
};

TEST(Idle, TheOneThatSendsHasToCloseFirst) {
    idle_case one;
    one.front.idle = idle_for(60s, "ingress.yaml", false);
    EXPECT_TRUE(one.judge().empty()) << "nothing is known of the server";
    one.container.idle = idle_for(61s, "web.yaml", false);
    EXPECT_TRUE(one.judge().empty());
    one.container.idle = idle_for(60s, "web.yaml", false);
    const auto made = one.judge();
    ASSERT_EQ(made.size(), 1U);
    EXPECT_EQ(made[0].file, "web.yaml");
    EXPECT_EQ(made[0].sure, confidence::likely);
}

TEST(Idle, AFileWinsOverWhatTheProgramDoesByItself) {
    idle_case one;
    one.front.idle = idle_for(60s, "ingress.yaml", false);
    one.container.idle = idle_for(5s, "web.yaml", true);
    const auto made = one.judge();
    ASSERT_EQ(made.size(), 1U);
    EXPECT_EQ(made[0].file, "ingress.yaml") << "nobody has written the other one";
    EXPECT_EQ(made[0].sure, confidence::hint);
    one.configuration.idle = idle_for(75s, "gunicorn.conf.py", false);
    EXPECT_TRUE(one.judge().empty());
}

TEST(Idle, WhatAnotherFileMaySetIsToKnowOnly) {
    idle_case one;
    one.front.idle = idle_for(60s, "ingress.yaml", false);
    one.container.idle = idle_for(5s, "Dockerfile", true);
    one.container.idle->may_be_set = true;
    const auto made = one.judge();
    ASSERT_EQ(made.size(), 1U);
    EXPECT_EQ(made[0].how, severity::note);
}

}  // namespace
}  // namespace lastcall::lint
