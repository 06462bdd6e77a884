// Every request, and what is answered when it makes no sense.
#include <fcntl.h>
#include <signal.h>

#include <fstream>

#include "keeper/keeper_lab.hpp"

namespace lastcall::test {
namespace {

TEST(Keeper, WelcomesAnAgentAndSaysThatThereIsNothingYet) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    const auto all = agent.hello();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_TRUE(all[0].is("welcome"));
    EXPECT_EQ(all[0].number("pid"), lab.pid());
    EXPECT_FALSE(all[0].text("boot_id").empty());
    EXPECT_TRUE(all[1].is("ready"));
}

TEST(Keeper, RefusesAnAgentThatSpeaksANewerLanguage) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    const auto answer = agent.ask(keeper_message("hello").add("version", 99));
    EXPECT_TRUE(answer.is("failed"));
    EXPECT_EQ(answer.number("error"), EPROTONOSUPPORT);
}

TEST(Keeper, StartsAServiceThatServesOnTheSocketThatItKeeps) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    const int port = keeper_lab::listen(agent, "web");
    ASSERT_GT(port, 0);
    const auto early = connect_to(port);  // before anybody serves
    ASSERT_TRUE(early);
    const auto answer = agent.ask(lab.start_of("web", 1, {"ready"}));
    ASSERT_TRUE(answer.is("done")) << answer.text("why");
    EXPECT_GT(answer.number("pid").value_or(0), 1);
    EXPECT_EQ(read_answer(early.get()), "web1");
    EXPECT_EQ(fetch(port), "web1");
    const auto told = agent.wait_for("notify", 1);
    EXPECT_EQ(told.all("line"), (std::vector<std::string>{"READY=1", "STATUS=web1"}));
}

TEST(Keeper, SteersAllNewConnectionsAndBack) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    const int port = keeper_lab::listen(agent, "web");
    ASSERT_TRUE(agent.ask(lab.start_of("web", 1)).is("done"));
    ASSERT_TRUE(agent.ask(lab.start_of("web", 2)).is("done"));
    for (int i = 0; i < 20; ++i) {
        ASSERT_EQ(fetch(port), "web1");
    }
    for (const int to : {2, 1, 2}) {
        const auto answer =
            agent.ask(keeper_message("steer").add("service", "web").add("generation", to));
        ASSERT_TRUE(answer.is("done")) << answer.text("why");
        EXPECT_GT(answer.number("took_ns").value_or(0), 0);
        EXPECT_GT(answer.number("at_ns").value_or(0), 0);
        for (int i = 0; i < 20; ++i) {
            ASSERT_EQ(fetch(port), "web" + std::to_string(to));
        }
    }
}

TEST(Keeper, SignalsTellsTheEndAndForgets) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    keeper_lab::listen(agent, "web");
    ASSERT_TRUE(agent.ask(lab.start_of("web", 1, {"ready"})).is("done"));
    agent.wait_for("notify", 1);
    ASSERT_TRUE(agent
                    .ask(keeper_message("signal")
                             .add("service", "web")
                             .add("generation", 1)
                             .add("signal", SIGTERM))
                    .is("done"));
    const auto told = agent.wait_for("exited", 1);
    EXPECT_EQ(told.number("code"), 0);
    EXPECT_NE(told.text("last_line").find("\"cause\":\"signal\""), std::string::npos);
    EXPECT_GT(told.number("peak_kb").value_or(0), 0);
    auto all = agent.hello();
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(all[2].text("state"), "exited");
    EXPECT_EQ(all[2].number("code"), 0);
    const auto forget = keeper_message("forget").add("service", "web").add("generation", 1);
    EXPECT_TRUE(agent.ask(forget).is("done"));
    EXPECT_TRUE(agent.ask(forget).is("done")) << "asked again, it is so already";
    EXPECT_EQ(agent.hello().size(), 3U);
}

TEST(Keeper, RunsTheProgramThatIsOpenAndNotTheOneThatIsThereByNow) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    keeper_lab::listen(agent, "web");
    const std::string script = lab.path("script");
    std::ofstream(script) << "#!/bin/sh\nexit $1\n";
    int number = 0;
    for (const std::string& path : {script, std::string(LASTCALL_SLOT_SERVICE)}) {
        const std::string copy = lab.path("copy");
        std::filesystem::copy_file(path, copy, std::filesystem::copy_options::overwrite_existing);
        std::filesystem::permissions(copy, std::filesystem::perms::owner_all);
        const sys::unique_fd program(::open(copy.c_str(), O_RDONLY | O_CLOEXEC));
        std::filesystem::remove(copy);
        ++number;
        keeper_message what("start");
        what.add("service", "web").add("generation", number).add("argv", "name");
        what.add("argv", number == 1 ? "7" : "x").add("argv", "exit=7");
        what.add("has_program", 1).add("handover", "none").add("id", "s");
        agent.send(what, {program.get()});
        EXPECT_EQ(agent.wait_for("exited", number).number("code"), 7) << path;
    }
}

TEST(Keeper, TellsTheExitStatusOfAProgramThatEndsByItself) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    keeper_lab::listen(agent, "web");
    agent.send(lab.start_of("web", 1, {"exit=7"}).add("id", "s"));
    const auto told = agent.wait_for("exited", 1);
    EXPECT_EQ(told.number("code"), 7);
}

TEST(Keeper, GivesANewAgentTheWholeStateAfterACrash) {
    keeper_lab lab;
    auto agent = lab.next_agent();
    const int port = keeper_lab::listen(agent, "web");
    ASSERT_TRUE(agent.ask(lab.start_of("web", 1, {"ready"})).is("done"));
    agent.wait_for("notify", 1);
    agent.crash();
    EXPECT_EQ(fetch(port), "web1");
    auto next = lab.next_agent();
    const auto all = next.hello();
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(all[1].text("address"), "tcp:127.0.0.1:" + std::to_string(port));
    EXPECT_EQ(all[2].text("state"), "running");
    EXPECT_EQ(all[2].number("ready"), 1);
    EXPECT_EQ(all[2].number("steered"), 1);
    EXPECT_EQ(all[2].text("status"), "web1");
    EXPECT_EQ(fetch(port), "web1");
}

}  // namespace
}  // namespace lastcall::test
