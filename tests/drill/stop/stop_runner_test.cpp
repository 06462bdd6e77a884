#include "drill/sequence/stop_runner.hpp"

#include <csignal>
#include <thread>

#include "support.hpp"

namespace lastcall::drill {
namespace {

using namespace std::chrono_literals;
using testing::ready_subject;
using testing::stop;

const std::string graceful =
    "trap 'echo got TERM; sleep 0.1; exit 3' TERM; echo ready; while :; do sleep 0.02; done";
const std::string deaf = "trap '' TERM; echo ready; exec sleep 60";

TEST(StopRunner, SignalsWaitsAndReportsTheExitOfAPlainProgram) {
    ready_subject service({.argv = {"sh", "-c", graceful}});
    const auto result =
        stop(testing::plan([&](sequence_plan& it) { it.grace = 10s; }), *service.who);
    EXPECT_EQ(result.asked, std::vector<std::string>{"withdraw and strike"});
    EXPECT_TRUE(result.trial.exit.known);
    EXPECT_EQ(result.trial.exit.code, 3);
    EXPECT_EQ(result.trial.exit.signal, 0);
    EXPECT_FALSE(result.trial.exit.killed_by_us);
    EXPECT_GT(result.trial.exit.peak_bytes, 100'000);
    EXPECT_GE(result.between(mark::signal_sent, mark::exited), 100ms);
    EXPECT_EQ(result.trial.marks[mark::killed], 0);
    EXPECT_NE(result.trial.marks[mark::signal_taken], 0);
    EXPECT_TRUE(service.says("got TERM"));
    EXPECT_TRUE(result.trial.leftovers.empty())
        << (result.trial.leftovers.empty() ? "" : result.trial.leftovers.front().text);
}

TEST(StopRunner, KillsWhatIgnoresTheSignalAndSaysWhy) {
    ready_subject service({.argv = {"sh", "-c", deaf}});
    const auto result =
        stop(testing::plan([&](sequence_plan& it) { it.grace = 400ms; }), *service.who);
    EXPECT_EQ(result.trial.exit.signal, SIGKILL);
    EXPECT_TRUE(result.trial.exit.killed_by_us);
    EXPECT_GE(result.between(mark::signal_sent, mark::killed), 400ms);
    EXPECT_EQ(result.trial.marks[mark::signal_taken], 0) << "it was ignored, not taken";
    // At 50, 75 and 95 % and just before SIGKILL; a busy machine takes two of them together.
    std::size_t of_main = 0;
    for (const auto& one : result.trial.explanations) {
        of_main += one.cause == "ignored" ? 1U : 0U;
    }
    EXPECT_GE(of_main, 2U);
    EXPECT_LE(of_main, 4U);
    EXPECT_EQ(of_main, result.trial.explanations.size());
    EXPECT_LE(result.trial.explanations.back().ns, result.trial.marks[mark::killed]);
    EXPECT_EQ(result.trial.explanations.front().why.find("sleep 60: "), 0U);
}

TEST(StopRunner, HearsOfACrashAtOnce) {
    ready_subject service({.argv = {"sh", "-c", graceful}});
    const auto result = stop(testing::plan([&](sequence_plan& it) {
                                 it.kind = sequence_kind::crash;
                                 it.grace = 10s;
                             }),
                             *service.who);
    EXPECT_EQ(result.trial.exit.signal, SIGKILL);
    EXPECT_EQ(result.trial.marks[mark::killed], result.trial.marks[mark::signal_sent]);
    EXPECT_TRUE(result.trial.explanations.empty());
}

TEST(StopRunner, SendsToTheWholeGroupAsCtrlCDoes) {
    ready_subject service(
        {.argv = {"sh", "-c",
                  "trap 'exit 0' INT; sh -c 'trap \"echo child got INT; exit 0\" INT; echo ready; "
                  "while :; do sleep 0.02; done' & wait; wait"}});
    const auto result = stop(testing::plan([&](sequence_plan& it) {
                                 it.signal = SIGINT;
                                 it.grace = 5s;
                                 it.to_all = true;
                             }),
                             *service.who);
    EXPECT_EQ(result.trial.exit.code, 0);
}

TEST(StopRunner, SendsTheSecondSignalWhenItIsDue) {
    ready_subject service(
        {.argv = {"sh", "-c",
                  "trap : TERM; trap 'exit 7' INT; echo ready; while :; do sleep 0.02; done"}});
    const auto result = stop(testing::plan([&](sequence_plan& it) {
                                 it.grace = 5s;
                                 it.second_signal = SIGINT;
                                 it.second_after = 150ms;
                             }),
                             *service.who);
    EXPECT_EQ(result.trial.exit.code, 7);
    EXPECT_GE(result.between(mark::signal_sent, mark::second_signal), 150ms);
}

TEST(StopRunner, LetsTheServiceGoOnAfterAReload) {
    ready_subject service({.argv = {"sh", "-c",
                                    "trap 'echo reloaded' HUP; echo ready; while :; do sleep "
                                    "0.02; done"}});
    const auto result = stop(testing::plan([&](sequence_plan& it) {
                                 it.kind = sequence_kind::reload;
                                 it.signal = SIGHUP;
                                 it.grace = 5s;
                                 it.settle = 200ms;
                             }),
                             *service.who);
    EXPECT_TRUE(service.says("reloaded"));
    EXPECT_EQ(result.trial.marks[mark::exited], 0);
    EXPECT_FALSE(result.trial.exit.known);
    EXPECT_EQ(result.asked, std::vector<std::string>{"strike"});
    EXPECT_NE(service.who->main_pid(), 0);
}

TEST(StopRunner, TakesACommandAsTheEventOfAReload) {
    const testing::folder files;
    ready_subject service({.argv = {"sh", "-c", graceful}});
    const auto result = stop(testing::plan([&](sequence_plan& it) {
                                 it.kind = sequence_kind::reload;
                                 it.grace = 5s;
                                 it.event = {"sh", "-c", "sleep 0.1; touch " + files.file("event")};
                                 it.settle = 100ms;
                             }),
                             *service.who);
    EXPECT_TRUE(std::filesystem::exists(files.file("event")));
    EXPECT_GE(result.between(mark::signal_sent, mark::event_ended), 100ms);
    EXPECT_EQ(result.trial.marks[mark::exited], 0);
}

TEST(StopRunner, StopsTheOldOneOnlyOnceTheSuccessorIsReady) {
    ready_subject service({.argv = {"sh", "-c", graceful}});
    bool was_running = false;
    const stop_control control{.start_successor = [&] {
        was_running = service.who->main_pid() != 0;
        return true;
    }};
    const auto result = stop(testing::plan([&](sequence_plan& it) {
                                 it.kind = sequence_kind::rolling;
                                 it.grace = 5s;
                             }),
                             *service.who, control);
    EXPECT_TRUE(was_running);
    EXPECT_EQ(result.asked, std::vector<std::string>{"strike"}) << "routes stay as they are";
    EXPECT_EQ(result.trial.exit.code, 3);
    EXPECT_LE(result.trial.marks[mark::successor_ready], result.trial.marks[mark::signal_sent]);
}

TEST(StopRunner, LeavesTheOldOneAloneWhenTheSuccessorIsNotReady) {
    ready_subject service({.argv = {"sh", "-c", graceful}});
    const stop_control control{.start_successor = [] { return false; }};
    const auto result = stop(testing::plan([&](sequence_plan& it) {
                                 it.kind = sequence_kind::rolling;
                                 it.grace = 5s;
                             }),
                             *service.who, control);
    EXPECT_NE(service.who->main_pid(), 0);
    EXPECT_TRUE(result.asked.empty());
    EXPECT_TRUE(result.has_note("successor did not get ready"));
}

TEST(StopRunner, EndsAtOnceWhenAskedToAndKillsWhatItStarted) {
    ready_subject service({.argv = {"sh", "-c", deaf}});
    std::atomic<bool> stop_asked{false};
    std::thread asking([&] {
        std::this_thread::sleep_for(50ms);
        stop_asked = true;
    });
    const auto begin = clock::now();
    const auto result = stop(testing::plan([&](sequence_plan& it) { it.grace = 20s; }),
                             *service.who, {.stop_asked = &stop_asked});
    asking.join();
    EXPECT_LT(clock::now() - begin, 10s);
    EXPECT_TRUE(result.trial.is_interrupted);
    EXPECT_FALSE(result.trial.exit.known) << "how it ended is our doing";
    ASSERT_TRUE(service.who->exit());
    EXPECT_EQ(service.who->exit()->signal, SIGKILL);
}

TEST(StopRunner, RefusesWhatHasEndedAlreadyWithItsLastWords) {
    const auto who = start_command({.argv = {"sh", "-c", "echo no database; exit 1"}}, {});
    ASSERT_TRUE(who->wait(clock::now() + testing::ceiling));
    try {
        static_cast<void>(stop(testing::plan([&](sequence_plan& it) { it.grace = 1s; }), *who));
        FAIL() << "it was stopped";
    } catch (const std::runtime_error& problem) {
        EXPECT_NE(std::string(problem.what()).find("no database"), std::string::npos)
            << problem.what();
    }
}

}  // namespace
}  // namespace lastcall::drill
