// The keeper and the agent become other versions of themselves while services run.
#include <fcntl.h>
#include <signal.h>

#include "keeper/load.hpp"

namespace lastcall::test {
namespace {

sys::unique_fd program(const std::string& path) {
    return sys::unique_fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

keeper_message about(std::string_view word, std::int64_t number) {
    return keeper_message(word).add("service", "web").add("generation", number);
}

struct running {
    keeper_lab lab;
    played_agent agent = lab.next_agent();
    int port = keeper_lab::listen(agent, "web");
    running() {
        EXPECT_TRUE(agent.ask(lab.start_of("web", 1, {"ready"})).is("done"));
        agent.wait_for("notify", 1);
        EXPECT_TRUE(agent.ask(lab.start_of("web", 2, {"ready"})).is("done"));
        agent.wait_for("notify", 2);
    }
    /// All of it works as before.
    void check() {
        EXPECT_EQ(fetch(port), "web1");
        EXPECT_TRUE(agent.ask(about("steer", 2)).is("done"));
        EXPECT_EQ(fetch(port), "web2");
        EXPECT_TRUE(agent.ask(about("signal", 1).add("signal", SIGTERM)).is("done"));
        EXPECT_EQ(agent.wait_for("exited", 1).number("code"), 0) << "it is our child still";
        EXPECT_TRUE(agent.ask(lab.start_of("web", 3, {"ready"})).is("done"));
        agent.wait_for("notify", 3);
        EXPECT_TRUE(agent.ask(about("steer", 3)).is("done"));
        EXPECT_EQ(fetch(port), "web3");
    }
};

TEST(KeeperUpgrade, BecomesTheNewProgramUnderLoad) {
    running all;
    steady_load load(all.port, 4);
    ASSERT_TRUE(load.wait_for_more(50));
    int descriptors = 0;
    for (int i = 0; i < 3; ++i) {
        const auto next = program(LASTCALL_KEEPER);
        const auto answer = all.agent.ask(keeper_message("upgrade"), {next.get()});
        ASSERT_TRUE(answer.is("done")) << answer.text("why");
        ASSERT_TRUE(all.agent.ask(keeper_message("alive")).is("done"));
        ASSERT_TRUE(load.wait_for_more(50));
        // The first one has dropped what the test itself had left open.
        const int now = count_descriptors(all.lab.pid());
        descriptors = i == 0 ? now : descriptors;
        EXPECT_EQ(now, descriptors);
    }
    const auto answers = load.finish();
    EXPECT_EQ(answers.size(), 1U) << "all by web1, none lost";
    all.check();
}

TEST(KeeperUpgrade, RefusesAProgramThatDoesNotUnderstandTheState) {
    running all;
    for (const auto* const path : {"/bin/true", "/bin/false", LASTCALL_DOOR}) {
        const auto next = program(path);
        const auto answer = all.agent.ask(keeper_message("upgrade"), {next.get()});
        EXPECT_TRUE(answer.is("failed")) << path;
        EXPECT_EQ(answer.number("error"), EPROTO) << path;
    }
    all.check();
}

TEST(KeeperUpgrade, ComesBackWhenTheNewOneFaults) {
    running all;
    const auto next = program(LASTCALL_KEEPER);
    ASSERT_TRUE(all.agent.ask(keeper_message("upgrade"), {next.get()}).is("done"));
    all.lab.signal(SIGSEGV);
    const auto told = all.agent.wait_for("failed");
    EXPECT_EQ(told.text("word"), "upgrade");
    all.check();
}

TEST(KeeperUpgrade, ComesBackWhenNobodySaysAlive) {
    running all;
    const auto next = program(LASTCALL_KEEPER);
    ASSERT_TRUE(all.agent.ask(keeper_message("upgrade"), {next.get()}).is("done"));
    const auto told = all.agent.wait_for("failed");
    EXPECT_EQ(told.number("error"), ETIMEDOUT);
    all.check();
}

TEST(KeeperUpgrade, TheNextAgentIsTheNewOne) {
    running all;
    ASSERT_TRUE(all.agent
                    .ask(keeper_message("upgrade_agent")
                             .add("argv", LASTCALL_DOOR)
                             .add("argv", all.lab.door_path())
                             .add("argv", "second"))
                    .is("done"));
    auto next = all.lab.next_agent();
    EXPECT_EQ(next.name(), "second");
    EXPECT_EQ(next.hello().size(), 5U);
    EXPECT_TRUE(next.ask(keeper_message("alive")).is("done"));
    next.crash();
    EXPECT_EQ(all.lab.next_agent().name(), "second");
}

TEST(KeeperUpgrade, TheOldAgentComesBackWhenTheNewOneDies) {
    running all;
    for (const auto* const bad : {"/bin/false", "/there/is/no/such/agent"}) {
        ASSERT_TRUE(all.agent.ask(keeper_message("upgrade_agent").add("argv", bad)).is("done"));
        all.agent = all.lab.next_agent();
        EXPECT_EQ(all.agent.name(), "agent");
        EXPECT_EQ(all.agent.hello().size(), 5U);
    }
    all.check();
}

}  // namespace
}  // namespace lastcall::test
