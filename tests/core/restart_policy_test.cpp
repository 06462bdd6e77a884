#include "core/restart_policy.hpp"

#include <gtest/gtest.h>

namespace {

using namespace std::chrono_literals;
using lastcall::core::restart_policy;
using lastcall::core::restart_terms;
using lastcall::core::restart_when;
using answer = restart_policy::answer;

restart_terms terms_of(restart_when when) {
    restart_terms terms;
    terms.when = when;
    terms.loop_ends = 0;
    return terms;
}

TEST(RestartPolicy, DecidesByHowItEnded) {
    struct row {
        restart_when when;
        bool failed;
        answer expected;
    };
    for (const row one : {row{restart_when::always, true, answer::restart},
                          row{restart_when::always, false, answer::restart},
                          row{restart_when::on_failure, true, answer::restart},
                          row{restart_when::on_failure, false, answer::leave},
                          row{restart_when::never, true, answer::leave},
                          row{restart_when::never, false, answer::leave}}) {
        restart_policy policy(terms_of(one.when));
        EXPECT_EQ(policy.ended(0s, 0s, one.failed).what, one.expected);
        EXPECT_EQ(policy.restarts(), one.expected == answer::restart ? 1U : 0U);
    }
}

TEST(RestartPolicy, DoublesTheWaitUpToTheMost) {
    restart_terms terms = terms_of(restart_when::always);
    terms.first = 100ms;
    terms.most = 1s;
    restart_policy policy(terms);
    for (const auto wait : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}) {
        EXPECT_EQ(policy.ended(0s, 0s, true).wait, wait);
    }
}

TEST(RestartPolicy, BeginsTheWaitAnewAfterASteadyRun) {
    restart_terms terms = terms_of(restart_when::always);
    terms.steady = 10s;
    restart_policy policy(terms);
    policy.ended(0s, 1s, true);
    policy.ended(1s, 1s, true);
    EXPECT_EQ(policy.ended(11s, 9999ms, true).wait, 400ms);
    EXPECT_EQ(policy.ended(21s, 10s, true).wait, 100ms);
    EXPECT_EQ(policy.ended(22s, 1s, true).wait, 200ms);
}

TEST(RestartPolicy, StaysWithinTheMostWhateverTheFirst) {
    restart_terms terms = terms_of(restart_when::always);
    terms.first = 5s;
    terms.most = 2s;
    restart_policy policy(terms);
    EXPECT_EQ(policy.ended(0s, 0s, true).wait, 2s);
    EXPECT_EQ(policy.ended(0s, 0s, true).wait, 2s);
}

TEST(RestartPolicy, AFirstWaitOfNothingIsNotABusyLoop) {
    restart_terms terms = terms_of(restart_when::always);
    terms.first = 0s;
    restart_policy policy(terms);
    EXPECT_EQ(policy.ended(0s, 0s, true).wait, 0s);
    EXPECT_EQ(policy.ended(0s, 0s, true).wait, 2ms);
    EXPECT_EQ(policy.ended(0s, 0s, true).wait, 4ms);
}

TEST(RestartPolicy, NeverOverflowsHoweverOftenItDoubles) {
    restart_terms terms = terms_of(restart_when::always);
    terms.most = 24h;
    restart_policy policy(terms);
    for (int i = 0; i < 200; ++i) {
        EXPECT_GT(policy.ended(0s, 0s, true).wait, 0s);
    }
    EXPECT_EQ(policy.ended(0s, 0s, true).wait, 24h);
}

TEST(RestartPolicy, LeavesACrashLoopStopped) {
    restart_terms terms;
    terms.loop_ends = 3;
    terms.loop_within = 60s;
    restart_policy policy(terms);
    EXPECT_EQ(policy.ended(0s, 0s, true).what, answer::restart);
    EXPECT_EQ(policy.ended(1s, 0s, true).what, answer::restart);
    EXPECT_EQ(policy.ended(59s, 0s, true).what, answer::crash_loop);
    EXPECT_EQ(policy.restarts(), 2U);
    EXPECT_EQ(policy.ended(60s, 0s, true).what, answer::crash_loop) << "only a person leads out";
}

TEST(RestartPolicy, CountsOnlyTheEndsWithinTheWindow) {
    restart_terms terms;
    terms.loop_ends = 3;
    terms.loop_within = 60s;
    restart_policy policy(terms);
    policy.ended(0s, 0s, true);
    policy.ended(30s, 0s, true);
    EXPECT_EQ(policy.ended(60s, 0s, true).what, answer::restart) << "the first is 60 s ago";
    EXPECT_EQ(policy.ended(61s, 0s, true).what, answer::crash_loop);
}

TEST(RestartPolicy, AnEndThatIsLeftAloneIsNoPartOfALoop) {
    restart_terms terms;
    terms.when = restart_when::on_failure;
    terms.loop_ends = 2;
    restart_policy policy(terms);
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(policy.ended(0s, 0s, false).what, answer::leave);
    }
    EXPECT_EQ(policy.ended(0s, 0s, true).what, answer::restart);
}

TEST(RestartPolicy, ForgetsEverythingWhenAPersonStartsIt) {
    restart_terms terms;
    terms.loop_ends = 3;
    restart_policy policy(terms);
    policy.ended(0s, 0s, true);
    policy.ended(0s, 0s, true);
    policy.ended(0s, 0s, true);
    policy.forgive();
    EXPECT_EQ(policy.restarts(), 0U);
    const auto next = policy.ended(0s, 0s, true);
    EXPECT_EQ(next.what, answer::restart);
    EXPECT_EQ(next.wait, 100ms);
}

}  // namespace
