// The stop of the keeper: in the order of the plan, with or without an agent.
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "keeper/keeper_lab.hpp"
#include "sys/socket/datagram.hpp"

namespace lastcall::test {
namespace {

void start_three(keeper_lab& lab, played_agent& agent, const std::vector<std::string>& words) {
    for (const auto* const name : {"db", "api", "web"}) {
        keeper_lab::listen(agent, name);
        auto all = words;
        all.push_back("tell=" + lab.path("order"));
        all.emplace_back("ready");
        ASSERT_TRUE(agent.ask(lab.start_of(name, 1, all)).is("done"));
        agent.wait_for([&](const keeper_message& one) {
            return one.is("notify") && one.text("service") == name;
        });
    }
    ASSERT_TRUE(agent
                    .ask(keeper_message("stop_plan")
                             .add("stage", "web")
                             .add("stage", "api")
                             .add("stage", "db")
                             .add("grace_ms", 10'000))
                    .is("done"));
}

TEST(KeeperStop, GoesByThePlanAndWaitsForTheAgentToRecordIt) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    start_three(lab, agent, {});
    lab.signal(SIGTERM);
    const auto told = agent.wait_for("stopping");
    EXPECT_EQ(told.number("signal"), SIGTERM);
    EXPECT_EQ(told.number("pid"), ::getpid());
    EXPECT_EQ(agent.wait_for("stopped").number("clean"), 1);
    EXPECT_EQ(contents_of(lab.path("order")), "web1 stopped\napi1 stopped\ndb1 stopped\n");
    EXPECT_TRUE(agent.ask(keeper_message("quit")).is("done"));
    EXPECT_EQ(lab.wait_for_end(), 0);
    EXPECT_FALSE(lives(agent.pid()));
}

TEST(KeeperStop, GoesByThePlanWithTheAgentDead) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    start_three(lab, agent, {});
    agent.crash();
    lab.signal(SIGINT);
    EXPECT_EQ(lab.wait_for_end(), 0);
    EXPECT_EQ(contents_of(lab.path("order")), "web1 stopped\napi1 stopped\ndb1 stopped\n");
}

TEST(KeeperStop, FindsALastcallInitThatHasJustBeenStartedReadyForIt) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    keeper_lab::listen(agent, "web");
    for (std::int64_t number = 1; number <= 20; ++number) {
        ASSERT_TRUE(agent.ask(lab.start_of("web", number, {"ready"})).is("done"));
        agent.ask(keeper_message("signal")
                      .add("service", "web")
                      .add("generation", number)
                      .add("signal", SIGTERM));
        const auto ended = agent.wait_for("exited", number);
        EXPECT_TRUE(ended.has("last_line")) << number;  // it was not killed by the signal itself
        agent.ask(keeper_message("forget").add("service", "web").add("generation", number));
    }
}

TEST(KeeperStop, KillsWhatIsLeftAtTheEndOfTheGraceAndSaysSo) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    keeper_lab::listen(agent, "web");
    ASSERT_TRUE(agent.ask(lab.start_of("web", 1, {"no-term", "ready"})).is("done"));
    agent.wait_for("notify", 1);
    ASSERT_TRUE(
        agent.ask(keeper_message("stop_plan").add("stage", "web").add("grace_ms", 200)).is("done"));
    lab.signal(SIGTERM);
    EXPECT_EQ(agent.wait_for("exited", 1).number("signal"), SIGKILL);
    EXPECT_EQ(agent.wait_for("stopped").number("clean"), 0);
    agent.ask(keeper_message("quit"));
    EXPECT_EQ(lab.wait_for_end(), 75);
}

TEST(KeeperStop, IsHurriedByASecondSignalAndEndedByAThird) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    keeper_lab::listen(agent, "web");
    auto start = lab.start_of("web", 1, {"no-term", "ready"});
    start.add("init", "--grace").add("init", "60s");
    ASSERT_TRUE(agent.ask(start).is("done"));
    agent.wait_for("notify", 1);
    ASSERT_TRUE(agent.ask(keeper_message("stop_plan").add("stage", "web").add("grace_ms", 60'000))
                    .is("done"));
    lab.signal(SIGTERM);
    agent.wait_for("stopping");
    lab.signal(SIGTERM);
    const auto refused = agent.ask(lab.start_of("web", 2));
    EXPECT_EQ(refused.number("error"), ESHUTDOWN);
    lab.signal(SIGTERM);
    const auto told = agent.wait_for("exited", 1);
    EXPECT_NE(told.text("last_line").find("\"killed_count\":1"), std::string::npos);
    agent.wait_for("stopped");
    agent.ask(keeper_message("quit"));
    EXPECT_EQ(lab.wait_for_end(), 75);
}

TEST(KeeperStop, TellsASecondAgentWhatTheFirstDidNotLiveToRecord) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    keeper_lab::listen(agent, "web");
    ASSERT_TRUE(agent.ask(lab.start_of("web", 1, {"ready"})).is("done"));
    agent.wait_for("notify", 1);
    ASSERT_TRUE(
        agent.ask(keeper_message("kill").add("service", "web").add("generation", 1)).is("done"));
    agent.crash();
    auto next = lab.next_agent();
    EXPECT_TRUE(eventually([&] {
        const auto all = next.hello();
        return all.size() == 4 && all[2].text("state") == "exited" &&
               all[2].number("signal") == SIGKILL;
    }));
}

TEST(KeeperStop, WhatALastcallInitLeavesWhenItIsKilledIsEndedToo) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    keeper_lab::listen(agent, "web");
    const auto answer = agent.ask(lab.start_of("web", 1, {"ready"}));
    agent.wait_for("notify", 1);
    const int init = static_cast<int>(answer.number("pid").value_or(0));
    const auto programs = children_of(init);
    ASSERT_EQ(programs.size(), 1U);
    ::kill(init, SIGKILL);
    EXPECT_EQ(agent.wait_for("exited", 1).number("signal"), SIGKILL);
    EXPECT_TRUE(eventually([&] { return !lives(programs[0]); }));
}

TEST(KeeperStop, GivesMoreTimeToAServiceThatAsksForItWhereAManagerIsTold) {
    if (!std::filesystem::exists("/usr/bin/python3")) {
        GTEST_SKIP() << "python3 is not installed";
    }
    sys::datagram_inbox manager;
    ASSERT_EQ(manager.open(), 0);
    ::setenv("NOTIFY_SOCKET", std::string(manager.name()).c_str(), 1);
    keeper_lab lab;
    ::unsetenv("NOTIFY_SOCKET");
    auto agent = lab.next_agent();
    const std::string program = R"(
import os, signal, socket, sys, time
def tell(text):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
        to.sendto(text.encode(), os.environ['NOTIFY_SOCKET'].replace('@', '\0', 1))
def stop(*_):
    tell('STOPPING=1\nEXTEND_TIMEOUT_USEC=15000000')
    time.sleep(4)
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
tell('READY=1')
while True:
    signal.pause()
)";
    keeper_message start("start");
    start.add("service", "web").add("generation", 1).add("environment", "PATH=/usr/bin:/bin");
    start.add("argv", "/usr/bin/python3").add("argv", "-c").add("argv", program);
    for (const auto* const word : {"--quiet", "--grace", "10s"}) {
        start.add("init", word);
    }
    ASSERT_TRUE(agent.ask(start).is("done"));
    agent.wait_for("notify", 1);
    ASSERT_TRUE(agent.ask(keeper_message("stop_plan").add("grace_ms", 3'000)).is("done"));
    lab.signal(SIGTERM);
    EXPECT_EQ(agent.wait_for("stopped").number("clean"), 1) << "it was killed after 3 s";
    EXPECT_TRUE(agent.ask(keeper_message("quit")).is("done"));
    EXPECT_EQ(lab.wait_for_end(), 0);
    std::string told;
    std::array<char, 4096> some{};
    sys::fd_batch given;
    for (auto got = manager.receive(some, given); got.what == sys::datagram_inbox::outcome::message;
         got = manager.receive(some, given)) {
        told += std::string(some.data(), got.size) + "\n";
    }
    EXPECT_NE(told.find("EXTEND_TIMEOUT_USEC=30000000"), std::string::npos) << told;
}

}  // namespace
}  // namespace lastcall::test
