// Every operation as it should be asked.
#include "agent/api/routes.hpp"
#include "agent_api/api_fixture.hpp"

namespace lastcall::agent::testing {
namespace {

using Operations = api_fixture;

std::string me() { return std::to_string(::getuid()); }

TEST(Description, HasThePathsAndMethodsOfTheServerAndNoOthersWithTheirRoles) {
    const description described;
    std::set<std::string> served;
    for (const route& one : routes()) {
        const bool is_get = one.method == http::verb::get;
        served.insert((is_get ? "GET " : "POST ") + std::string(one.path));
        EXPECT_EQ(described.role_of(is_get ? "get" : "post", std::string(one.path)),
                  to_string(one.needs))
            << one.path;
    }
    EXPECT_EQ(described.operations(), served);
}

TEST(Description, FindsWhatIsNotAsItSays) {
    const description described;
    const json good = {{"error", {{"code", "conflict"}, {"message", "no"}}}};
    EXPECT_EQ(described.fault_in(good, "error"), "");
    json other = good;
    other["error"]["code"] = "surprise";
    EXPECT_NE(described.fault_in(other, "error"), "");
    other = good;
    other["error"]["message"] = 1;
    EXPECT_NE(described.fault_in(other, "error"), "");
    other = good;
    other["more"] = 1;
    EXPECT_NE(described.fault_in(other, "error"), "");
    EXPECT_NE(described.fault_in(json{{"error", {{"code", "conflict"}}}}, "error"), "");
}

TEST_F(Operations, StatusShowsAllServices) {
    serve();
    const answer got = get("/v1/status");
    ASSERT_EQ(got.status, 200);
    EXPECT_EQ(got.fields.at("lastcall-version"), "1.2.3");
    const json agent = got.value();
    EXPECT_EQ(agent["services"].size(), 2U);
    const json generation = agent["services"][0]["generations"][0];
    EXPECT_EQ(generation["ready_after_ms"], 120.0);
    EXPECT_EQ(generation["status"], "no UTF-8: \xef\xbf\xbd");
    EXPECT_EQ(agent["started"], "2026-11-21T08:15:00.250Z");
}

TEST_F(Operations, OneServiceIsShownByItsNameAlsoWhenThatIsEscaped) {
    serve();
    EXPECT_EQ(get("/v1/services/web").value()["name"], "web");
    EXPECT_EQ(get("/v1/services/%77eb").value()["name"], "web");
    const answer none = get("/v1/services/wbe");
    EXPECT_EQ(none.status, 404);
    EXPECT_EQ(none.hint(), "there are: web, worker");
}

TEST_F(Operations, ADeployIsBegunAsItWasAskedForAndByWhom) {
    serve();
    const answer got =
        post("/v1/services/web/deploys", R"({"command": ["./v2", "-x"], "environment": {"A": "1"},)"
                                         R"( "note": "why", "force": true})");
    ASSERT_EQ(got.status, 202) << got.body;
    EXPECT_EQ(got.fields.at("location"), "/v1/deploys/1");
    EXPECT_EQ(got.value()["asked_by"]["uid"], ::getuid());
    EXPECT_EQ(got.value()["asked_by"]["pid"], ::getpid());
    const auto seen = engine.what_was_seen();
    ASSERT_EQ(seen.deploys.size(), 1U);
    EXPECT_EQ(seen.deploys[0].service, "web");
    EXPECT_EQ(seen.deploys[0].command, (std::vector<std::string>{"./v2", "-x"}));
    EXPECT_EQ(seen.deploys[0].environment.at("A"), "1");
    EXPECT_EQ(seen.deploys[0].note, "why");
    EXPECT_TRUE(seen.deploys[0].forces);
    EXPECT_EQ(get("/v1/deploys/1").value()["number"], 1);
}

TEST_F(Operations, ADeployWithoutABodyIsARestart) {
    serve();
    EXPECT_EQ(post("/v1/services/web/deploys").status, 202);
    EXPECT_TRUE(engine.what_was_seen().deploys.at(0).command.empty());
}

TEST_F(Operations, TheSameIdempotencyKeyGetsTheSameDeploy) {
    serve();
    const question asked{.method = "POST",
                         .target = "/v1/services/web/deploys",
                         .body = R"({"note": "a", "command": ["x"]})",
                         .more = "Idempotency-Key: k-1\r\n"};
    question same = asked;
    same.body = R"({"command": ["x"], "note": "a"})";
    question other = asked;
    other.body = R"({"note": "b"})";
    question elsewhere = asked;
    elsewhere.target = "/v1/services/worker/deploys";
    EXPECT_EQ(ask(asked).value()["number"], 1);
    EXPECT_EQ(ask(same).value()["number"], 1);
    EXPECT_EQ(ask(other).code(), "idempotency_key_reused");
    EXPECT_EQ(ask(elsewhere).value()["number"], 2);
    EXPECT_EQ(engine.what_was_seen().deploys.size(), 2U);
}

TEST_F(Operations, AnIdempotencyKeyOfARefusedDeployIsFreeAgain) {
    serve();
    const question asked{
        .method = "POST", .target = "/v1/services/web/deploys", .more = "Idempotency-Key: k-1\r\n"};
    engine.refuse_with(refusal(refusal::kind::conflict, "a deploy is under way"));
    EXPECT_EQ(ask(asked).status, 409);
    engine.refuse_with(std::nullopt);
    EXPECT_EQ(ask(asked).status, 202);
}

TEST_F(Operations, AnIdempotencyKeyThatIsBeingUsedIsAConflict) {
    serve();
    const question asked{
        .method = "POST", .target = "/v1/services/web/deploys", .more = "Idempotency-Key: k-1\r\n"};
    engine.hold();
    local_client first(options.socket);
    ASSERT_TRUE(first.send(asked.text()));
    engine.wait_for_held();
    EXPECT_EQ(ask(asked).code(), "in_progress");
    engine.release();
    EXPECT_TRUE(first.to_end());
    EXPECT_EQ(ask(asked).value()["number"], 1);
}

TEST_F(Operations, AnIdempotencyKeyIsKnownToANewAgentFromTheJournal) {
    serve();
    ASSERT_EQ(post("/v1/services/web/deploys").status, 202);
    // As the agent before has written it, for this user.
    question asked{
        .method = "POST", .target = "/v1/services/web/deploys", .more = "Idempotency-Key: k-9\r\n"};
    engine.add_deploy_asked("web", 1, engine.what_was_seen().actors.at(0), "k-9");
    EXPECT_EQ(ask(asked).value()["number"], 1);
    EXPECT_EQ(engine.what_was_seen().deploys.size(), 1U);
}

TEST_F(Operations, AnApprovalBindsToTheDigest) {
    serve();
    ASSERT_EQ(post("/v1/services/web/deploys").status, 202);
    const answer wrong = post("/v1/deploys/1/approve", R"({"digest": "sha256:other"})");
    EXPECT_EQ(wrong.status, 409);
    EXPECT_EQ(wrong.code(), "digest_mismatch");
    EXPECT_EQ(post("/v1/deploys/1/approve").status, 400);
    EXPECT_EQ(engine.what_was_seen().calls.size(), 1U);
    const answer good = post("/v1/deploys/1/approve", R"({"digest": "sha256:of-1"})");
    EXPECT_EQ(good.status, 200);
    EXPECT_EQ(good.value()["state"], "approved");
    EXPECT_EQ(good.value()["decided_by"]["uid"], ::getuid());
    EXPECT_EQ(post("/v1/deploys/9/approve", R"({"digest": "x"})").status, 404);
}

TEST_F(Operations, TheOtherCommandsReachTheEngine) {
    serve();
    ASSERT_EQ(post("/v1/services/web/deploys").status, 202);
    EXPECT_EQ(post("/v1/deploys/1/reject", R"({"reason": "not today"})").value()["state"],
              "rejected");
    EXPECT_EQ(post("/v1/services/web/rollback").value()["is_rollback"], true);
    EXPECT_EQ(post("/v1/services/web/restart", "{}").status, 202);
    EXPECT_EQ(post("/v1/services/web/start").status, 202);
    EXPECT_EQ(post("/v1/services/worker/stop").value()["name"], "worker");
    EXPECT_EQ(post("/v1/stop").status, 202);
    EXPECT_EQ(post("/v1/upgrade", R"({"directory": "/opt/new"})").status, 202);
    std::vector<std::string> calls;
    for (std::string call : engine.what_was_seen().calls) {
        EXPECT_TRUE(call.ends_with(" (uid " + me() + ")")) << call;
        calls.push_back(call.substr(0, call.find(" by ")));
    }
    EXPECT_EQ(calls, (std::vector<std::string>{"deploy web", "reject 1 (not today)", "rollback web",
                                               "restart web", "start web", "stop worker", "stop",
                                               "upgrade /opt/new"}));
}

TEST_F(Operations, AFileIsAppliedOrRefusedWithItsLine) {
    serve();
    question asked{.method = "POST",
                   .target = "/v1/apply?file=%2Fetc%2Flastcall.yaml",
                   .body = "services: {}\n",
                   .more = "Content-Type: application/yaml\r\n"};
    EXPECT_EQ(ask(asked).status, 202);
    EXPECT_EQ(engine.what_was_seen().applied->file, "/etc/lastcall.yaml");
    asked.body = "bad: 1\n";
    const answer refused = ask(asked);
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(refused.value()["error"]["message"], "/etc/lastcall.yaml:1: bad is no setting");
    asked.body.clear();
    EXPECT_EQ(ask(asked).status, 400);
}

TEST_F(Operations, TheJournalIsReadInBothDirectionsAndFiltered) {
    serve();
    for (int i = 0; i < 5; ++i) {
        engine.add_row(i % 2 == 0 ? "probe_changed" : "steered", i < 3 ? "web" : "worker");
    }
    const auto numbers = [this](const std::string& target) {
        std::vector<int> made;
        const json got = get(target).value();
        for (const json& row : got["rows"]) {
            made.push_back(row["number"]);
        }
        return made;
    };
    using list = std::vector<int>;
    EXPECT_EQ(numbers("/v1/journal"), (list{1, 2, 3, 4, 5}));
    EXPECT_EQ(numbers("/v1/journal?after=2&limit=2"), (list{3, 4}));
    EXPECT_EQ(numbers("/v1/journal?newest=1&limit=2"), (list{5, 4}));
    EXPECT_EQ(numbers("/v1/journal?kind=steered"), (list{2, 4}));
    EXPECT_EQ(numbers("/v1/journal?kind=steered,probe_changed&service=worker"), (list{4, 5}));
    EXPECT_EQ(numbers("/v1/services/web/history?newest=true"), (list{3, 2, 1}));
    EXPECT_EQ(numbers("/v1/journal?deploy=7"), (list{}));
}

TEST_F(Operations, ReadyIsGoodOnlyWhileEveryServiceIs) {
    serve();
    EXPECT_EQ(get("/ready").status, 200);
    engine.set_service_state("worker", service_state::deploying);
    EXPECT_EQ(get("/ready").status, 200);
    engine.set_service_state("worker", service_state::unready);
    const answer got = get("/ready");
    EXPECT_EQ(got.status, 503);
    EXPECT_EQ(got.value()["ready"], false);
}

TEST_F(Operations, MetricsCountWhatHasHappened) {
    serve();
    engine.add_row("deploy_state", "web", {{"state", "baking"}});
    engine.add_row("deploy_state", "web", {{"state", "done"}});
    engine.add_row("deploy_state", "web", {{"state", "rolled_back"}});
    engine.add_row("generation_exited", "web", {{"last_line", {{"stop_ms", 700.0}}}});
    engine.add_row("stop_report", "web", {{"took_ms", 250'000}});  // of the stop that follows
    engine.add_row("generation_exited", "web", {{"last_line", {{"stop_ms", 250'000}}}});
    engine.add_row("generation_exited", "web", {{"code", 1}, {"last_line", {{"exit", 1}}}});
    get("/v1/nothing");
    const std::string text = get("/metrics").body;
    for (const char* line :
         {"lastcall_service_up{service=\"web\"} 1\n", "lastcall_service_ready{service=\"web\"} 1\n",
          "lastcall_service_generation{service=\"web\"} 3\n",
          "lastcall_service_restarts_total{service=\"web\"} 2\n",
          "lastcall_log_dropped_bytes_total{service=\"worker\"} 7\n",
          "lastcall_deploys_total{service=\"web\",outcome=\"done\"} 1\n",
          "lastcall_deploys_total{service=\"web\",outcome=\"rolled_back\"} 1\n",
          "lastcall_stop_duration_seconds_bucket{service=\"web\",le=\"0.5\"} 0\n",
          "lastcall_stop_duration_seconds_bucket{service=\"web\",le=\"1\"} 1\n",
          "lastcall_stop_duration_seconds_bucket{service=\"web\",le=\"+Inf\"} 2\n",
          "lastcall_stop_duration_seconds_count{service=\"web\"} 2\n",
          "lastcall_api_requests_total{code=\"404\"} 1\n", "lastcall_journal_rows 7\n",
          "lastcall_journal_good 1\n", "# TYPE lastcall_deploys_total counter\n"}) {
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
    }
    EXPECT_EQ(text.find("baking"), std::string::npos);
}

TEST_F(Operations, MetricsCountWhatThisAgentHasWrittenBeforeTheApiAndNothingOfTheOneBefore) {
    const auto stop = [this] {
        engine.add_row("generation_exited", "web", {{"last_line", {{"stop_ms", 10}}}});
    };
    engine.add_row("agent_started", "", {{"pid", 1}});
    stop();
    engine.add_row("agent_started", "", {{"pid", ::getpid()}});
    stop();
    stop();
    serve();
    stop();
    EXPECT_NE(
        get("/metrics").body.find("lastcall_stop_duration_seconds_count{service=\"web\"} 3\n"),
        std::string::npos)
        << get("/metrics").body;
}

TEST_F(Operations, MetricsCountNothingOfTheAgentBefore) {
    engine.add_row("agent_started", "", {{"pid", 1}});
    engine.add_row("generation_exited", "web", {{"last_line", {{"stop_ms", 10}}}});
    serve();
    EXPECT_EQ(get("/metrics").body.find("lastcall_stop_duration_seconds_count{"),
              std::string::npos);
}

TEST_F(Operations, AServiceThatThereIsNotIsTold) {
    serve();
    for (const char* target : {"/v1/services/wbe/history", "/v1/services/wbe/logs",
                               "/v1/journal?service=wbe", "/v1/events?service=wbe"}) {
        const answer got = get(target);
        EXPECT_EQ(got.status, 404) << target;
        EXPECT_EQ(got.hint(), "there are: web, worker") << target;
    }
    engine.add_row("service_state", "gone");
    EXPECT_EQ(get("/v1/services/gone/history").status, 200) << "one that there was";
    EXPECT_EQ(get("/v1/services/worker/history").status, 200) << "one without a row";
}

TEST_F(Operations, HeadIsAnsweredLikeGetWithoutABody) {
    serve();
    for (const char* target : {"/v1/status", "/metrics", "/v1/events", "/ready"}) {
        const answer got = ask({.method = "HEAD", .target = target});
        EXPECT_EQ(got.status, 200) << target;
        EXPECT_EQ(got.body, "") << target;
    }
}

}  // namespace
}  // namespace lastcall::agent::testing
