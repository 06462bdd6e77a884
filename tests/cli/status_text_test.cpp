// What `lastcall status` says, letter for letter.
#include "cli/status_text.hpp"

#include <gtest/gtest.h>

#include "cli/command.hpp"
#include "cli/sample_views.hpp"

namespace lastcall::cli {
namespace {

using testing::style_at;

TEST(StatusText, HasALineForEachServiceAndTheReasonsBelow) {
    const auto agent = testing::sample_agent();
    EXPECT_EQ(status_text(agent, style_at("2026-11-21T12:00:10.000Z")),
              "SERVICE  STATE      GEN   PID  SINCE  RESTARTS  ADDRESS            DEPLOY\n"
              "web      deploying  3→4  1203  2 h           0  127.0.0.1:8080 +1  7 baking, 3.2 s\n"
              "worker   failed       –     –  –            10  –                  –\n"
              "  worker: it ended 10 times within 2 min\n"
              "    lastcall logs worker · lastcall why worker · lastcall start worker\n"
              "lastcall 0.1.0 · agent pid 11, keeper pid 10 · for 3 days · /var/lib/lastcall\n");
}

TEST(StatusText, LeavesTheColumnOfDeploysOutWhenThereIsNone) {
    auto agent = testing::sample_agent();
    agent["services"][0].erase("deploy");
    agent["services"].erase(1);
    EXPECT_EQ(status_text(agent, style_at("2026-11-21T12:00:10.000Z")).find("DEPLOY"),
              std::string::npos);
}

TEST(StatusText, FitsTheScreenAndItsLocale) {
    auto style = style_at("2026-11-21T12:00:10.000Z");
    style.on.width = 60;
    style.on.has_utf8 = false;
    auto agent = testing::sample_agent();
    agent["services"][0]["sockets"][0]["address"] = "unix:/srv/a/very/long/path/to/a/socket.sock";
    const auto text = status_text(agent, style);
    EXPECT_NE(text.find("3->4"), std::string::npos) << text;
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = text.find('\n', begin);
        const auto line = text.substr(begin, end - begin);
        // Commands are not cut: they are to be copied.
        EXPECT_TRUE(columns_of_text(line) <= 60 || line.find("lastcall logs") != std::string::npos)
            << line;
        EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c > 0; })) << line;
        begin = end + 1;
    }
}

TEST(StatusText, SaysWhoMayApproveAndHow) {
    auto agent = testing::sample_agent();
    auto& deploy = agent["services"][0]["deploy"];
    deploy["state"] = "planned";
    deploy["expires"] = "2026-11-22T12:00:00.000Z";
    deploy["approvers"] = {"bob", "group:ops"};
    auto style = style_at("2026-11-21T12:00:10.000Z");
    style.options = " --home /x";
    const auto text = status_text(agent, style);
    EXPECT_NE(text.find("deploy 7 waits for an approval by bob, group:ops (asked for by alice (uid "
                        "1000)); it expires in 23 h\n"
                        "    lastcall approve 7 --home /x · lastcall reject 7 --home /x\n"),
              std::string::npos)
        << text;
}

TEST(StatusText, SaysLoudlyThatTheJournalIsDamaged) {
    auto agent = testing::sample_agent();
    agent["journal_is_good"] = false;
    EXPECT_NE(status_text(agent, style_at("")).find("deploys are refused"), std::string::npos);
    agent["services"] = nlohmann::json::array();
    EXPECT_EQ(status_of_agent(agent), status_found);
    EXPECT_EQ(status_text(agent, style_at("")).substr(0, 12), "no services\n");
}

TEST(StatusText, ShowsNothingThatATerminalWouldObey) {
    auto agent = testing::sample_agent();
    agent["services"][1]["reason"] = "\x1b[2J all is well \xff\n\xe2\x80\xae";
    const auto text = status_text(agent, style_at(""));
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_NE(text.find("worker: \\x1b[2J all is well \\xff \\u202e\n"), std::string::npos) << text;
}

TEST(StatusText, IsWholeThoughAnAgentOfAnotherVersionLeavesAllOut) {
    EXPECT_NE(status_text(nlohmann::json::object(), style_at("")).find("no services"),
              std::string::npos);
    const nlohmann::json odd = {{"services", {{{"name", 7}, {"generations", "none"}}, nullptr}}};
    EXPECT_NE(status_text(odd, style_at("")).find("SERVICE"), std::string::npos);
}

TEST(StatusText, TellsByItsStatusWhetherAllIsAsItWasWanted) {
    auto agent = testing::sample_agent();
    EXPECT_EQ(status_of_agent(agent), status_found);
    for (const char* const good : {"ready", "stopped", "deploying", "starting"}) {
        agent["services"][1]["state"] = good;
        EXPECT_EQ(status_of_agent(agent), status_ok) << good;
    }
    agent["services"][1]["state"] = "unready";
    EXPECT_EQ(status_of_agent(agent), status_found);
}

TEST(ServiceText, TellsGenerationsSocketsAndDeploy) {
    const auto service = testing::sample_agent()["services"][0];
    EXPECT_EQ(service_text(service, style_at("2026-11-21T12:00:10.000Z")),
              "web  deploying\n"
              "  socket  http   127.0.0.1:8080      intercept  3 wait to be accepted\n"
              "  socket  admin  unix:/run/web.sock  inherit\n"
              "  generation  3  current  pid 1203  ready for 2 h, ready after 812 ms, 42 MiB\n"
              "                                    node server.js\n"
              "  generation  4  new      pid 1300  ready for 5.0 s, ready after 312 ms\n"
              "                                    node 'server v2.js'\n"
              "                                    says: warm\n"
              "  deploy  7 baking, 3.2 s  node 'server v2.js'\n");
}

}  // namespace
}  // namespace lastcall::cli
