// A restart of the unit: the service manager keeps the sockets, and nobody is refused.
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "keeper/load.hpp"
#include "keeper/played_manager.hpp"

namespace lastcall::test {
namespace {

using names = std::set<std::string>;

keeper_message about_web(std::string_view word, std::int64_t number) {
    return keeper_message(word).add("service", "web").add("generation", number);
}

class KeeperStore : public testing::Test {
protected:
    KeeperStore() { agent = lab.next_agent(); }

    keeper_message listen(const std::string& service, const std::string& address) {
        return agent.ask(keeper_message("listen")
                             .add("service", service)
                             .add("socket", "http")
                             .add("address", address)
                             .add("backlog", 4096));
    }
    static std::string at(int port) { return "tcp:127.0.0.1:" + std::to_string(port); }

    /// Of `web`, with the traffic.
    void serve(int number, const std::string& word = "x") {
        const auto started = agent.ask(lab.start_of("web", number, {word, "ready"}));
        ASSERT_TRUE(started.is("done")) << started.text("why");
        agent.wait_for("notify", number);
        const auto steered = agent.ask(about_web("steer", number));
        ASSERT_TRUE(steered.is("done")) << steered.text("why");
    }
    void deploy(int number) {
        serve(number);
        // As an agent does it: what came before the steering is the old one's.
        const auto left = "http " + std::to_string(number - 1) + " ";
        EXPECT_TRUE(eventually([&] {
            const auto queues = agent.ask(keeper_message("queues").add("service", "web"));
            return std::ranges::none_of(queues.all("queue"), [&](const std::string& one) {
                return one.starts_with(left) && !one.starts_with(left + "0 0 ");
            });
        }));
        ASSERT_TRUE(agent.ask(about_web("signal", number - 1).add("signal", SIGTERM)).is("done"));
        agent.wait_for("exited", number - 1);
        ASSERT_TRUE(agent.ask(about_web("forget", number - 1)).is("done"));
    }
    /// As `systemctl restart` does it, up to the moment when there is nobody.
    void stop() {
        lab.signal(SIGTERM);
        agent.wait_for("stopped");
        agent.ask(keeper_message("quit"));
        agent.leave(0);
        EXPECT_EQ(lab.wait_for_end(), 0);
    }
    void start() {
        manager.prepare();
        lab.start();
        agent = lab.next_agent();
        while (agent.hello().size() != 2) {  // the agent of a killed one may knock first
            agent = lab.next_agent();
        }
    }
    bool says_ready() {
        return agent.ask(keeper_message("tell_manager").add("line", "READY=1")).is("done");
    }

    played_manager manager;
    keeper_lab lab{{}, manager.gives()};
    played_agent agent;
};

TEST_F(KeeperStore, HoldsEachSlotAndTheStateForAsLongAsTheyAreOpen) {
    const int port = keeper_lab::listen(agent, "web");
    EXPECT_EQ(manager.names(), (names{"lastcall/state", "lastcall/web/http/0"}));
    serve(1);
    serve(2);
    EXPECT_EQ(manager.names(),
              (names{"lastcall/state", "lastcall/web/http/0", "lastcall/web/http/1"}));
    EXPECT_EQ(sys::inode_of(manager.fd_of("lastcall/web/http/1")) != 0, true);
    for (const int number : {1, 2}) {
        ASSERT_TRUE(agent.ask(about_web("kill", number)).is("done"));
        agent.wait_for("exited", number);
    }
    ASSERT_TRUE(agent.ask(keeper_message("unlisten").add("service", "web").add("socket", "http"))
                    .is("done"));
    EXPECT_EQ(fetch(port), "refused") << "whatever the manager has not closed yet";
    EXPECT_EQ(manager.names(), names{"lastcall/state"});
}

TEST_F(KeeperStore, ARestartUnderLoadRefusesNobodyWhateverSlotHasTheTraffic) {
    const int port = keeper_lab::listen(agent, "web");
    serve(1);
    steady_load load(port, 4);
    for (int number = 2; number <= 7; number += 2) {
        ASSERT_TRUE(load.wait_for_more(50));
        deploy(number);
        stop();
        std::vector<sys::unique_fd> waiting;
        for (int i = 0; i < 50; ++i) {
            waiting.push_back(connect_to(port));
            ASSERT_TRUE(waiting.back()) << "nobody is there, and it may wait";
        }
        start();
        const auto taken_up = listen("web", at(port));
        ASSERT_EQ(taken_up.text("address"), at(port)) << number << ": " << taken_up.text("why");
        // A program that shuts its socket down when it ends leaves one that listens.
        serve(number + 1, number == 4 ? "x" : "shutdown");
        for (const auto& one : waiting) {
            ASSERT_EQ(read_answer(one.get()), "web" + std::to_string(number + 1));
        }
        ASSERT_TRUE(says_ready());
    }
    const auto answers = load.finish();
    for (const auto& [answer, count] : answers) {
        EXPECT_TRUE(answer.starts_with("web")) << count << " clients saw: " << answer;
    }
}

TEST_F(KeeperStore, AProgramThatShutsItsSocketDownLeavesOneThatListens) {
    const int port = keeper_lab::listen(agent, "web");
    serve(1, "shutdown");
    stop();
    const auto waiting = connect_to(port);
    ASSERT_TRUE(waiting);
    start();
    ASSERT_TRUE(listen("web", at(port)).is("done"));
    serve(2);
    EXPECT_EQ(read_answer(waiting.get()), "web2");
}

TEST_F(KeeperStore, AUnixSocketKeepsItsPathAndItsQueue) {
    const auto path = lab.path("web.sock");
    ASSERT_TRUE(listen("web", "unix:" + path).is("done"));
    serve(1);
    deploy(2);
    stop();
    const auto waiting = connect_to(path);
    ASSERT_TRUE(waiting) << "its file is there";
    start();
    ASSERT_TRUE(listen("web", "unix:" + path).is("done"));
    serve(3);
    EXPECT_EQ(read_answer(waiting.get()), "web3");
    EXPECT_EQ(fetch(path), "web3");
    deploy(4);
    EXPECT_EQ(fetch(path), "web4");
}

TEST_F(KeeperStore, AUnixSocketWhoseFileIsGoneIsMadeAnew) {
    const auto path = lab.path("web.sock");
    ASSERT_TRUE(listen("web", "unix:" + path).is("done"));
    stop();
    ASSERT_TRUE(std::filesystem::remove(path));
    ASSERT_TRUE(std::filesystem::remove(lab.path(".web.sock.slot0")));
    start();
    ASSERT_TRUE(listen("web", "unix:" + path).is("done"));
    serve(1);
    EXPECT_EQ(fetch(path), "web1");
}

TEST_F(KeeperStore, WhatNobodyHasAskedForIsGivenUpWhenAllIsReady) {
    const int port = keeper_lab::listen(agent, "web");
    const int other = keeper_lab::listen(agent, "api");
    const auto path = lab.path("old.sock");
    ASSERT_TRUE(listen("old", "unix:" + path).is("done"));
    stop();
    start();
    ASSERT_TRUE(listen("web", at(port)).is("done"));
    EXPECT_TRUE(connect_to(other)) << "it may still be asked for";
    EXPECT_EQ(manager.names().size(), 4U);
    ASSERT_TRUE(says_ready());
    EXPECT_EQ(manager.names(), (names{"lastcall/state", "lastcall/web/http/0"}));
    EXPECT_EQ(fetch(other), "refused");
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_FALSE(std::filesystem::exists(lab.path(".old.sock.slot0")));
    serve(1);
    EXPECT_EQ(fetch(port), "web1");
}

TEST_F(KeeperStore, AnotherServiceGetsTheAddressAndAnotherAddressMakesRoom) {
    const int port = keeper_lab::listen(agent, "site");
    const int other = keeper_lab::listen(agent, "api");
    stop();
    start();
    const auto waiting = connect_to(port);
    ASSERT_TRUE(listen("web", at(port)).is("done"));
    EXPECT_TRUE(manager.has("lastcall/web/http/0"));
    EXPECT_FALSE(manager.has("lastcall/site/http/0"));
    serve(1);
    EXPECT_EQ(read_answer(waiting.get()), "web1");
    const auto wider = listen("api", "tcp:0.0.0.0:" + std::to_string(other));
    EXPECT_TRUE(wider.is("done")) << wider.text("why");
}

TEST_F(KeeperStore, APortAloneIsTakenUpAtTheAddressesThatWereBound) {
    const int port = keeper_lab::listen(agent, "web", "other");
    ASSERT_TRUE(agent.ask(keeper_message("unlisten").add("service", "web").add("socket", "other"))
                    .is("done"));
    const auto alone = "tcp:" + std::to_string(port);
    ASSERT_TRUE(listen("web", alone).is("done"));
    serve(1);  // inherit: it gets all addresses
    EXPECT_EQ(fetch(port), "web1");
    stop();
    const auto waiting = connect_to(port);
    ASSERT_TRUE(waiting);
    start();
    const auto again = listen("web", alone);
    ASSERT_TRUE(again.is("done")) << again.text("why");
    EXPECT_NE(again.text("address"), alone) << "it is bound already";
    serve(2);
    EXPECT_EQ(read_answer(waiting.get()), "web2");
}

TEST_F(KeeperStore, WithoutTheStateTheLongerQueueTellsWhoHadTheTraffic) {
    const int port = keeper_lab::listen(agent, "web");
    serve(1);
    deploy(2);
    stop();
    const auto waiting = connect_to(port);
    manager.drop("lastcall/state");
    start();
    ASSERT_TRUE(listen("web", at(port)).is("done"));
    serve(3);
    EXPECT_EQ(read_answer(waiting.get()), "web3");
    steady_load load(port, 2);
    ASSERT_TRUE(load.wait_for_more(50));
    EXPECT_EQ(load.finish().size(), 1U) << "all come to the same slot";
}

TEST_F(KeeperStore, AnUpgradeInPlaceBeforeAnybodyHasAskedLosesNothing) {
    const int port = keeper_lab::listen(agent, "web");
    serve(1);
    deploy(2);
    stop();
    const auto waiting = connect_to(port);
    start();
    const sys::unique_fd next(::open(LASTCALL_KEEPER, O_RDONLY | O_CLOEXEC));
    const auto upgraded = agent.ask(keeper_message("upgrade"), {next.get()});
    ASSERT_TRUE(upgraded.is("done")) << upgraded.text("why");
    ASSERT_TRUE(agent.ask(keeper_message("alive")).is("done"));
    ASSERT_TRUE(listen("web", at(port)).is("done"));
    serve(3);
    EXPECT_EQ(read_answer(waiting.get()), "web3");
    EXPECT_EQ(manager.names().size(), 3U);
}

TEST_F(KeeperStore, ASocketOfASocketUnitIsNotTouched) {
    const int port = keeper_lab::listen(agent, "web");
    stop();
    sys::unique_fd foreign(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto inode = sys::inode_of(foreign.get());
    manager.add("a.socket", std::move(foreign));  // the first: the numbers of ours shift
    start();
    EXPECT_EQ(sys::inode_of(manager.fd_of("a.socket")), inode);
    ASSERT_TRUE(listen("web", at(port)).is("done"));
    ASSERT_TRUE(says_ready());
    EXPECT_TRUE(manager.has("a.socket")) << "it is not ours to remove";
    serve(1);
    EXPECT_EQ(fetch(port), "web1");
}

TEST_F(KeeperStore, AfterAKeeperWasKilledTheOtherSlotIsInTheGroupStill) {
    const int port = keeper_lab::listen(agent, "web");
    serve(1);
    deploy(2);  // slot 0 has nobody, and stands first in the group
    const auto pid = agent.hello()[2];
    lab.kill_keeper();
    start();
    ASSERT_TRUE(agent
                    .ask(about_web("adopt", 2)
                             .add("pid", pid.text("pid"))
                             .add("start_time", pid.text("start_time")))
                    .is("done"));
    ASSERT_TRUE(listen("web", at(port)).is("done"));
    EXPECT_EQ(fetch(port), "web2");
    deploy(3);
    EXPECT_EQ(fetch(port), "web3");
    ASSERT_TRUE(says_ready());
    EXPECT_EQ(manager.names().size(), 3U);
    deploy(4);
    EXPECT_EQ(fetch(port), "web4");
}

TEST_F(KeeperStore, ASocketThatAProgramStillHasIsNotGivenToASecondOne) {
    const int port = keeper_lab::listen(agent, "web");
    serve(1);
    const auto before = agent.hello()[2];
    const auto init = static_cast<int>(before.number("pid").value_or(0));
    lab.kill_keeper();
    start();  // and it is not adopted
    const auto refused = listen("web", at(port));
    EXPECT_EQ(refused.number("error"), EADDRINUSE);
    EXPECT_NE(refused.text("why").find("outlived"), std::string_view::npos) << refused.text("why");
    EXPECT_EQ(fetch(port), "web1");
    const auto programs = children_of(init);
    ::kill(init, SIGTERM);
    for (const int pid : programs) {
        EXPECT_TRUE(eventually([&] { return !lives(pid); }));
    }
    EXPECT_TRUE(eventually([&] { return !lives(init); }));
    EXPECT_TRUE(listen("web", at(port)).is("done")) << "nothing was lost by the refusal";
    serve(2);
    EXPECT_EQ(fetch(port), "web2");
}

}  // namespace
}  // namespace lastcall::test
