#include "drill/verdict/suggest.hpp"

#include <gtest/gtest.h>

#include "drill/support/record_builder.hpp"

namespace lastcall::drill {
namespace {

std::string value_of(const suggestions& made, std::string_view setting) {
    for (const auto& one : made.numbers) {
        if (one.setting == setting) {
            EXPECT_FALSE(one.because.empty());
            return one.value;
        }
    }
    return "";
}

TEST(Suggestions, AddUpWhatWasMeasuredAndRoundUp) {
    record_builder built;
    built.make_kubernetes(0);
    built.run.expected.route_lag = std::chrono::seconds(5);
    built.add(built.answered(-100, 4100));  // 4 s after the signal
    built.set(mark::exited, 4500);
    const auto made = suggest(built.run);
    // The routes take 5 s, and a fifth more.
    EXPECT_EQ(value_of(made, "preStop sleep"), "6s");
    // p99.9 of 27 values is near the largest, 4 s: 5 s with a quarter, and 1 s more.
    EXPECT_EQ(value_of(made, "drain deadline"), "6s");
    // 6 + own delay 100 ms (1) + 6 + tail 500 ms (1) + reserve 2.
    EXPECT_EQ(value_of(made, "grace"), "16s");
    EXPECT_NE(made.kubernetes.find("terminationGracePeriodSeconds: 16\n"), std::string::npos);
    EXPECT_NE(made.kubernetes.find("seconds: 6\n"), std::string::npos);
    EXPECT_NE(made.systemd.find("TimeoutStopSec=10s\n"), std::string::npos);
    EXPECT_NE(made.docker.find("--stop-timeout 10 "), std::string::npos);
    EXPECT_NE(made.docker.find("stop_grace_period: 10s\n"), std::string::npos);
    EXPECT_NE(made.contract.find("grace: 16s\n"), std::string::npos);
    EXPECT_NE(made.contract.find("  min: 6s\n"), std::string::npos);
}

TEST(Suggestions, CountTheDelayOfTheProgramItself) {
    record_builder built;
    built.run.expected.route_lag = std::chrono::seconds(5);
    built.set(mark::listener_closed, 4000);
    built.set(mark::exited, 4100);
    EXPECT_EQ(value_of(suggest(built.run), "preStop sleep"), "2s");
}

TEST(Suggestions, HaveNoPreStopWhereNobodyKnowsOfARoute) {
    const record_builder built;
    const auto made = suggest(built.run);
    EXPECT_EQ(value_of(made, "preStop sleep"), "");
    EXPECT_EQ(made.kubernetes.find("preStop"), std::string::npos);
    EXPECT_EQ(value_of(made, "drain deadline"), "2s");
}

TEST(Suggestions, SayThatTheLostIsNotInTheNumbers) {
    record_builder built;
    built.add(built.in_flight(outcome::hung_body));
    const auto made = suggest(built.run);
    EXPECT_NE(made.numbers[0].because.find("1 were lost and are not in it"), std::string::npos);
}

TEST(Suggestions, AreNotMadeOfAStopThatDidNotEndByItself) {
    record_builder killed;
    killed.set(mark::killed, 500);
    record_builder running;
    running.clear(mark::exited);
    record_builder second;
    second.add_trial().is_interrupted = true;
    record_builder reload;
    reload.run.expected.ends = false;
    for (const auto* one : {&killed, &running, &second, &reload}) {
        EXPECT_TRUE(suggest(one->run).numbers.empty());
    }
    EXPECT_TRUE(suggest(run_record{}).numbers.empty());
    EXPECT_EQ(to_text(suggest(killed.run)),
              "No numbers to suggest: the service has to end by itself first.\n");
}

TEST(Suggestions, AreTextWithEveryPatch) {
    const record_builder built;
    const auto text = to_text(suggest(built.run));
    for (const char* const part : {"drain deadline: 2s\n", "# Kubernetes", "# systemd",
                                   "[Service]\n", "# Docker", "# shutdown.yaml", "grace: "}) {
        EXPECT_NE(text.find(part), std::string::npos) << part;
    }
}

}  // namespace
}  // namespace lastcall::drill
