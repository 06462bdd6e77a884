// A lifecycle in a process of its own, with real signals.
#include <lastcall/lifecycle.hpp>

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "support/scenario.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::child;
using testing::say;

lifecycle_options options(std::chrono::milliseconds grace = 10s) {
    lifecycle_options o{.service = "test"};
    o.grace = grace;
    o.reserve = 0ms;
    o.report_file = testing::report_file();
    return o;
}

void add_saying(lifecycle& life, const std::string& name, uses_list uses) {
    life.add({.name = name,
              .uses = std::move(uses),
              .drain = [name] { say("drained " + name); },
              .close = [name] { say("closed " + name); }});
}

// The texts in the order in which they appear; what is missing is left out.
std::string order_of(const std::string& output, const std::vector<std::string>& texts) {
    std::map<std::size_t, std::string> found;
    for (const std::string& t : texts) {
        if (const auto at = output.find(t); at != std::string::npos) {
            found[at] = t;
        }
    }
    std::string joined;
    for (const auto& [at, t] : found) {
        joined += (joined.empty() ? "" : ", ") + t;
    }
    return joined;
}

LASTCALL_SCENARIO(three_components) {
    lifecycle life(options());
    add_saying(life, "db", nothing);
    add_saying(life, "cache", nothing);
    add_saying(life, "http", {"db", "cache"});
    life.ready();
    say("ready");
    return life.run().exit_code();
}

TEST(Lifecycle, StopsOnSigtermUsersFirst) {
    child c("three_components");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGTERM);
    EXPECT_EQ(c.wait(), 0) << c.output();
    EXPECT_EQ(order_of(c.output(), {"drained http", "drained db", "closed http", "closed db"}),
              "drained http, drained db, closed http, closed db");
    EXPECT_EQ(order_of(c.output(), {"closed http", "closed cache"}), "closed http, closed cache");
    EXPECT_NE(c.report().find(R"("result":"clean")"), std::string::npos) << c.report();
}

TEST(Lifecycle, SigintMeansTheSame) {
    child c("three_components");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGINT);
    EXPECT_EQ(c.wait(), 0) << c.output();
    EXPECT_NE(c.report().find(R"("reason":"SIGINT")"), std::string::npos);
}

TEST(Lifecycle, RecordsWhoAsked) {
    child c("three_components");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGTERM);
    c.wait();
    EXPECT_NE(c.report().find("\"sender_pid\":" + std::to_string(::getpid())), std::string::npos)
        << c.report();
}

LASTCALL_SCENARIO(no_edges) {
    lifecycle life(options());
    for (const char* name : {"first", "second", "third"}) {
        life.add({.name = name, .close = [name] { say(std::string("closed ") + name); }});
    }
    life.request_stop("done");
    return life.run().exit_code();
}

TEST(Lifecycle, WithoutEdgesReleasesInReverseOrderOfAcquisition) {
    child c("no_edges");
    EXPECT_EQ(c.wait(), 0);
    EXPECT_EQ(order_of(c.output(), {"closed first", "closed second", "closed third"}),
              "closed third, closed second, closed first");
    EXPECT_NE(c.report().find(R"("reason":"requested","at_ms":0,"note":"done")"), std::string::npos)
        << c.report();
}

LASTCALL_SCENARIO(parallel) {
    lifecycle life(options());
    static std::atomic<int> both{0};
    for (const char* name : {"a", "b"}) {
        // Each waits for the other: in sequence neither would end.
        life.add({.name = name, .uses = nothing, .drain = [](const stop_context& context) {
                      ++both;
                      while (both.load() < 2 && !context.forced().stop_requested()) {
                          std::this_thread::yield();
                      }
                  }});
    }
    life.request_stop();
    return life.run().exit_code();
}

TEST(Lifecycle, IndependentComponentsStopInParallel) {
    child c("parallel");
    EXPECT_EQ(c.wait(), 0) << c.output();
}

LASTCALL_SCENARIO(gate_holds_drain) {
    lifecycle life(options());
    gate work("work");
    life.add({.name = "work", .gates = {&work}, .close = [] { say("closed"); }});
    life.ready();
    std::thread worker([&, inside = work.try_enter("job")]() mutable {
        say("inside");
        while (work.is_open()) {
            std::this_thread::yield();
        }
        say(work.try_enter("late") ? "let in late" : "refused late");
        say("leaving");
        inside.end();
    });
    const int code = life.run().exit_code();
    worker.join();
    return code;
}

TEST(Lifecycle, ClosesGatesAndWaitsForThePassesInside) {
    child c("gate_holds_drain");
    ASSERT_TRUE(c.wait_for("inside\n"));
    c.signal(SIGTERM);
    EXPECT_EQ(c.wait(), 0) << c.output();
    EXPECT_EQ(order_of(c.output(), {"refused late", "leaving", "closed"}),
              "refused late, leaving, closed");
}

LASTCALL_SCENARIO(asynchronous) {
    lifecycle life(options());
    std::thread later;
    life.add({.name = "loop",
              .drain =
                  [&](const stop_context&, completion done) {
                      later = std::thread([done = std::move(done)]() mutable {
                          say("completed elsewhere");
                          done();
                          done();  // the second call does nothing
                      });
                  },
              .close = [&](const stop_context&, completion) { say("dropped"); }});
    life.request_stop();
    const report r = life.run();
    later.join();
    return r.exit_code();
}

TEST(Lifecycle, AnAsynchronousStepEndsByItsCompletionAndFailsWhenThatIsDropped) {
    child c("asynchronous");
    EXPECT_EQ(c.wait(), static_cast<int>(exit_status::failed)) << c.output();
    EXPECT_NE(c.report().find("dropped its completion"), std::string::npos) << c.report();
    EXPECT_NE(c.report().find(R"("component":"loop","step":"drain")"), std::string::npos);
}

LASTCALL_SCENARIO(slow_drain) {
    lifecycle life(options());
    life.add({.name = "slow", .drain = [](const stop_context& context) {
                  say("draining");
                  std::mutex m;
                  std::condition_variable_any changed;
                  std::unique_lock lock(m);
                  changed.wait(lock, context.forced(), [] { return false; });
                  say("forced");
              }});
    life.ready();
    say("ready");
    return life.run().exit_code();
}

TEST(Lifecycle, ASecondSigintForcesAtOnce) {
    child c("slow_drain");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGINT);
    ASSERT_TRUE(c.wait_for("draining\n"));
    c.signal(SIGINT);
    EXPECT_EQ(c.wait(), static_cast<int>(exit_status::forced)) << c.output();
    EXPECT_NE(c.output().find("forced\n"), std::string::npos);
    EXPECT_LT(c.took(), 5s);
}

LASTCALL_SCENARIO(asked_often) {
    lifecycle life(options());
    life.add({.name = "slow", .drain = [&life](const stop_context& context) {
                  for (int i = 0; i < 100; ++i) {  // more than a report keeps
                      life.request_stop("again");
                  }
                  say("asked often");
                  while (!context.forced().stop_requested()) {
                      std::this_thread::yield();
                  }
              }});
    life.ready();
    say("ready");
    return life.run().exit_code();
}

TEST(Lifecycle, ASecondSigintForcesHoweverOftenAStopWasRequestedBetween) {
    child c("asked_often");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGINT);
    ASSERT_TRUE(c.wait_for("asked often\n"));
    c.signal(SIGINT);
    EXPECT_EQ(c.wait(), static_cast<int>(exit_status::forced)) << c.output();
    EXPECT_LT(c.took(), 5s);
}

LASTCALL_SCENARIO(two_interrupts_during_start) {
    std::atomic<bool> both{false};
    lifecycle_options o = options();
    o.log = [&](std::string_view line) {
        say(std::string(line));
        both.store(both.load() || line.ends_with("forcing"));
    };
    lifecycle life(o);
    say("starting");
    while (!both.load()) {
        std::this_thread::yield();  // a component that takes long to start
    }
    life.add({.name = "slow", .drain = [](const stop_context& context) {
                  while (!context.forced().stop_requested()) {
                      std::this_thread::yield();
                  }
              }});
    return life.run().exit_code();
}

TEST(Lifecycle, TwoSigintsDuringTheStartForceTheStopThatFollows) {
    child c("two_interrupts_during_start");
    ASSERT_TRUE(c.wait_for("starting\n"));
    c.signal(SIGINT);
    ASSERT_TRUE(c.wait_for("SIGINT"));  // two that are pending at once would be one
    c.signal(SIGINT);
    EXPECT_EQ(c.wait(), static_cast<int>(exit_status::forced)) << c.output();
    EXPECT_LT(c.took(), 5s);
}

TEST(Lifecycle, ARepeatedSigtermIsRecordedAndChangesNothing) {
    child c("slow_drain");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGTERM);
    ASSERT_TRUE(c.wait_for("draining\n"));
    c.signal(SIGTERM);
    ASSERT_TRUE(c.wait_for("the stop goes on"));
    EXPECT_EQ(c.output().find("forced\n"), std::string::npos);
    c.signal(SIGINT);
    ASSERT_TRUE(c.wait_for("SIGINT"));
    c.signal(SIGINT);
    EXPECT_EQ(c.wait(), static_cast<int>(exit_status::forced)) << c.output();
}

LASTCALL_SCENARIO(reraise) {
    lifecycle_options o = options();
    o.reraise_sigterm = true;
    lifecycle life(o);
    life.ready();
    say("ready");
    life.run_and_exit();
}

TEST(Lifecycle, EndsByTheSignalWhenAskedTo) {
    child c("reraise");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGTERM);
    EXPECT_EQ(c.wait(), -SIGTERM);
}

LASTCALL_SCENARIO(stop_before_ready) {
    lifecycle life(options());
    life.add({.name = "early", .close = [] { say("closed early"); }});
    life.request_stop("changed my mind");
    life.add({.name = "late", .close = [] { say("closed late"); }});
    life.ready();
    say(life.state() == state::ready ? "became ready" : "never ready");
    return life.run().exit_code();
}

TEST(Lifecycle, AStopBeforeReadyReleasesWhatWasAcquired) {
    child c("stop_before_ready");
    EXPECT_EQ(c.wait(), 0) << c.output();
    EXPECT_EQ(order_of(c.output(), {"never ready", "closed late", "closed early"}),
              "never ready, closed late, closed early");
}

LASTCALL_SCENARIO(stop_during_start) {
    lifecycle life(options());
    say("starting");
    while (!life.stopping().stop_requested()) {
        std::this_thread::yield();  // a component that takes long to start
    }
    life.add({.name = "slow starter", .close = [] { say("closed"); }});
    life.ready();
    return life.run().exit_code();
}

TEST(Lifecycle, ASignalDuringAComponentsStartIsNotLost) {
    child c("stop_during_start");
    ASSERT_TRUE(c.wait_for("starting\n"));
    c.signal(SIGTERM);
    EXPECT_EQ(c.wait(), 0) << c.output();
    EXPECT_NE(c.output().find("closed\n"), std::string::npos);
}

LASTCALL_SCENARIO(two_requests) {
    lifecycle life(options());
    life.ready();
    std::thread a([&] { life.request_stop("a"); });
    std::thread b([&] { life.request_stop("b"); });
    const report r = life.run();
    a.join();
    b.join();
    return r.exit_code() + (r.requests.empty() ? 1 : 0);
}

TEST(Lifecycle, AStopRequestedTwiceFromTwoThreadsIsOneStop) {
    for (int i = 0; i < 20; ++i) {
        child c("two_requests");
        EXPECT_EQ(c.wait(), 0) << c.output();
    }
}

LASTCALL_SCENARIO(lame_duck_serves) {
    lifecycle_options o = options();
    o.duck = lame_duck{.min = 50ms, .max = 400ms, .quiet = 100ms};
    lifecycle life(o);
    gate work("work");
    life.add({.name = "work", .gates = {&work}});
    life.ready();
    say("ready");
    std::thread watcher([&] {
        while (life.state() != state::lame_duck) {
            std::this_thread::yield();
        }
        say(life.health().readiness().good ? "still ready" : "not ready");
        say(work.try_enter() ? "serves" : "refuses");
    });
    const report r = life.run();
    watcher.join();
    return r.exit_code();
}

TEST(Lifecycle, ALameDuckIsNotReadyAndStillServes) {
    child c("lame_duck_serves");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGTERM);
    EXPECT_EQ(c.wait(), 0) << c.output();
    EXPECT_EQ(order_of(c.output(), {"not ready\n", "serves\n", "draining"}),
              "not ready\n, serves\n, draining")
        << c.output();
    EXPECT_GE(c.took(), 100ms);
}

int refused(const std::function<void(lifecycle&)>& set_up, std::chrono::milliseconds grace = 10s) {
    try {
        lifecycle life(options(grace));
        set_up(life);
        life.ready();
    } catch (const std::exception& e) {
        return refuse_start("test", e);
    }
    return 0;
}

LASTCALL_SCENARIO(cycle) {
    return refused([](lifecycle& life) {
        life.add({.name = "a", .uses = {"b"}});
        life.add({.name = "b", .uses = {"a"}});
    });
}
LASTCALL_SCENARIO(duplicate) {
    return refused([](lifecycle& life) {
        life.add({.name = "a"});
        life.add({.name = "a"});
    });
}
LASTCALL_SCENARIO(does_not_fit) {
    return refused(
        [](lifecycle& life) {
            life.add({.name = "slow", .drain = [] {}, .drain_share = {.minimum = 20s}});
        },
        5s);
}

TEST(Lifecycle, RefusesABadGraphAtTheStart) {
    const std::map<std::string, std::string> expected{
        {"cycle", "a -> b -> a"}, {"duplicate", "named \"a\""}, {"does_not_fit", "slow drain 20s"}};
    for (const auto& [name, message] : expected) {
        child c(name);
        EXPECT_EQ(c.wait(), static_cast<int>(exit_status::refused)) << c.output();
        EXPECT_NE(c.output().find(message), std::string::npos) << c.output();
    }
}

LASTCALL_SCENARIO(thread_before) {
    std::atomic<bool> started{false};
    std::atomic<bool> leave{false};
    std::thread early([&] {
        started.store(true);
        started.notify_all();
        leave.wait(false);
    });
    started.wait(false);
    int code = 0;
    try {
        lifecycle life(options());
    } catch (const std::exception& e) {
        code = refuse_start("test", e);
    }
    leave.store(true);
    leave.notify_all();
    early.join();
    return code;
}

TEST(Lifecycle, RefusesAThreadThatWouldTakeTheSignals) {
    child c("thread_before");
    EXPECT_EQ(c.wait(), static_cast<int>(exit_status::refused));
    EXPECT_NE(c.output().find("before any thread"), std::string::npos) << c.output();
}

LASTCALL_SCENARIO(second_lifecycle) {
    lifecycle life(options());
    return refused([](lifecycle&) {});
}

TEST(Lifecycle, RefusesASecondOne) {
    child c("second_lifecycle");
    EXPECT_EQ(c.wait(), static_cast<int>(exit_status::refused));
    EXPECT_NE(c.output().find("one lifecycle"), std::string::npos) << c.output();
}

}  // namespace
}  // namespace lastcall
