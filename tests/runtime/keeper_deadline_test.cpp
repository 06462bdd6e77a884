// The parent sends along with the stop signal when it will kill.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lastcall/lifecycle.hpp>
#include <thread>

#include "support/scenario.hpp"
#include "sys/clock.hpp"
#include "sys/process/process.hpp"
#include "wire/stop_value.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::child;
using testing::say;

lifecycle_options options() {
    lifecycle_options o{.service = "test"};
    o.grace = 30s;
    o.reserve = 500ms;
    o.report_file = testing::report_file();
    return o;
}

LASTCALL_SCENARIO(stops_when_forced) {
    lifecycle life(options());
    life.add({.name = "part",
              .drain =
                  [](const stop_context& context) {
                      say("draining");
                      while (!context.forced().stop_requested()) {
                          std::this_thread::sleep_for(1ms);
                      }
                  },
              .close = [] { say("closed"); }});
    life.ready();
    say("ready");
    return life.run().exit_code();
}

LASTCALL_SCENARIO(stops_at_once) {
    lifecycle life(options());
    life.add({.name = "part", .close = [] { say("closed"); }});
    life.ready();
    say("ready");
    return life.run().exit_code();
}

std::uint64_t in(std::chrono::milliseconds left) {
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(sys::monotonic_now());
    return wire::encode_stop_value(now + left);
}

void send(const child& to, std::uint64_t value) {
    ::sigval v{};
    v.sival_ptr = reinterpret_cast<void*>(static_cast<std::uintptr_t>(value));
    ASSERT_EQ(::sigqueue(to.pid(), SIGTERM, v), 0);
}

int number_in(const std::string& report, const std::string& key) {
    const auto at = report.find("\"" + key + "\":");
    return at == std::string::npos ? -1 : std::stoi(report.substr(at + key.size() + 3));
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(KeeperDeadline, CountsWhenItIsTheEarlierOne) {
    child c("stops_at_once");
    ASSERT_TRUE(c.wait_for("ready\n"));
    send(c, in(8s));
    EXPECT_EQ(c.wait(), 0) << c.output();
    EXPECT_TRUE(has(c.report(), R"("grace_source":"keeper")")) << c.report();
    EXPECT_LE(number_in(c.report(), "grace_ms"), 8000);
    EXPECT_GE(number_in(c.report(), "grace_ms"), 4000) << "milliseconds may pass on the way";
    EXPECT_EQ(number_in(c.report(), "reserve_ms"), 500) << "that of the library is kept back";
    EXPECT_GE(number_in(c.report(), "left_ms"), 4000);
    EXPECT_TRUE(has(c.output(), "from keeper minus a reserve of 500ms")) << c.output();
}

TEST(KeeperDeadline, GivesNoMoreTimeThanTheServiceHasByItself) {
    child c("stops_at_once");
    ASSERT_TRUE(c.wait_for("ready\n"));
    send(c, in(1h));
    EXPECT_EQ(c.wait(), 0) << c.output();
    EXPECT_TRUE(has(c.report(), R"("grace_ms":30000,"reserve_ms":500,"grace_source":"code")"))
        << c.report();
}

TEST(KeeperDeadline, EndsAStopThatWouldTakeLonger) {
    child c("stops_when_forced");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(0);  // begins to measure
    send(c, in(600ms));
    EXPECT_EQ(c.wait(), static_cast<int>(exit_status::forced)) << c.output();
    EXPECT_TRUE(has(c.output(), "closed\n")) << c.output();
    EXPECT_LT(c.took(), 15s);
}

TEST(KeeperDeadline, InThePastForcesAtOnceAndInOrder) {
    child c("stops_when_forced");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(0);
    send(c, in(-5s));
    EXPECT_EQ(c.wait(), static_cast<int>(exit_status::forced)) << c.output();
    EXPECT_TRUE(has(c.output(), "closed\n")) << c.output();
    EXPECT_TRUE(has(c.report(), R"("grace_source":"keeper")")) << c.report();
    EXPECT_LT(c.took(), 15s);
}

TEST(KeeperDeadline, ThatComesLaterShortensAStopUnderWay) {
    child c("stops_when_forced");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGTERM);
    ASSERT_TRUE(c.wait_for("draining\n"));
    send(c, in(1500ms));
    EXPECT_EQ(c.wait(), static_cast<int>(exit_status::forced)) << c.output();
    EXPECT_TRUE(has(c.output(), "closed\n")) << c.output();
    EXPECT_TRUE(has(c.report(), R"("grace_source":"keeper")")) << c.report();
    EXPECT_LT(c.took(), 15s);
}

TEST(KeeperDeadline, IsBelievedOnlyFromTheParent) {
    child c("stops_at_once");
    ASSERT_TRUE(c.wait_for("ready\n"));
    const pid_t stranger = ::fork();
    if (stranger == 0) {
        send(c, in(2s));
        ::_exit(0);
    }
    ::waitpid(stranger, nullptr, 0);
    EXPECT_EQ(c.wait(), 0) << c.output();
    EXPECT_TRUE(has(c.report(), "\"sender_pid\":" + std::to_string(stranger))) << c.report();
    EXPECT_TRUE(has(c.report(), R"("grace_source":"code")")) << c.report();
    EXPECT_EQ(number_in(c.report(), "left_ms"), -1) << c.report();
}

TEST(KeeperDeadline, IsNotReadOutOfAnotherValue) {
    for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{42}, in(25h)}) {
        child c("stops_at_once");
        ASSERT_TRUE(c.wait_for("ready\n"));
        send(c, value);
        EXPECT_EQ(c.wait(), 0) << c.output();
        EXPECT_TRUE(has(c.report(), R"("grace_source":"code")")) << value << c.report();
    }
}

}  // namespace
}  // namespace lastcall
