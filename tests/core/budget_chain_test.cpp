// Whether a stop fits: by tables.
#include <gtest/gtest.h>

#include "core/budget_chain.hpp"
#include "core/near_word.hpp"
#include "core/stop_order.hpp"

namespace lastcall::core {
namespace {

using namespace std::chrono_literals;

budget_service service(std::string name, std::chrono::nanoseconds grace,
                       std::vector<std::string> after = {}) {
    return {std::move(name), std::move(after), grace, 0ns, std::nullopt, false};
}

budget_input three() {
    budget_input made;
    made.services = {service("db", 10s), service("cache", 4s),
                     service("web", 30s, {"db", "cache"})};
    return made;
}

TEST(BudgetChain, StopsInStagesTheUsersFirst) {
    const auto chain = make_budget_chain(three());
    ASSERT_EQ(chain.stages.size(), 2U);
    EXPECT_EQ(chain.stages[0].names, std::vector<std::string>{"web"});
    EXPECT_EQ(chain.stages[1].names, (std::vector<std::string>{"cache", "db"}));
    EXPECT_EQ(chain.stages[1].longest, "db");
    EXPECT_EQ(chain.services, 40s);
    EXPECT_EQ(chain.total(), 42s);
    EXPECT_TRUE(chain.fits());
}

TEST(BudgetChain, TakesTheLongestPathWhateverTheOrderOfTheList) {
    budget_input of;
    of.services = {service("c", 3s), service("b", 2s, {"c"}), service("a", 1s, {"b", "c"}),
                   service("alone", 5s)};
    EXPECT_EQ(make_budget_chain(of).services, 5s + 2s + 3s);
}

TEST(BudgetChain, IsNotMadeOfServicesThatGoInACircle) {
    budget_input of;
    of.services = {service("a", 1s, {"b"}), service("b", 1s, {"a"})};
    EXPECT_THROW((void)make_budget_chain(of), order_error);
}

TEST(BudgetChain, OfNothingFits) {
    budget_input of;
    of.limit = 10s;
    const auto chain = make_budget_chain(of);
    EXPECT_TRUE(chain.fits());
    EXPECT_EQ(chain.total(), 2s);
    EXPECT_FALSE(chain.text().empty());
}

TEST(BudgetChain, SaysWhatDoesNotFitThePlatformInNumbers) {
    auto of = three();
    of.limit = 30s;
    of.limit_source = "TimeoutStopSec of lastcall.service";
    of.limit_setting = "TimeoutStopSec";
    const auto chain = make_budget_chain(of);
    EXPECT_FALSE(chain.fits());
    ASSERT_EQ(chain.findings.size(), 1U);
    EXPECT_EQ(chain.findings[0].why,
              "does not fit: 42s of stop (web 30s + db 10s + agent 2s), 30s of grace "
              "(TimeoutStopSec of lastcall.service): SIGKILL would come 12s early");
    EXPECT_EQ(chain.findings[0].fix,
              "raise TimeoutStopSec to 45s, or lower the grace of the services");
    of.limit = 42s;
    EXPECT_TRUE(make_budget_chain(of).findings.empty());
}

TEST(BudgetChain, OnlyWarnsOfALimitThatIsAGuess) {
    auto of = three();
    of.limit = 10s;
    of.limit_is_sure = false;
    const auto chain = make_budget_chain(of);
    EXPECT_TRUE(chain.fits());
    EXPECT_EQ(chain.findings.size(), 1U);
}

TEST(BudgetChain, HoldsTheServicesAgainstStopWithin) {
    auto of = three();
    of.stop_within = 35s;
    auto chain = make_budget_chain(of);
    ASSERT_EQ(chain.findings.size(), 1U);
    EXPECT_EQ(chain.findings[0].why,
              "does not fit: the services may take 40s (web 30s + db 10s), and stop_within is 35s");
    EXPECT_EQ(chain.findings[0].fix, "raise stop_within to 40s, or lower the grace of web");
    of.stop_within = 60s;
    of.limit = 50s;
    chain = make_budget_chain(of);
    EXPECT_TRUE(chain.fits());
    EXPECT_EQ(chain.findings.size(), 1U);
}

TEST(BudgetChain, DividesAGraceAsTheInitDoes) {
    budget_input of;
    of.services = {service("plain", 30s), service("delayed", 30s), service("pre", 30s)};
    of.services[1].delay = 5s;
    of.services[1].reserve = 3s;
    of.services[2].has_pre_stop = true;
    const auto chain = make_budget_chain(of);
    ASSERT_EQ(chain.shares.size(), 3U);  // in the order of the stop
    EXPECT_EQ(chain.shares[2].reserve, 1500ms);
    EXPECT_EQ(chain.shares[2].program, 28500ms);
    EXPECT_EQ(chain.shares[1].announce, 5s);
    EXPECT_EQ(chain.shares[1].program, 22s);
    EXPECT_EQ(chain.shares[0].announce, 14250ms);
    for (const auto& one : chain.shares) {
        EXPECT_EQ(one.ends() - one.starts, 30s) << one.name;
    }
}

TEST(BudgetChain, TellsWhenNothingIsLeftForTheProgram) {
    budget_input of;
    of.services = {service("web", 10s)};
    of.services[0].delay = 9s;
    auto chain = make_budget_chain(of);
    ASSERT_EQ(chain.findings.size(), 1U);
    EXPECT_EQ(chain.findings[0].why,
              "web: 9s of delay and 500ms of reserve leave 500ms to the program");
    EXPECT_TRUE(chain.fits());
    of.services[0].delay = 10s;
    EXPECT_FALSE(make_budget_chain(of).fits());
}

TEST(BudgetChain, IsShownAsBars) {
    auto of = three();
    of.services[2].delay = 5s;
    of.limit = 60s;
    of.limit_source = "LASTCALL_GRACE";
    EXPECT_EQ(make_budget_chain(of).text(69),
              "stop, at most 42s of 60s (LASTCALL_GRACE)\n"
              "  web    -----=======================##                             |\n"
              "  cache                                ===#                         |\n"
              "  db                                   =========#                   |\n"
              "  agent                                          ==                 |\n"
              "  - delay  ~ pre_stop  = program  # reserve  | SIGKILL of the platform\n");
}

TEST(BudgetChain, ShowsLongNamesAndNarrowScreens) {
    budget_input of;
    of.services = {service(std::string(64, 'n'), 1ms)};
    EXPECT_NE(make_budget_chain(of).text(10).find(std::string(64, 'n')), std::string::npos);
}

TEST(NearWord, IsTheOneThatWasMeant) {
    const std::vector<std::string> known{"listen", "live", "limits", "log", "user"};
    EXPECT_EQ(near_word("listne", known), "listen");
    EXPECT_EQ(near_word("Limit", known), "limits");
    EXPECT_EQ(near_word("usr", known), "user");
    EXPECT_EQ(near_word("restart", known), "");
    EXPECT_EQ(near_word("", known), "");
    EXPECT_EQ(near_word(std::string(100000, 'x'), known), "");
}

}  // namespace
}  // namespace lastcall::core
