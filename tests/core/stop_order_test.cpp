#include "core/stop_order.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace {

using lastcall::core::order_error;
using lastcall::core::ordered_service;
using lastcall::core::stages;
using lastcall::core::start_stages;
using lastcall::core::stop_stages;
using services = std::vector<ordered_service>;

std::string error_of(const services& list, std::size_t at) {
    std::string found;
    try {
        (void)start_stages(list);
    } catch (const order_error& error) {
        EXPECT_EQ(error.service(), at);
        found = error.what();
    }
    try {
        (void)stop_stages(list);
        ADD_FAILURE() << "the stop can be ordered, and the start cannot";
    } catch (const order_error& error) {
        EXPECT_EQ(error.what(), found) << "said in the same words from both ends";
    }
    return found;
}

TEST(StopOrder, OfNothingIsNothing) {
    EXPECT_EQ(start_stages({}), stages{});
    EXPECT_EQ(stop_stages({}), stages{});
}

TEST(StopOrder, IndependentsShareAStage) {
    const services list{{"a", {}}, {"b", {}}, {"c", {}}};
    EXPECT_EQ(start_stages(list), (stages{{"a", "b", "c"}}));
    EXPECT_EQ(stop_stages(list), (stages{{"c", "b", "a"}}));
}

TEST(StopOrder, AChainStopsInTheReverseOrderOfItsStart) {
    const services list{{"web", {"api"}}, {"api", {"db"}}, {"db", {}}};
    EXPECT_EQ(start_stages(list), (stages{{"db"}, {"api"}, {"web"}}));
    EXPECT_EQ(stop_stages(list), (stages{{"web"}, {"api"}, {"db"}}));
}

TEST(StopOrder, NothingWaitsForAStageThatItHasNoPartIn) {
    const services list{
        {"db", {}}, {"api", {"db"}}, {"web", {"api"}}, {"cron", {"db"}}, {"lone", {}}};
    EXPECT_EQ(start_stages(list), (stages{{"db", "lone"}, {"api", "cron"}, {"web"}}));
    EXPECT_EQ(stop_stages(list), (stages{{"lone", "cron", "web"}, {"api"}, {"db"}}));
}

TEST(StopOrder, ANameThatComesTwiceInOneListCountsOnce) {
    const services list{{"web", {"db", "db"}}, {"db", {}}};
    EXPECT_EQ(stop_stages(list), (stages{{"web"}, {"db"}}));
}

TEST(StopOrder, AnUnknownNameIsToldWithTheKnownOnes) {
    EXPECT_EQ(error_of({{"web", {}}, {"api", {"bd"}}}, 1),
              "service \"api\" comes after \"bd\", which is not a service; there are: web, api");
}

TEST(StopOrder, ANameThatIsGivenTwiceIsRefused) {
    EXPECT_EQ(error_of({{"web", {}}, {"web", {}}}, 1),
              "two services are called \"web\"; give one of them another name");
}

TEST(StopOrder, ACycleIsToldWithItsChain) {
    EXPECT_EQ(
        error_of({{"entry", {"web"}}, {"web", {"db", "api"}}, {"api", {"web"}}, {"db", {}}}, 1),
        "services come after each other in a cycle: web -> api -> web; remove one of these "
        "from an `after`");
    EXPECT_EQ(error_of({{"web", {"web"}}}, 0),
              "services come after each other in a cycle: web -> web; remove one of these from an "
              "`after`");
}

TEST(StopOrder, PutsEveryServiceOnceOnTheRightSideOfEachThatItComesAfter) {
    std::mt19937 random(1);
    const auto pick = [&](int most) { return std::uniform_int_distribution(0, most)(random); };
    for (int round = 0; round < 2'000; ++round) {
        services list;
        const int count = 1 + pick(9);
        for (int i = 0; i < count; ++i) {
            list.push_back({"s" + std::to_string(i), {}});
            for (int k = 0; k < i; ++k) {
                if (pick(3) == 0) {
                    list.back().after.push_back("s" + std::to_string(k));
                }
            }
        }
        std::shuffle(list.begin(), list.end(), random);
        const auto places = [&](const stages& made) {
            std::map<std::string, std::size_t> at;
            for (std::size_t i = 0; i < made.size(); ++i) {
                EXPECT_FALSE(made[i].empty());
                for (const std::string& name : made[i]) {
                    EXPECT_TRUE(at.emplace(name, i).second) << name << " twice";
                }
            }
            EXPECT_EQ(at.size(), list.size());
            return at;
        };
        auto start = places(start_stages(list));
        auto stop = places(stop_stages(list));
        for (const ordered_service& one : list) {
            for (const std::string& used : one.after) {
                EXPECT_LT(start[used], start[one.name]);
                EXPECT_LT(stop[one.name], stop[used]);
            }
        }
    }
}

}  // namespace
