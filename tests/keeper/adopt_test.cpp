// A keeper that comes after one that was killed takes over what lives on.
#include <signal.h>
#include <unistd.h>

#include <sstream>

#include "keeper/keeper_lab.hpp"

namespace lastcall::test {
namespace {

keeper_message about(std::string_view word, std::int64_t number) {
    return keeper_message(word).add("service", "web").add("generation", number);
}

keeper_message adopt(const keeper_message& started, std::int64_t number) {
    return about("adopt", number)
        .add("pid", started.text("pid"))
        .add("start_time", started.text("start_time"));
}

TEST(KeeperAdopt, TakesTheSocketsWithTheirQueuesTheLogAndTheEnd) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    const int port = keeper_lab::listen(agent, "web");
    const auto first = agent.ask(lab.start_of("web", 1, {"lazy", "ready"}));
    agent.wait_for("notify", 1);
    const auto second = agent.ask(lab.start_of("web", 2, {"ready"}));
    agent.wait_for("notify", 2);
    std::vector<sys::unique_fd> waiting;
    for (int i = 0; i < 100; ++i) {
        waiting.push_back(connect_to(port));
        ASSERT_TRUE(waiting.back());
    }
    lab.kill_keeper();
    lab.start();
    auto next = lab.next_agent();
    while (next.hello().size() != 2) {  // the agent of the killed one may knock first
        next = lab.next_agent();
    }
    const auto answer = next.ask(adopt(first, 1));
    ASSERT_TRUE(answer.is("done")) << answer.text("why");
    EXPECT_NE(answer.text("recovered").find("socket http"), std::string::npos);
    ASSERT_TRUE(next.ask(adopt(second, 2)).is("done"));
    EXPECT_TRUE(next.ask(adopt(second, 2)).is("done")) << "asked again, it is so already";
    const auto all = next.hello();
    ASSERT_EQ(all.size(), 5U);
    EXPECT_EQ(all[2].number("steered"), 1);
    EXPECT_EQ(all[2].number("adopted"), 1);
    EXPECT_EQ(all[3].number("ready"), 1);
    const auto queues = next.ask(keeper_message("queues").add("service", "web")).all("queue");
    ASSERT_EQ(queues.size(), 2U);
    EXPECT_TRUE(queues[0].starts_with("http 1 100 ")) << queues[0];

    ASSERT_TRUE(next.ask(about("steer", 2)).is("done"));
    EXPECT_EQ(fetch(port), "web2");
    ASSERT_TRUE(next.ask(about("signal", 1).add("signal", SIGTERM)).is("done"));
    const auto told = next.wait_for("exited", 1);
    EXPECT_NE(told.text("last_line").find("\"program\":\"lastcall-init\""), std::string::npos);
    EXPECT_TRUE(told.number("code") == 0 || told.number("unknown") == 1);
    for (const auto& one : waiting) {
        ASSERT_EQ(read_answer(one.get()), "web2");
    }
    ASSERT_TRUE(next.ask(lab.start_of("web", 3, {"ready"})).is("done"));
    next.wait_for("notify", 3);
    ASSERT_TRUE(next.ask(about("steer", 3)).is("done"));
    EXPECT_EQ(fetch(port), "web3");
    EXPECT_TRUE(next.ask(about("kill", 2)).is("done"));
    next.wait_for("exited", 2);
}

TEST(KeeperAdopt, RefusesWhatIsAnotherProcessOrNoneOfOurs) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    keeper_message gone("x");
    gone.add("pid", ::getpid()).add("start_time", 1);
    EXPECT_EQ(agent.ask(adopt(gone, 1)).number("error"), ESRCH);
    const std::string stat = contents_of("/proc/self/stat");
    std::istringstream words(stat.substr(stat.rfind(')') + 2));
    std::string word;
    for (int i = 0; i < 20; ++i) {
        words >> word;
    }
    keeper_message ours("x");
    ours.add("pid", ::getpid()).add("start_time", word);
    const auto answer = agent.ask(adopt(ours, 1));
    EXPECT_EQ(answer.number("error"), EINVAL) << answer.text("why");
}

}  // namespace
}  // namespace lastcall::test
