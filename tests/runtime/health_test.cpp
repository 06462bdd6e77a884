#include "runtime/health.hpp"

#include <gtest/gtest.h>

#include "runtime/heartbeats.hpp"
#include "sys/socket/notify.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using runtime::heartbeats;
using runtime::time_point;

const time_point t0 = time_point(1000h);

// An event loop that runs its tasks when the test says so.
struct hand_loop {
    std::vector<std::function<void()>> tasks;
    health::poster poster() {
        return [this](std::function<void()> task) { tasks.push_back(std::move(task)); };
    }
    void run() {
        for (const auto& t : std::exchange(tasks, {})) {
            t();
        }
    }
};

TEST(Heartbeats, ALoopThatAnswersIsGood) {
    heartbeats beats;
    hand_loop loop;
    beats.watch("io", 100ms, loop.poster());
    EXPECT_TRUE(beats.beat(t0).empty());
    loop.run();
    EXPECT_TRUE(beats.beat(t0 + 1s).empty());
    EXPECT_TRUE(beats.results(t0 + 1s)[0].good);
}

TEST(Heartbeats, ALoopThatDoesNotAnswerIsReportedOnceAndBadUntilItDoes) {
    heartbeats beats;
    hand_loop loop;
    beats.watch("io", 100ms, loop.poster());
    beats.beat(t0);
    EXPECT_TRUE(beats.beat(t0 + 100ms).empty()) << "the limit is not over yet";
    const auto found = beats.beat(t0 + 101ms);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].name, "io");
    EXPECT_TRUE(beats.beat(t0 + 300ms).empty());
    const check_result bad = beats.results(t0 + 300ms)[0];
    EXPECT_FALSE(bad.good);
    EXPECT_NE(bad.detail.find("300ms"), std::string::npos) << bad.detail;
    loop.run();
    EXPECT_TRUE(beats.results(t0 + 301ms)[0].good);
}

TEST(Heartbeats, ALoopThatBlocksAgainIsReportedAgain) {
    heartbeats beats;
    hand_loop loop;
    beats.watch("io", 100ms, loop.poster());
    beats.beat(t0);
    EXPECT_EQ(beats.beat(t0 + 200ms).size(), 1U);
    loop.run();
    beats.beat(t0 + 300ms);
    EXPECT_EQ(beats.beat(t0 + 500ms).size(), 1U);
}

TEST(Heartbeats, ALoopIsNotAskedAfterItWasUnwatched) {
    heartbeats beats;
    hand_loop loop;
    beats.watch("io", 100ms, loop.poster());
    beats.unwatch("io");
    beats.unwatch("io");
    beats.beat(t0);
    EXPECT_TRUE(loop.tasks.empty());
    EXPECT_FALSE(beats.next().has_value());
}

TEST(Heartbeats, AnAnswerMayComeAfterTheLoopIsGone) {
    hand_loop loop;
    {
        heartbeats beats;
        beats.watch("io", 100ms, loop.poster());
        beats.beat(t0);
    }
    loop.run();
}

TEST(Heartbeats, RefusesALimitThatIsTooShort) {
    heartbeats beats;
    EXPECT_THROW(beats.watch("io", 9ms, [](auto) {}), std::invalid_argument);
}

TEST(Health, IsReadyOnlyInTheReadyState) {
    health::impl shared;
    health h(shared);
    for (const state s : {state::starting, state::lame_duck, state::draining, state::closing,
                          state::forcing, state::stopped}) {
        shared.state.store(s);
        EXPECT_FALSE(h.readiness().good) << to_string(s);
        EXPECT_TRUE(h.liveness().good) << "a stop must not make liveness bad: " << to_string(s);
    }
    shared.state.store(state::ready);
    EXPECT_TRUE(h.readiness().good);
}

TEST(Health, ABadCheckIsNamedWithItsReason) {
    health::impl shared;
    shared.state.store(state::ready);
    health h(shared);
    h.add_readiness("db", [] { return std::string("no connection"); });
    h.add_liveness("disk", []() -> std::string { throw std::runtime_error("read-only"); });
    EXPECT_EQ(
        h.readiness().json(),
        R"({"good":false,"state":"ready","checks":[{"name":"db","good":false,"detail":"no connection"}]})");
    EXPECT_NE(h.liveness().json().find("read-only"), std::string::npos);
}

TEST(Health, RefusesANameThatIsTaken) {
    health::impl shared;
    health h(shared);
    h.add_readiness("db", [] { return std::string(); });
    EXPECT_THROW(h.add_readiness("db", [] { return std::string(); }), std::invalid_argument);
    h.watch_loop("io", 100ms, [](auto) {});
    EXPECT_THROW(h.watch_loop("io", 100ms, [](auto) {}), std::invalid_argument);
}

TEST(Systemd, FindsItsUnitInACgroupFile) {
    EXPECT_EQ(sys::unit_of_cgroup("0::/system.slice/orders.service\n"), "orders.service");
    EXPECT_EQ(sys::unit_of_cgroup("0::/system.slice/orders.service/payload\n"), "orders.service");
    EXPECT_EQ(sys::unit_of_cgroup(
                  "0::/user.slice/user-1000.slice/user@1000.service/app.slice/a.service\n"),
              "a.service");
    EXPECT_EQ(sys::unit_of_cgroup("0::/user.slice/session-1.scope\n"), "");
    EXPECT_EQ(sys::unit_of_cgroup(""), "");
    EXPECT_EQ(sys::unit_of_cgroup("4:cpu:/\n1:name=systemd:/system.slice/x.service\n"),
              "x.service");
}

}  // namespace
}  // namespace lastcall
