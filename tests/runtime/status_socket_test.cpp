// What a service answers, and when: blocked, starting, without descriptors.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/status_asking.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::ask;
using testing::child;
using testing::say;
using testing::status_options;
using testing::status_outcome;

LASTCALL_SCENARIO(serving) { return testing::serve(status_options()); }

LASTCALL_SCENARIO(everything_blocked) {
    lifecycle life(status_options("blocked"));
    gate requests("http");
    gate jobs("jobs");
    life.add({.name = "http", .gates = {&requests}, .drain = [] { testing::block_for_ever(); }});
    std::thread([&] {
        const pass slow = requests.try_enter("GET /slow");
        const pass job = jobs.try_enter();
        say("inside");
        testing::block_for_ever();
    }).detach();
    std::thread([&life] {
        life.health().watch_loop("loop", 50ms, [](const std::function<void()>&) {});
        life.ready();
        say("ready");
        testing::block_for_ever();
    }).detach();
    return life.run().exit_code();
}

TEST(StatusSocket, AnswersWhileLoopWorkerAndStepAreBlocked) {
    child c("everything_blocked");
    ASSERT_TRUE(c.wait_for("ready\n"));
    ASSERT_TRUE(c.wait_for("inside\n"));
    const testing::asked before = ask(c.pid());
    EXPECT_EQ(before.outcome, status_outcome::answered);
    EXPECT_TRUE(before.has("lastcall-status\t1\nservice\tblocked\nstate\tready\n")) << before.text;
    EXPECT_FALSE(before.has("remaining\t")) << before.text;
    EXPECT_TRUE(before.has("gate\thttp\t1\topen\npass\tGET /slow\t")) << before.text;

    c.signal(SIGTERM);
    const testing::asked after = testing::ask_until(c.pid(), "step\thttp\tdrain\t");
    EXPECT_TRUE(after.has("\nstate\tdraining\n")) << after.text;
    EXPECT_TRUE(after.has("\nremaining\t29") || after.has("\nremaining\t30000")) << after.text;
    EXPECT_TRUE(after.has("step\thttp\tdrain\t")) << after.text;
    EXPECT_TRUE(after.has("gate\thttp\t1\tclosed\npass\tGET /slow\t")) << after.text;
    EXPECT_TRUE(after.text.ends_with("\nend\n")) << after.text;
}

LASTCALL_SCENARIO(engine_blocked) {
    lifecycle_options o = status_options();
    o.log = [](std::string_view) {
        say("logging");
        testing::block_for_ever();
    };
    lifecycle life(o);
    life.ready();
    say("ready");
    return life.run().exit_code();
}

TEST(StatusSocket, AnswersWhileTheEngineIsBlockedInTheLog) {
    child c("engine_blocked");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGTERM);
    ASSERT_TRUE(c.wait_for("logging\n"));
    EXPECT_TRUE(ask(c.pid()).has("\nremaining\t"));
}

LASTCALL_SCENARIO(starting) {
    lifecycle life(status_options());
    say("made");
    testing::block_for_ever();
    return 0;
}

TEST(StatusSocket, IsThereBeforeTheServiceIsReady) {
    child c("starting");
    ASSERT_TRUE(c.wait_for("made\n"));
    EXPECT_TRUE(ask(c.pid()).has("\nstate\tstarting\n"));
}

LASTCALL_SCENARIO(switched_off) {
    lifecycle_options o = status_options();
    o.status_socket = false;
    lifecycle life(o);
    life.ready();
    say("ready");
    return life.run().exit_code();
}

TEST(StatusSocket, IsNotThereWhenItIsSwitchedOff) {
    child c("switched_off");
    ASSERT_TRUE(c.wait_for("ready\n"));
    EXPECT_EQ(ask(c.pid()).outcome, status_outcome::no_socket);
    c.signal(SIGTERM);
    EXPECT_EQ(c.wait(), 0) << c.output();
}

TEST(StatusSocket, OfAProcessThatIsGoneIsNotThere) {
    child c("serving");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGTERM);
    ASSERT_EQ(c.wait(), 0);
    EXPECT_EQ(ask(c.pid()).outcome, status_outcome::no_socket);
}

TEST(StatusSocket, OfAStoppedProcessGivesNoAnswerInTime) {
    child c("serving");
    ASSERT_TRUE(c.wait_for("ready\n"));
    c.signal(SIGSTOP);
    ::siginfo_t info{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(c.pid()), &info, WSTOPPED | WNOWAIT), 0);
    EXPECT_EQ(ask(c.pid(), 50ms).outcome, status_outcome::no_answer);
    c.signal(SIGCONT);
    EXPECT_EQ(ask(c.pid()).outcome, status_outcome::answered);
}

// ---- degraded ----

LASTCALL_SCENARIO(without_descriptors) {
    struct rlimit few {};
    ::getrlimit(RLIMIT_NOFILE, &few);
    few.rlim_cur = 40;
    ::setrlimit(RLIMIT_NOFILE, &few);
    lifecycle life(status_options());
    life.ready();
    while (::dup(0) >= 0) {
    }
    say("ready");
    return life.run().exit_code();
}

TEST(StatusSocket, AnswersWhenTheProcessHasRunOutOfDescriptors) {
    child c("without_descriptors");
    ASSERT_TRUE(c.wait_for("ready\n"));
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(ask(c.pid()).outcome, status_outcome::answered) << i;
    }
}

LASTCALL_SCENARIO(crowded) {
    lifecycle life(status_options());
    std::vector<std::unique_ptr<gate>> gates;
    std::vector<pass> passes;
    for (int i = 0; i < 100; ++i) {
        gates.push_back(std::make_unique<gate>("gate" + std::to_string(i)));
        for (int k = 0; k < 60; ++k) {
            passes.push_back(gates.back()->try_enter("a label of some length"));
        }
    }
    life.ready();
    say("ready");
    return life.run().exit_code();
}

TEST(StatusSocket, SaysThatAnAnswerIsCut) {
    child c("crowded");
    ASSERT_TRUE(c.wait_for("ready\n"));
    const testing::asked answer = ask(c.pid());
    EXPECT_TRUE(answer.has("\t60\topen\n")) << answer.text;
    EXPECT_TRUE(answer.has("\nmore\t20\n")) << "40 of a gate are named";
    EXPECT_TRUE(answer.text.ends_with("\ncut\nend\n"));
    EXPECT_LE(answer.text.size(), wire::largest_status);
}

}  // namespace
}  // namespace lastcall
