#include "core/plan.hpp"

#include <gtest/gtest.h>

namespace lastcall::core {
namespace {

using namespace std::chrono_literals;

step_spec step(duration minimum = 0s, double weight = 1.0) { return {true, minimum, weight}; }

part_spec uses(std::string name, std::vector<std::string> used) {
    return {std::move(name), true, std::move(used), false, step(), step()};
}

part_spec implied(std::string name) { return {std::move(name), false, {}, false, step(), step()}; }

std::string message_of(const std::vector<part_spec>& specs) {
    try {
        plan made(specs);
    } catch (const std::invalid_argument& e) {
        return e.what();
    }
    return {};
}

std::vector<std::string> users_of(const plan& p, const std::string& name) {
    std::vector<std::string> names;
    for (const part& one : p.parts()) {
        if (one.name == name) {
            for (const std::size_t user : one.users) {
                names.push_back(p.parts()[user].name);
            }
        }
    }
    return names;
}

TEST(Plan, LinksUsersToWhatTheyUse) {
    const plan p({uses("db", {}), uses("http", {"db"})});
    EXPECT_EQ(users_of(p, "db"), std::vector<std::string>{"http"});
    EXPECT_TRUE(users_of(p, "http").empty());
}

TEST(Plan, AcceptsNamesThatAreAddedLater) {
    const plan p({uses("http", {"db"}), uses("db", {})});
    EXPECT_EQ(users_of(p, "db"), std::vector<std::string>{"http"});
}

TEST(Plan, WithoutEdgesReversesTheOrderOfAcquisition) {
    const plan p({implied("a"), implied("b"), implied("c")});
    EXPECT_EQ(users_of(p, "a"), std::vector<std::string>{"b"});
    EXPECT_EQ(users_of(p, "b"), std::vector<std::string>{"c"});
}

TEST(Plan, AnImpliedEdgeNeverMakesACycle) {
    const plan p({uses("a", {"b"}), implied("b")});
    EXPECT_EQ(users_of(p, "b"), std::vector<std::string>{"a"});
    EXPECT_TRUE(users_of(p, "a").empty());
}

TEST(Plan, EverythingUsesALastComponent) {
    part_spec logs = implied("logs");
    logs.last = true;
    const plan p({logs, uses("http", {}), uses("db", {})});
    EXPECT_EQ(users_of(p, "logs"), (std::vector<std::string>{"http", "db"}));
}

TEST(Plan, RefusesAnUnknownNameAndListsTheKnownOnes) {
    const std::string text = message_of({uses("http", {"database"}), uses("db", {})});
    EXPECT_NE(text.find("\"http\" uses \"database\""), std::string::npos) << text;
    EXPECT_NE(text.find("http, db"), std::string::npos) << text;
}

TEST(Plan, RefusesACycleWithItsChain) {
    const std::string text = message_of({uses("a", {"b"}), uses("b", {"c"}), uses("c", {"a"})});
    EXPECT_NE(text.find("a -> b -> c -> a"), std::string::npos) << text;
}

TEST(Plan, RefusesAComponentThatUsesItself) {
    EXPECT_NE(message_of({uses("a", {"a"})}).find("a -> a"), std::string::npos);
}

TEST(Plan, DividesTimeByWeightAlongTheLongestPath) {
    part_spec http = uses("http", {"db"});
    http.drain = step(0s, 6.0);
    http.close = {};
    part_spec db = uses("db", {});
    db.drain = step(0s, 2.0);
    db.close = step(0s, 2.0);
    const plan p({http, db});
    EXPECT_EQ(p.share(0, step_kind::drain, 10s), 6s);
    EXPECT_EQ(p.share(1, step_kind::drain, 10s), 5s);
    EXPECT_EQ(p.share(1, step_kind::close, 10s), 10s);
}

TEST(Plan, TimeThatAStepDidNotUseFlowsOn) {
    const plan p({uses("db", {}), uses("http", {"db"})});
    const duration early = p.share(0, step_kind::close, 9s);
    const duration late = p.share(0, step_kind::close, 1s);
    EXPECT_EQ(early, 9s);
    EXPECT_EQ(late, 1s);
}

TEST(Plan, KeepsTheMinimumsOfWhatComesAfter) {
    part_spec http = uses("http", {"db"});
    http.drain = step(0s, 100.0);
    http.close = {};
    part_spec db = uses("db", {});
    db.drain = {};
    db.close = step(4s, 1.0);
    const plan p({http, db});
    EXPECT_LE(p.share(0, step_kind::drain, 10s), 6s);
    EXPECT_EQ(p.minimum(), 4s);
}

TEST(Plan, NeverGivesMoreThanThereIs) {
    const plan p({uses("db", {})});
    EXPECT_EQ(p.share(0, step_kind::close, 0s), 0s);
    EXPECT_EQ(p.share(0, step_kind::close, -5s), 0s);
}

TEST(Plan, RefusesMinimumsThatDoNotFitWithAllTheNumbers) {
    part_spec http = uses("http", {"db"});
    http.drain = step(10s);
    part_spec db = uses("db", {});
    db.close = step(5s);
    const plan p({http, db});
    try {
        check_budget(p, 14250ms, 3s, 1s, "15s from LASTCALL_GRACE minus a reserve of 750ms");
        FAIL() << "19s fitted into 14.25s";
    } catch (const std::invalid_argument& e) {
        const std::string text = e.what();
        for (const char* part : {"http drain 10s", "db close 5s", "lame duck 3s",
                                 "time to force 1s", "= 19s", "14.25s", "LASTCALL_GRACE"}) {
            EXPECT_NE(text.find(part), std::string::npos) << part << " is not in: " << text;
        }
    }
}

TEST(Plan, AThousandComponentsInAChainArePlannedAtOnce) {
    std::vector<part_spec> specs;
    for (int i = 0; i < 1000; ++i) {
        specs.push_back(implied("c" + std::to_string(i)));
    }
    const plan p(specs);
    EXPECT_EQ(users_of(p, "c0"), std::vector<std::string>{"c1"});
}

}  // namespace
}  // namespace lastcall::core
