// A port of which the programs choose the addresses, and a filter whose keeper was killed.
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fcntl.h>

#include "keeper/load.hpp"

namespace lastcall::test {
namespace {

keeper_message about(std::string_view word, std::int64_t number) {
    return keeper_message(word).add("service", "web").add("generation", number);
}

int free_port() {
    const sys::unique_fd probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in at{};
    at.sin_family = AF_INET;
    socklen_t size = sizeof at;
    ::bind(probe.get(), reinterpret_cast<const sockaddr*>(&at), size);
    ::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&at), &size);
    return ntohs(at.sin_port);
}

/// Answers with NAME at every ADDRESS, and from SIGUSR1 on also at those behind "late".
/// "try:ADDRESS" is bound and closed again.
constexpr const char* server = R"(
import signal, socket, sys, threading
name, port, where = sys.argv[1].encode(), int(sys.argv[2]), sys.argv[3:]
def answer(s):
    while True:
        c, _ = s.accept()
        c.sendall(name)
        c.close()
def serve(word):
    address = word.removeprefix('try:')
    s = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if ':' in address:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    try:
        s.bind((address, port))
        s.listen(5)
    except OSError as error:
        print('refused', address, error.errno, flush=True)
        return
    if word == address:
        threading.Thread(target=answer, args=(s,), daemon=True).start()
    else:
        s.close()
    print('serves', word, flush=True)
late = where.index('late') if 'late' in where else len(where)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
for one in where[:late]:
    serve(one)
while True:
    signal.sigwait([signal.SIGUSR1])
    print('told', flush=True)
    for one in where[late + 1:]:
        serve(one)
)";

class KeeperPort : public ::testing::Test {
protected:
    void SetUp() override {
        if (!std::filesystem::exists("/usr/bin/python3")) {
            GTEST_SKIP() << "python3 is not installed";
        }
        const auto answer = listen();
        ASSERT_TRUE(answer.is("done")) << answer.text("why");
        EXPECT_EQ(answer.text("address"), "tcp:" + std::to_string(port)) << "nothing is bound yet";
        if (const auto tried = ask_start(99, {}); tried.number("error") == EOPNOTSUPP) {
            GTEST_SKIP() << tried.text("why");
        }
        ASSERT_TRUE(agent.ask(about("kill", 99)).is("done"));
        agent.wait_for("exited", 99);
        ASSERT_TRUE(agent.ask(about("forget", 99)).is("done"));
    }

    keeper_message listen() {
        return agent.ask(keeper_message("listen")
                             .add("service", "web")
                             .add("socket", "http")
                             .add("address", "tcp:" + std::to_string(port)));
    }

    keeper_message ask_start(int number, const std::vector<std::string>& addresses) {
        auto what = about("start", number).add("handover", "intercept");
        for (const auto& word :
             {std::string("/usr/bin/python3"), std::string("-c"), std::string(server),
              "web" + std::to_string(number), std::to_string(port)}) {
            what.add("argv", word);
        }
        for (const auto& one : addresses) {
            what.add("argv", one);
        }
        what.add("environment", "PATH=/usr/bin:/bin").add("sockets", "http").add("init", "--quiet");
        return agent.ask(what.add("log", log_of(number)));
    }

    /// Returns: what was answered, once all its addresses are served.
    keeper_message start(int number, const std::vector<std::string>& addresses) {
        auto answer = ask_start(number, addresses);
        EXPECT_TRUE(answer.is("done")) << answer.text("why");
        for (const auto& one : addresses) {
            if (one == "late") {
                break;
            }
            EXPECT_TRUE(says(number, "serves " + one)) << contents_of(log_of(number));
        }
        return answer;
    }

    [[nodiscard]] std::string log_of(int number) const {
        return lab.path("web" + std::to_string(number) + ".log");
    }
    bool says(int number, const std::string& line) {
        return eventually(
            [&] { return contents_of(log_of(number)).find(line + "\n") != std::string::npos; });
    }
    /// The program, not its lastcall-init.
    static int program_of(const keeper_message& started) {
        const auto children = children_of(static_cast<int>(started.number("pid").value_or(0)));
        return children.empty() ? 0 : children.front();
    }
    [[nodiscard]] std::string at(const std::string& host) const {
        return "tcp:" + host + ":" + std::to_string(port);
    }
    /// As the keeper tells them now; in front of that there may be what it has told before.
    std::vector<std::string> addresses() {
        std::vector<std::string> made;
        for (const auto& one : agent.hello()) {
            if (one.is("listener")) {
                made = one.all("address");
            }
        }
        return made;
    }
    void end(int number) {
        EXPECT_TRUE(agent.ask(about("kill", number)).is("done"));
        agent.wait_for("exited", number);
        EXPECT_TRUE(agent.ask(about("forget", number)).is("done"));
    }

    int port = free_port();
    keeper_lab lab;
    played_agent agent = lab.next_agent();
};

TEST_F(KeeperPort, IsServedWhereTheProgramBindsItAndTheNextOneGetsTheSame) {
    start(1, {"127.0.0.1"});
    EXPECT_EQ(agent.wait_for("listener").all("address"), std::vector{at("127.0.0.1")});
    EXPECT_EQ(listen().text("address"), at("127.0.0.1")) << "as an agent hears that asks again";
    EXPECT_EQ(fetch(port), "web1");
    start(2, {"127.0.0.1"});
    EXPECT_EQ(fetch(port), "web1") << "it was not steered to yet";
    steady_load load(port, 4);
    ASSERT_TRUE(load.wait_for_more(50));
    for (const int to : {2, 1, 2}) {
        const auto steered = agent.ask(about("steer", to));
        ASSERT_TRUE(steered.is("done")) << steered.text("why");
        ASSERT_TRUE(load.wait_for_more(50));
    }
    end(1);
    ASSERT_TRUE(load.wait_for_more(50));
    const auto answers = load.finish();
    EXPECT_EQ(answers.size(), 2U) << "none lost: " << answers.begin()->first;
    EXPECT_EQ(fetch(port), "web2");
}

TEST_F(KeeperPort, HasSeveralAddressesAcrossAnUpgradeOfTheKeeper) {
    start(1, {"0.0.0.0", "::"});
    const std::vector both{at("0.0.0.0"), at("[::]")};
    EXPECT_EQ(addresses(), both);
    const sys::unique_fd next(::open(LASTCALL_KEEPER, O_RDONLY | O_CLOEXEC));
    const auto upgraded = agent.ask(keeper_message("upgrade"), {next.get()});
    ASSERT_TRUE(upgraded.is("done")) << upgraded.text("why");
    ASSERT_TRUE(agent.ask(keeper_message("alive")).is("done"));
    EXPECT_EQ(addresses(), both);
    start(2, {"0.0.0.0", "::"});
    const auto steered = agent.ask(about("steer", 2));
    ASSERT_TRUE(steered.is("done")) << steered.text("why");
    end(1);
    EXPECT_EQ(fetch(port), "web2");
    EXPECT_EQ(addresses(), both);
}

TEST_F(KeeperPort, AnotherAddressIsRefusedWhileSomebodyServesAndFreeAfterwards) {
    start(1, {"127.0.0.1"});
    ASSERT_TRUE(ask_start(2, {"0.0.0.0"}).is("done"));
    EXPECT_TRUE(says(2, "refused 0.0.0.0 98"));
    const std::string why(agent.wait_for("handover_problem", 2).text("why"));
    EXPECT_NE(why.find("web 1 serves at " + at("127.0.0.1")), std::string::npos) << why;
    end(2);
    EXPECT_EQ(fetch(port), "web1");
    end(1);
    start(3, {"0.0.0.0"});
    ASSERT_TRUE(agent.ask(about("steer", 3)).is("done"));
    EXPECT_EQ(addresses(), std::vector{at("0.0.0.0")});
    EXPECT_EQ(fetch(port), "web3");
}

TEST_F(KeeperPort, TheTrafficIsNotMovedToOneThatLeavesAnAddressOut) {
    start(1, {"127.0.0.1", "127.0.0.2"});
    start(2, {"127.0.0.1"});
    const auto steered = agent.ask(about("steer", 2));
    EXPECT_EQ(steered.number("error"), EADDRNOTAVAIL);
    EXPECT_NE(std::string(steered.text("why")).find(at("127.0.0.2")), std::string::npos)
        << steered.text("why");
    EXPECT_EQ(fetch(port), "web1");
    end(2);
    // One more is no loss, neither there nor back.
    start(3, {"127.0.0.1", "127.0.0.2", "127.0.0.3"});
    ASSERT_TRUE(agent.ask(about("steer", 3)).is("done"));
    EXPECT_EQ(fetch(port), "web3");
    ASSERT_TRUE(agent.ask(about("steer", 1)).is("done"));
    EXPECT_EQ(fetch(port), "web1");
    end(3);
    EXPECT_EQ(addresses(), (std::vector{at("127.0.0.1"), at("127.0.0.2")}));
}

TEST_F(KeeperPort, WhatASuccessorOfOneThatDiedDoesNotBindIsClosed) {
    start(1, {"127.0.0.1", "127.0.0.2"});
    end(1);
    const auto waiting = connect_to(port);
    ASSERT_TRUE(waiting) << "it waits for the next one";
    start(2, {"127.0.0.1"});
    ASSERT_TRUE(agent.ask(about("steer", 2)).is("done"));
    EXPECT_EQ(read_answer(waiting.get()), "web2");
    EXPECT_EQ(addresses(), std::vector{at("127.0.0.1")});
}

TEST_F(KeeperPort, AProgramThatClosesAndBindsElsewhereIsFollowed) {
    EXPECT_EQ(fetch(port), "refused") << "nothing listens before it is bound";
    start(1, {"try:0.0.0.0", "127.0.0.1"});
    EXPECT_EQ(fetch(port), "web1");
    EXPECT_EQ(addresses(), std::vector{at("127.0.0.1")});
}

TEST_F(KeeperPort, IsKnownToAKeeperAfterOneThatWasKilledAndLateBindsAreAnswered) {
    const auto first = start(1, {"127.0.0.1", "late", "127.0.0.2"});
    ASSERT_TRUE(eventually([&] { return program_of(first) != 0; }));
    lab.kill_keeper();
    EXPECT_EQ(fetch(port), "web1") << "what is bound is served";
    ASSERT_EQ(::kill(program_of(first), SIGUSR1), 0);
    // It says so before it binds; the log is a pipe that lastcall-init holds.
    lab.start();
    agent = lab.next_agent();
    while (agent.hello().size() != 2) {  // the agent of the killed one may knock first
        agent = lab.next_agent();
    }
    const auto adopted = agent.ask(about("adopt", 1)
                                       .add("pid", first.text("pid"))
                                       .add("start_time", first.text("start_time")));
    ASSERT_TRUE(adopted.is("done")) << adopted.text("why");
    EXPECT_TRUE(says(1, "serves 127.0.0.2")) << contents_of(log_of(1));
    EXPECT_EQ(addresses(), (std::vector{at("127.0.0.1"), at("127.0.0.2")}));
    EXPECT_EQ(listen().text("address"), at("127.0.0.1"));
    start(2, {"127.0.0.1", "127.0.0.2"});
    EXPECT_EQ(fetch(port), "web1");
    const auto steered = agent.ask(about("steer", 2));
    ASSERT_TRUE(steered.is("done")) << steered.text("why");
    EXPECT_EQ(fetch(port), "web2");
    end(1);
    EXPECT_EQ(fetch(port), "web2");
    EXPECT_EQ(addresses().size(), 2U);
}

}  // namespace
}  // namespace lastcall::test
