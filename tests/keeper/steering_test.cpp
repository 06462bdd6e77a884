// No connection is refused, reset or forgotten, whatever happens to a generation.
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "keeper/load.hpp"

namespace lastcall::test {
namespace {

keeper_message about(std::string_view word, std::int64_t number) {
    return keeper_message(word).add("service", "web").add("generation", number);
}

void stop(played_agent& agent, std::int64_t number) {
    ASSERT_TRUE(agent.ask(about("signal", number).add("signal", SIGTERM)).is("done"));
    agent.wait_for("exited", number);
    ASSERT_TRUE(agent.ask(about("forget", number)).is("done"));
}

/// What waits at a socket that its program shuts down is reset; so the agent looks first.
void wait_for_empty_queue(played_agent& agent, std::int64_t number) {
    const auto empty = "http " + std::to_string(number) + " 0 0 ";
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    for (;;) {
        const auto queues = agent.ask(keeper_message("queues").add("service", "web")).all("queue");
        if (std::ranges::any_of(queues, [&](const auto& one) { return one.starts_with(empty); })) {
            return;
        }
        ASSERT_LT(std::chrono::steady_clock::now(), limit) << "somebody waits at " << number;
    }
}

TEST(KeeperSteering, TwentyDeploysUnderLoadLoseNothing) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    const int port = keeper_lab::listen(agent, "web");
    ASSERT_TRUE(agent.ask(lab.start_of("web", 1, {"ready"})).is("done"));
    agent.wait_for("notify", 1);
    steady_load load(port, 8);
    for (int next = 2; next <= 21; ++next) {
        // Every third program shuts its socket down when it ends.
        const std::string way = next % 3 == 0 ? "shutdown" : "x";
        ASSERT_TRUE(agent.ask(lab.start_of("web", next, {way, "ready"})).is("done"));
        agent.wait_for("notify", next);
        ASSERT_TRUE(agent.ask(about("steer", next)).is("done"));
        ASSERT_TRUE(load.wait_for_more(20));
        wait_for_empty_queue(agent, next - 1);
        stop(agent, next - 1);
    }
    const auto answers = load.finish();
    EXPECT_GT(load.count(), 400U);
    for (const auto& [answer, count] : answers) {
        EXPECT_TRUE(answer.starts_with("web")) << count << " clients saw: " << answer;
    }
}

TEST(KeeperSteering, AThousandThatWaitAcrossTheCutAreServedByTheOldOne) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    const int port = keeper_lab::listen(agent, "web");
    ASSERT_TRUE(agent.ask(lab.start_of("web", 1, {"ready"})).is("done"));
    agent.wait_for("notify", 1);
    const auto frozen = agent.hello();  // its pid
    const int init = static_cast<int>(frozen[2].number("pid").value_or(0));
    const auto programs = children_of(init);
    ASSERT_EQ(programs.size(), 1U);
    ::kill(programs[0], SIGSTOP);
    std::vector<sys::unique_fd> waiting;
    for (int i = 0; i < 1000; ++i) {
        waiting.push_back(connect_to(port));
        ASSERT_TRUE(waiting.back());
    }
    ASSERT_TRUE(agent.ask(lab.start_of("web", 2, {"ready"})).is("done"));
    agent.wait_for("notify", 2);
    ASSERT_TRUE(agent.ask(about("steer", 2)).is("done"));
    const auto queues = agent.ask(keeper_message("queues").add("service", "web")).all("queue");
    ASSERT_EQ(queues.size(), 2U);
    EXPECT_TRUE(queues[0].starts_with("http 1 1000 0 ")) << queues[0];
    EXPECT_TRUE(queues[1].starts_with("http 2 0 0 ")) << queues[1];
    EXPECT_EQ(fetch(port), "web2") << "new ones do not wait behind the old ones";
    ::kill(programs[0], SIGCONT);
    for (const auto& one : waiting) {
        ASSERT_EQ(read_answer(one.get()), "web1");
    }
}

TEST(KeeperSteering, WhatTheOldOneLeavesInItsQueueIsServedByTheNewOne) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    const int port = keeper_lab::listen(agent, "web");
    ASSERT_TRUE(agent.ask(lab.start_of("web", 1, {"lazy"})).is("done"));
    std::vector<sys::unique_fd> waiting;
    for (int i = 0; i < 300; ++i) {
        waiting.push_back(connect_to(port));
        ASSERT_TRUE(waiting.back());
    }
    ASSERT_TRUE(agent.ask(lab.start_of("web", 2, {"ready"})).is("done"));
    agent.wait_for("notify", 2);
    ASSERT_TRUE(agent.ask(about("steer", 2)).is("done"));
    stop(agent, 1);
    for (const auto& one : waiting) {
        ASSERT_EQ(read_answer(one.get()), "web2");
    }
    // The slot is as good as new, and the places in the group are known.
    ASSERT_TRUE(agent.ask(lab.start_of("web", 3, {"ready"})).is("done"));
    agent.wait_for("notify", 3);
    EXPECT_EQ(fetch(port), "web2");
    ASSERT_TRUE(agent.ask(about("steer", 3)).is("done"));
    EXPECT_EQ(fetch(port), "web3");
    ASSERT_TRUE(agent.ask(about("steer", 2)).is("done"));
    EXPECT_EQ(fetch(port), "web2");
}

TEST(KeeperSteering, ConnectionsWaitForTheSuccessorOfOneThatDied) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    const int port = keeper_lab::listen(agent, "web");
    ASSERT_TRUE(agent.ask(lab.start_of("web", 1, {"lazy"})).is("done"));
    const auto before = connect_to(port);
    ASSERT_TRUE(agent.ask(about("kill", 1)).is("done"));
    agent.wait_for("exited", 1);
    const auto between = connect_to(port);
    ASSERT_TRUE(between);
    ASSERT_TRUE(agent.ask(lab.start_of("web", 2)).is("done"));
    EXPECT_EQ(read_answer(before.get()), "web2");
    EXPECT_EQ(read_answer(between.get()), "web2");
}

TEST(KeeperSteering, AThirdGenerationWithSocketsIsRefused) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    keeper_lab::listen(agent, "web");
    ASSERT_TRUE(agent.ask(lab.start_of("web", 1)).is("done"));
    ASSERT_TRUE(agent.ask(lab.start_of("web", 2)).is("done"));
    const auto answer = agent.ask(lab.start_of("web", 3));
    EXPECT_TRUE(answer.is("failed"));
    EXPECT_EQ(answer.number("error"), EBUSY);
    EXPECT_NE(answer.text("why").find("1 and 2"), std::string::npos) << answer.text("why");
}

TEST(KeeperSteering, UnixSocketsMoveByTheirPathAndLeftoversAreCarriedOver) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    const std::string path = lab.path("web.sock");
    keeper_lab::listen(agent, "web", "http", "unix:" + path);
    ASSERT_TRUE(agent.ask(lab.start_of("web", 1, {"lazy"})).is("done"));
    std::vector<sys::unique_fd> waiting;
    for (int i = 0; i < 50; ++i) {
        waiting.push_back(connect_to(path));
        ASSERT_TRUE(waiting.back());
    }
    ASSERT_TRUE(agent.ask(lab.start_of("web", 2, {"ready"})).is("done"));
    agent.wait_for("notify", 2);
    ASSERT_TRUE(agent.ask(about("steer", 2)).is("done"));
    EXPECT_EQ(fetch(path), "web2");
    const auto queues = agent.ask(keeper_message("queues").add("service", "web")).all("queue");
    ASSERT_EQ(queues.size(), 2U);
    EXPECT_TRUE(queues[0].starts_with("http 1 50 0 ")) << queues[0];
    stop(agent, 1);
    const auto relayed = agent.wait_for("relayed");
    EXPECT_EQ(relayed.number("waiting"), 50);
    for (const auto& one : waiting) {
        ASSERT_EQ(read_answer(one.get()), "web2");
    }
    waiting.clear();
    ASSERT_TRUE(agent.ask(lab.start_of("web", 3, {"shutdown", "ready"})).is("done"));
    agent.wait_for("notify", 3);
    ASSERT_TRUE(agent.ask(about("steer", 3)).is("done"));
    for (int i = 0; i < 50; ++i) {
        ASSERT_EQ(fetch(path), "web3");
    }
    // Its slot has connections again: it takes none of them, though its 3 s are not over.
    const auto limit = std::chrono::steady_clock::now() + std::chrono::milliseconds(1500);
    const auto is_there = [&] {
        return std::ranges::count(children_of(lab.pid()), relayed.number("pid").value_or(0)) > 0;
    };
    while (is_there() && std::chrono::steady_clock::now() < limit) {
        std::this_thread::yield();
    }
    EXPECT_FALSE(is_there());
    ASSERT_TRUE(agent.ask(about("steer", 2)).is("done"));
    EXPECT_EQ(fetch(path), "web2");
}

TEST(KeeperSteering, TwoHundredGenerationsLeaveNothingOpen) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    keeper_lab::listen(agent, "web");
    ASSERT_TRUE(agent.ask(lab.start_of("web", 1)).is("done"));
    ASSERT_TRUE(agent.ask(lab.start_of("web", 2)).is("done"));
    ASSERT_TRUE(agent.ask(about("steer", 2)).is("done"));
    stop(agent, 1);
    const int descriptors = count_descriptors(lab.pid());
    const auto children = children_of(lab.pid()).size();
    for (int next = 3; next <= 202; ++next) {
        ASSERT_TRUE(agent.ask(lab.start_of("web", next)).is("done"));
        ASSERT_TRUE(agent.ask(about("steer", next)).is("done"));
        stop(agent, next - 1);
    }
    EXPECT_EQ(count_descriptors(lab.pid()), descriptors);
    EXPECT_EQ(children_of(lab.pid()).size(), children) << "processes or zombies are left";
}

TEST(KeeperSteering, AProgramThatKnowsNothingOfItGetsItsSocketToo) {
    if (!std::filesystem::exists("/usr/bin/python3")) {
        GTEST_SKIP() << "python3 is not installed";
    }
    keeper_lab lab;
    auto agent = lab.next_agent();
    const int port = keeper_lab::listen(agent, "web");
    const auto start = [&](int number) {
        keeper_message what("start");
        what.add("service", "web").add("generation", number).add("handover", "intercept");
        const std::string program =
            "import socket\n"
            "s=socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n"
            "s.bind(('127.0.0.1', " +
            std::to_string(port) +
            ")); s.listen(5)\n"
            "while True:\n c,_=s.accept(); c.sendall(b'python" +
            std::to_string(number) + "'); c.close()\n";
        for (const auto& word : {std::string("python3"), std::string("-c"), program}) {
            what.add("argv", word);
        }
        what.add("environment", "PATH=/usr/bin:/bin").add("sockets", "http").add("init", "--quiet");
        return agent.ask(what.add("log", lab.path("python.log")));
    };
    const auto first = start(1);
    if (first.number("error") == EOPNOTSUPP) {
        GTEST_SKIP() << first.text("why");
    }
    ASSERT_TRUE(first.is("done")) << first.text("why");
    EXPECT_EQ(agent.wait_for("bound", 1).text("socket"), "http");
    EXPECT_EQ(fetch(port), "python1") << contents_of(lab.path("python.log"));
    ASSERT_TRUE(start(2).is("done"));
    agent.wait_for([](const keeper_message& one) {
        return one.is("bound") && one.number("generation") == 2 && one.number("listens") == 1;
    });
    EXPECT_EQ(fetch(port), "python1");
    ASSERT_TRUE(agent.ask(about("steer", 2)).is("done"));
    EXPECT_EQ(fetch(port), "python2");
    ASSERT_TRUE(agent.ask(about("kill", 1)).is("done"));
    agent.wait_for("exited", 1);
    EXPECT_EQ(fetch(port), "python2");
}

}  // namespace
}  // namespace lastcall::test
