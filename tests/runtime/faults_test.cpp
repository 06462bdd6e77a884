// The fault table: a step that throws, hangs, loops, or takes its process along. The
// deadline holds, and the rest still runs.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <lastcall/lifecycle.hpp>
#include <mutex>
#include <ostream>
#include <thread>

#include "support/sanitized.hpp"
#include "support/scenario.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::child;
using testing::say;

constexpr auto grace = 1500ms;

// ThreadSanitizer holds signals back until a thread makes a call that it knows; a thread
// in a loop or a lock then never writes its stack down.
constexpr bool stacks_can_be_had = !testing::is_thread_sanitized;

lifecycle_options options() {
    lifecycle_options o{.service = "faulty"};
    o.grace = grace;
    o.reserve = 0ms;
    o.report_file = testing::report_file();
    return o;
}

void sleep_for_ever() {
    for (;;) {
        ::pause();
    }
}

void loop_for_ever() {
    for (volatile bool go_on = true; go_on;) {
    }
}

std::mutex taken;
void lock_for_ever() {
    taken.lock();
    taken.lock();
}

// A healthy component beside, and one below, the faulty one.
int run_with(step drain, step close, std::function<void()> force = {}) {
    lifecycle life(options());
    life.add({.name = "store",
              .uses = nothing,
              .drain = [] { say("store drained"); },
              .close = [] { say("store closed"); }});
    life.add({.name = "other",
              .uses = nothing,
              .drain = [] { say("other drained"); },
              .close = [] { say("other closed"); }});
    life.add({.name = "faulty",
              .uses = {"store"},
              .drain = std::move(drain),
              .close = std::move(close),
              .force = std::move(force)});
    life.ready();
    say("ready");
    life.run_and_exit();
}

LASTCALL_SCENARIO(drain_throws) {
    return run_with([] { throw std::runtime_error("drain broke"); }, {});
}
LASTCALL_SCENARIO(close_throws) {
    return run_with({}, [] { throw std::runtime_error("close broke"); });
}
LASTCALL_SCENARIO(throws_an_int) {
    return run_with([] { throw 42; }, {});
}
LASTCALL_SCENARIO(drain_throws_without_a_text) {
    return run_with([] { throw std::runtime_error(""); }, {});
}
LASTCALL_SCENARIO(drain_hangs) { return run_with(sleep_for_ever, {}); }
LASTCALL_SCENARIO(drain_loops) { return run_with(loop_for_ever, {}); }
LASTCALL_SCENARIO(drain_locks) { return run_with(lock_for_ever, {}); }
LASTCALL_SCENARIO(close_hangs) { return run_with({}, sleep_for_ever); }
LASTCALL_SCENARIO(force_throws) {
    return run_with(
        [](const stop_context& c) {
            while (!c.forced().stop_requested()) {
                std::this_thread::yield();
            }
        },
        {}, [] { throw std::runtime_error("force broke"); });
}
LASTCALL_SCENARIO(force_hangs) { return run_with(sleep_for_ever, {}, sleep_for_ever); }
LASTCALL_SCENARIO(is_killed) {
    return run_with([] { ::kill(::getpid(), SIGKILL); }, {});
}

struct fault {
    const char* scenario;
    int exit_code;
    std::vector<std::string> still_happens;
    std::vector<std::string> must_not_happen;
};

void PrintTo(const fault& f, std::ostream* out) { *out << f.scenario; }

const fault table[] = {
    {"drain_throws", 81, {"drain broke", "store closed", "other closed"}, {}},
    {"close_throws", 81, {"close broke", "store closed", "other closed"}, {}},
    {"throws_an_int", 81, {"not a std::exception", "store closed", "other closed"}, {}},
    {"drain_throws_without_a_text", 81, {"without a text", "store closed", "other closed"}, {}},
    {"drain_hangs",
     83,
     {"store drained", "other closed", "step \"drain\" of component \"faulty\""},
     {"store closed"}},
    {"drain_loops", 83, {"store drained", "other closed", "loop_for_ever"}, {"store closed"}},
    {"drain_locks", 83, {"store drained", "other closed", "lock_for_ever"}, {"store closed"}},
    {"close_hangs",
     83,
     {"store drained", "other closed", "step \"close\" of component \"faulty\""},
     {"store closed"}},
    {"force_throws", 82, {"force broke", "store closed", "other closed"}, {}},
    {"force_hangs", 83, {"store drained", "other closed"}, {"store closed"}},
    {"is_killed", -SIGKILL, {"ready"}, {}},
};

class Fault : public ::testing::TestWithParam<fault> {};

TEST_P(Fault, KeepsTheDeadlineAndLetsTheRestRun) {
    const fault& f = GetParam();
    child c(f.scenario);
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGTERM);
    EXPECT_EQ(c.wait(), f.exit_code) << c.output();
    for (const std::string& text : f.still_happens) {
        if (!stacks_can_be_had && text.ends_with("_for_ever")) {
            continue;
        }
        EXPECT_NE(c.output().find(text), std::string::npos) << text << " is not in:\n"
                                                            << c.output();
    }
    for (const std::string& text : f.must_not_happen) {
        EXPECT_EQ(c.output().find(text), std::string::npos) << text << " is in:\n" << c.output();
    }
    if (f.exit_code == 83) {
        EXPECT_GE(c.took(), grace - 100ms);
        EXPECT_NE(c.report().find(R"("result":"abandoned")"), std::string::npos) << c.report();
    }
}

INSTANTIATE_TEST_SUITE_P(Table, Fault, ::testing::ValuesIn(table),
                         [](const auto& one) { return std::string(one.param.scenario); });

// ---- the report's receivers ----

LASTCALL_SCENARIO(report_callback_throws) {
    lifecycle_options o = options();
    o.on_report = [](const report&) { throw 42; };
    lifecycle life(o);
    life.request_stop();
    return life.run().exit_code();
}

TEST(Report, ACallbackThatThrowsAnythingAtAllDoesNotStopTheStop) {
    child c("report_callback_throws");
    EXPECT_EQ(c.wait(), 0) << c.output();
    EXPECT_NE(c.output().find("cannot be delivered"), std::string::npos) << c.output();
}

LASTCALL_SCENARIO(report_file_cannot_be_written) {
    lifecycle_options o = options();
    o.report_file = "/proc/no/such/folder/report.json";
    o.on_report = [](const report& r) { say("got " + r.service); };
    lifecycle life(o);
    life.request_stop();
    return life.run().exit_code();
}

TEST(Report, AFileThatCannotBeWrittenDoesNotKeepItFromTheCallback) {
    child c("report_file_cannot_be_written");
    EXPECT_EQ(c.wait(), 0) << c.output();
    EXPECT_NE(c.output().find("cannot be written"), std::string::npos) << c.output();
    EXPECT_NE(c.output().find("got faulty"), std::string::npos) << c.output();
}

// ---- everything deaf ----

LASTCALL_SCENARIO(blocked_loop) {
    lifecycle life(options());
    // An event loop of one task, that never comes back.
    std::mutex m;
    std::condition_variable changed;
    std::vector<std::function<void()>> tasks;
    std::thread loop([&] {
        for (;;) {
            std::unique_lock lock(m);
            changed.wait(lock, [&] { return !tasks.empty(); });
            auto task = std::move(tasks.back());
            tasks.pop_back();
            lock.unlock();
            task();
        }
    });
    std::atomic<int> posts{0};
    const auto post = [&](std::function<void()> task) {
        const std::lock_guard lock(m);
        ++posts;
        tasks.push_back(std::move(task));
        changed.notify_one();
    };
    life.health().watch_loop("io", 50ms, post);
    life.ready();
    while (posts.load() < 2) {  // it is asked again only when it has answered
        std::this_thread::yield();
    }
    post(loop_for_ever);
    while (life.health().liveness().good) {
        std::this_thread::yield();
    }
    say(life.health().liveness().json());
    life.request_stop();
    life.run_and_exit();
}

TEST(BlockedLoop, MakesLivenessBadAndIsReportedWithItsStack) {
    child c("blocked_loop");
    ASSERT_TRUE(c.wait_for("event loop \"io\" has not answered for")) << c.output();
    ASSERT_TRUE(!stacks_can_be_had || c.wait_for("loop_for_ever")) << c.output();
    c.signal(SIGKILL);
    c.wait();
}

LASTCALL_SCENARIO(full_pipe) {
    // Nobody reads standard error any more, and the pipe is full.
    int ends[2];
    if (::pipe(ends) != 0) {
        return 1;
    }
    ::dup2(ends[1], 2);
    lifecycle life(options());
    life.add({.name = "noisy", .drain = [](const stop_context& c) {
                  for (int i = 0; i < 5000; ++i) {
                      c.progress(std::string(100, 'x'));
                  }
              }});
    life.request_stop();
    return life.run().exit_code();
}

TEST(Output, AFullStandardErrorHoldsNobodyUp) {
    child c("full_pipe");
    EXPECT_EQ(c.wait(), 0) << c.output();
}

LASTCALL_SCENARIO(broken_pipe) {
    int ends[2];
    if (::pipe(ends) != 0) {
        return 1;
    }
    ::dup2(ends[1], 2);
    ::close(ends[0]);
    ::close(ends[1]);
    lifecycle life(options());
    life.add({.name = "a", .close = [] { [[maybe_unused]] const auto n = ::write(2, "x", 1); }});
    life.request_stop();
    return life.run().exit_code();
}

TEST(Output, ABrokenPipeKillsNobody) {
    child c("broken_pipe");
    EXPECT_EQ(c.wait(), 0) << c.output();
}

}  // namespace
}  // namespace lastcall
