// The commands against an agent that answers as a test tells it: well, with a refusal, as
// another version, or not at all.
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>

#include "cli/fake_agent.hpp"
#include "cli/program.hpp"
#include "cli/sample_views.hpp"

namespace lastcall::testing {
namespace {

using nlohmann::json;

json refusal(const char* code, const char* message, const char* hint) {
    return {{"error", {{"code", code}, {"message", message}, {"hint", hint}}}};
}

class AgentCommands : public ::testing::Test {
protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "cli-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        home_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(home_); }

    /// As it is typed; `before` the program, as "echo y |".
    [[nodiscard]] program_result run(const std::string& arguments,
                                     const std::string& before = {}) const {
        return run_shell(before + " LC_ALL=C.UTF-8 LASTCALL_HOME=" + home_.string() +
                         " " LASTCALL " " + arguments);
    }
    [[nodiscard]] std::future<program_result> begin(const std::string& arguments) const {
        return std::async(std::launch::async, [this, arguments] { return run(arguments); });
    }

    /// One service, and a deploy that a test moves on.
    fake_agent::answer answer(const fake_agent::request& asked) {
        const std::lock_guard lock(mutex_);
        if (asked.target.starts_with("/v1/journal")) {
            return {.body = {{"rows", {{{"number", 41}, {"kind", "agent_started"}}}}}};
        }
        if (asked.target == "/v1/status") {
            auto agent = sample_agent();
            agent["services"].erase(1);
            return {.body = agent};
        }
        if (asked.target == "/v1/services/web") {
            return {.body = service_};
        }
        if (asked.method == "POST" || asked.target == "/v1/deploys/7") {
            return {.status = asked.method == "POST" ? 202 : 200, .body = deploy_};
        }
        return {.status = 404, .body = refusal("not_found", "there is no such thing", "")};
    }
    [[nodiscard]] fake_agent::handler answers() {
        return [this](const fake_agent::request& asked) { return answer(asked); };
    }

    void end_deploy(fake_agent& agent, const char* state, const char* reason) {
        {
            const std::lock_guard lock(mutex_);
            deploy_["state"] = state;
            deploy_["is_final"] = true;
            deploy_["reason"] = reason;
            deploy_["entered"].push_back({{"state", state}, {"at", "2026-11-21T12:00:11.050Z"}});
        }
        agent.tell({{"number", 42}, {"kind", "deploy_state"}, {"service", "web"}, {"deploy", 7}});
    }

    std::filesystem::path home_;
    std::mutex mutex_;
    json deploy_ = sample_deploy();
    json service_ = sample_agent()["services"][0];
};

TEST_F(AgentCommands, ADeployIsFollowedToItsEnd) {
    fake_agent agent(home_, answers());
    auto made = begin("deploy --note fix --env A=b=c -- node 'server v2.js' --port 1");
    agent.wait_for_follower();
    end_deploy(agent, "done", "");
    const auto result = made.get();
    EXPECT_EQ(result.status, 0) << result.output;
    EXPECT_NE(result.output.find("deploy 7 of web: generation 3 → 4, node 'server v2.js'\n"
                                 "  +0.001 s   planned"),
              std::string::npos)
        << result.output;
    EXPECT_NE(result.output.find("✓ web: deploy 7 is done in 6.0 s"), std::string::npos)
        << result.output;
    EXPECT_EQ(result.output.find('\x1b'), std::string::npos) << "colours for a pipe";
    const auto asked = agent.last("POST", "/v1/services/web/deploys");
    EXPECT_EQ(json::parse(asked.body), (json{{"command", {"node", "server v2.js", "--port", "1"}},
                                             {"environment", {{"A", "b=c"}}},
                                             {"note", "fix"},
                                             {"force", false}}));
    EXPECT_FALSE(asked.fields.at("idempotency-key").empty());
    EXPECT_NE(agent.last("GET", "/v1/events").target.find("after=41"), std::string::npos);
}

TEST_F(AgentCommands, ADeployThatWentBackIsAFailureWithItsReason) {
    fake_agent agent(home_, answers());
    auto made = begin("deploy web --json -- node x 2>/dev/null");
    agent.wait_for_follower();
    end_deploy(agent, "rolled_back", "generation 4 exited with 1");
    const auto result = made.get();
    EXPECT_EQ(result.status, 1) << result.output;
    const auto told = json::parse(result.output);  // standard output has nothing else
    EXPECT_EQ(told.at("lastcall_deploy"), 1);
    EXPECT_EQ(told.at("reason"), "generation 4 exited with 1");
}

TEST_F(AgentCommands, AnotherProgramKeepsTheArguments) {
    fake_agent agent(home_, answers());
    const auto made = run("deploy --to /bin/sh --no-wait");
    EXPECT_EQ(made.status, 0) << made.output;
    EXPECT_EQ(json::parse(agent.last("POST", "/v1/services/web/deploys").body).at("command"),
              (json{"/bin/sh", "server.js"}));
    const auto missing = run("deploy --to ./no-such-program");
    EXPECT_EQ(missing.status, 1);
    EXPECT_NE(missing.output.find("there is no /"), std::string::npos) << missing.output;
}

TEST_F(AgentCommands, ARefusalIsToldWithWhatToDo) {
    fake_agent agent(home_, [this](const fake_agent::request& asked) -> fake_agent::answer {
        if (asked.method == "POST") {
            return {.status = 409,
                    .body = refusal("conflict", "deploy 6 of web is under way: baking",
                                    "wait for it, or end it: lastcall reject 6")};
        }
        return answer(asked);
    });
    for (const char* const command : {"deploy -- x", "restart web", "rollback", "start web"}) {
        const auto made = run(command);
        EXPECT_EQ(made.status, 1) << command << made.output;
        EXPECT_NE(made.output.find("deploy 6 of web is under way: baking\n  wait for it, or end "
                                   "it: lastcall reject 6\n"),
                  std::string::npos)
            << made.output;
    }
}

TEST_F(AgentCommands, WithoutAnAgentEachSaysSoAndWhatToDo) {
    for (const char* const command : {"status", "logs web", "history", "why", "events"}) {
        const auto made = run(command);
        EXPECT_EQ(made.status, 4) << command << made.output;
        EXPECT_NE(made.output.find("lastcall up"), std::string::npos) << made.output;
    }
    for (const char* const command : {"deploy -- x", "stop web", "stop --all", "approve 7 --yes"}) {
        const auto made = run(command);
        EXPECT_EQ(made.status, 1) << command << made.output;
        EXPECT_NE(made.output.find("lastcall up"), std::string::npos) << made.output;
    }
}

TEST_F(AgentCommands, AnotherVersionIsNamed) {
    fake_agent agent(home_, [](const fake_agent::request&) -> fake_agent::answer {
        return {.body = {{"services", json::array()}}, .api = "2"};
    });
    const auto made = run("status");
    EXPECT_EQ(made.status, 4) << made.output;
    EXPECT_NE(made.output.find("API 2"), std::string::npos) << made.output;
}

TEST_F(AgentCommands, AnAnswerThatWasLostIsAskedForAgainWithTheSameKey) {
    std::atomic<int> asked_for = 0;
    fake_agent agent(home_, [&](const fake_agent::request& asked) -> fake_agent::answer {
        if (asked.method == "POST" && ++asked_for == 1) {
            return {.breaks = true};
        }
        return answer(asked);
    });
    const auto made = run("deploy --no-wait -- node x");
    EXPECT_EQ(made.status, 0) << made.output;
    std::vector<std::string> keys;
    for (const auto& one : agent.requests()) {
        if (one.method == "POST") {
            keys.push_back(one.fields.at("idempotency-key"));
        }
    }
    ASSERT_EQ(keys.size(), 2U);
    EXPECT_EQ(keys[0], keys[1]);
}

TEST_F(AgentCommands, AFollowerOutlivesAnAgentThatIsReplaced) {
    auto agent = std::make_unique<fake_agent>(home_, answers());
    auto made = begin("deploy web -- node x");
    agent->wait_for_follower();
    agent.reset();
    agent = std::make_unique<fake_agent>(home_, answers());
    agent->wait_for_follower();
    end_deploy(*agent, "done", "");
    const auto result = made.get();
    EXPECT_EQ(result.status, 0) << result.output;
    EXPECT_NE(result.output.find("deploy 7 is done"), std::string::npos) << result.output;
}

TEST_F(AgentCommands, AnAgentThatStaysAwayLeavesWhatIsKnown) {
    fake_agent agent(home_, answers());
    auto made = begin("deploy web -- node x");
    agent.wait_for_follower();
    agent.go_away();
    const auto result = made.get();
    EXPECT_EQ(result.status, 4) << result.output;
    EXPECT_NE(result.output.find("deploy 7 of web was baking when it was last heard of"),
              std::string::npos)
        << result.output;
    EXPECT_NE(result.output.find("look again: lastcall status"), std::string::npos)
        << result.output;
}

TEST_F(AgentCommands, CtrlCOnlyStopsFollowing) {
    fake_agent agent(home_, answers());
    // The shell ends with the status of the deploy, which gets the signal once it follows.
    auto made = std::async(std::launch::async, [this] {
        return run_shell("LC_ALL=C.UTF-8 LASTCALL_HOME=" + home_.string() +
                         " " LASTCALL " deploy web -- node x & p=$!; echo $p > " +
                         (home_ / "pid").string() + "; wait $p");
    });
    agent.wait_for_follower();
    ASSERT_EQ(run_shell("kill -TERM $(cat " + (home_ / "pid").string() + ")").status, 0);
    const auto result = made.get();
    EXPECT_EQ(result.status, 4) << result.output;
    EXPECT_NE(result.output.find("no longer followed; deploy 7 of web goes on (baking)"),
              std::string::npos)
        << result.output;
    EXPECT_EQ(agent.last("POST", "/v1/deploys/7").target, "") << "it was ended, not left";
}

TEST_F(AgentCommands, AnApprovalIsForTheDigestThatWasShown) {
    deploy_["state"] = "planned";
    deploy_["expires"] = "2030-11-22T12:00:00.000Z";
    fake_agent agent(home_, answers());
    const auto no_terminal = run("approve 7", "echo y |");
    EXPECT_EQ(no_terminal.status, 2) << no_terminal.output;
    EXPECT_NE(no_terminal.output.find("--digest sha256:4f1c20ab"), std::string::npos)
        << no_terminal.output;
    const auto other = run("approve 7 --digest sha256:another");
    EXPECT_EQ(other.status, 1) << other.output;
    EXPECT_NE(other.output.find("would run sha256:4f1c20ab"), std::string::npos) << other.output;
    EXPECT_EQ(agent.last("POST", "/v1/deploys/7").target, "");
    const auto yes = run("approve 7 --yes --no-wait");
    EXPECT_EQ(yes.status, 0) << yes.output;
    EXPECT_NE(yes.output.find("digest   sha256:4f1c20ab"), std::string::npos) << yes.output;
    EXPECT_EQ(json::parse(agent.last("POST", "/v1/deploys/7/approve").body),
              (json{{"digest", "sha256:4f1c20ab"}}));
}

TEST_F(AgentCommands, ARejectionSucceedsWhenTheDeployDoesNot) {
    fake_agent agent(home_, answers());
    auto made = begin("reject 7 --reason 'not on a Friday'");
    agent.wait_for_follower();
    end_deploy(agent, "rejected", "bob: not on a Friday");
    const auto result = made.get();
    EXPECT_EQ(result.status, 0) << result.output;
    EXPECT_EQ(json::parse(agent.last("POST", "/v1/deploys/7/reject").body),
              (json{{"reason", "not on a Friday"}}));
}

TEST_F(AgentCommands, ARollbackSucceedsWhenTheDeployUnderWayDoesNot) {
    fake_agent agent(home_, answers());
    auto made = begin("rollback web");
    agent.wait_for_follower();
    end_deploy(agent, "rolled_back", "bob asked for it");
    const auto result = made.get();
    EXPECT_EQ(result.status, 0) << result.output;
}

TEST_F(AgentCommands, ARollbackFailsWhenTheVersionBeforeDoesNotBecomeReady) {
    service_.erase("deploy");
    deploy_["is_rollback"] = true;  // nothing was under way: it is a deploy of its own
    fake_agent agent(home_, answers());
    auto made = begin("rollback web");
    agent.wait_for_follower();
    end_deploy(agent, "rolled_back", "generation 4 exited with 127");
    const auto result = made.get();
    EXPECT_EQ(result.status, 1) << result.output;
}

TEST_F(AgentCommands, AServiceMustBeNamedWhereThereAreSeveral) {
    fake_agent agent(home_, [](const fake_agent::request&) -> fake_agent::answer {
        return {.body = sample_agent()};
    });
    const auto made = run("restart");
    EXPECT_EQ(made.status, 2) << made.output;
    EXPECT_NE(made.output.find("there are: web, worker"), std::string::npos) << made.output;
}

TEST_F(AgentCommands, TheStatusIsAlsoJson) {
    fake_agent agent(home_, [](const fake_agent::request&) -> fake_agent::answer {
        return {.body = sample_agent()};
    });
    const auto made = run("status --json");
    EXPECT_EQ(made.status, 3) << made.output;  // the worker has failed
    EXPECT_EQ(json::parse(made.output).at("lastcall_status"), 1);
    EXPECT_EQ(json::parse(made.output).at("services").size(), 2U);
}

TEST_F(AgentCommands, LogsComeByteForByte) {
    fake_agent agent(home_, [this](const fake_agent::request& asked) -> fake_agent::answer {
        return asked.target.find("/logs") != std::string::npos
                   ? fake_agent::answer{.text = "one\xff\x1b[1mtwo\n"}
                   : answer(asked);
    });
    const auto made = run("logs -n 7");
    EXPECT_EQ(made.output, "one\xff\x1b[1mtwo\n");
    EXPECT_EQ(agent.last("GET", "/v1/services/web/logs").target, "/v1/services/web/logs?tail=7");
}

TEST_F(AgentCommands, StopWaitsUntilTheServiceHasEnded) {
    fake_agent agent(home_, [this](const fake_agent::request& asked) -> fake_agent::answer {
        if (asked.method == "POST") {
            const std::lock_guard lock(mutex_);
            return {.status = 202, .body = service_};
        }
        return answer(asked);
    });
    auto made = begin("stop web");
    agent.wait_for_follower();
    {
        const std::lock_guard lock(mutex_);
        service_["state"] = "stopped";
        service_["generations"] = json::array();
    }
    agent.tell({{"number", 42},
                {"kind", "generation_exited"},
                {"service", "web"},
                {"generation", 3},
                {"fields", {{"code", 0}}}});
    const auto result = made.get();
    EXPECT_EQ(result.status, 0) << result.output;
    EXPECT_NE(result.output.find("  web: generation 3 ended with status 0\nweb is stopped, after"),
              std::string::npos)
        << result.output;
}

TEST_F(AgentCommands, StopAllEndsWhenNobodyAnswersAnyMore) {
    std::atomic<bool> was_asked = false;
    fake_agent agent(home_, [&](const fake_agent::request& asked) -> fake_agent::answer {
        was_asked = was_asked || asked.target == "/v1/stop";
        return answer(asked);
    });
    auto made = begin("stop --all");
    agent.wait_for_follower();
    while (!was_asked) {
        std::this_thread::yield();
    }
    agent.go_away();
    const auto result = made.get();
    EXPECT_EQ(result.status, 0) << result.output;
    EXPECT_NE(result.output.find("everything is stopped"), std::string::npos) << result.output;
}

TEST_F(AgentCommands, UpSaysWhichAgentRunsHereAndStartsNothing) {
    fake_agent agent(home_, answers());
    const auto lock = (home_ / "run" / "lock").string();
    const auto made = run_shell("exec 9>" + lock + "; flock 9; LASTCALL_HOME=" + home_.string() +
                                " " LASTCALL " up --port 0 -- sleep 100");
    EXPECT_EQ(made.status, 1) << made.output;
    EXPECT_NE(made.output.find("pid 11, keeper pid 10"), std::string::npos) << made.output;
    EXPECT_NE(made.output.find("lastcall deploy"), std::string::npos) << made.output;
    EXPECT_FALSE(std::filesystem::exists(home_ / "run" / "wanted.json"));
}

}  // namespace
}  // namespace lastcall::testing
