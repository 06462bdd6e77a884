// Every way to ask wrongly.
#include "agent_api/api_fixture.hpp"

namespace lastcall::agent::testing {
namespace {

using Refusals = api_fixture;

struct wrong {
    question asked;
    int status;
    std::string code;
};

TEST_F(Refusals, SayWhatIsWrongWithATargetOrABody) {
    serve();
    const std::string deploys = "/v1/services/web/deploys";
    const auto body = [&](const std::string& text) {
        return question{.method = "POST", .target = deploys, .body = text};
    };
    const auto target = [](const std::string& text) { return question{.target = text}; };
    const std::vector<wrong> all{
        {target("/"), 404, "not_found"},
        {target("/v1"), 404, "not_found"},
        {target("/v1/status/"), 404, "not_found"},
        {target("//v1/status"), 404, "not_found"},
        {target("/v1/services//logs"), 404, "not_found"},
        {target("/V1/STATUS"), 404, "not_found"},
        {target("/v1/statu%73"), 404, "not_found"},
        {target("/v1/services/a%zz"), 400, "bad_request"},
        {target("/v1/services/a%2"), 400, "bad_request"},
        {target("/v1/services/a%00b"), 400, "bad_request"},
        {target("/v1/services/a%0Ab"), 400, "bad_request"},
        {target("/v1/services/%ff"), 400, "bad_request"},
        {target("/v1/services/..%2f..%2fetc"), 404, "not_found"},
        {target("/v1/status?x=1"), 400, "bad_request"},
        {target("/v1/deploys/0"), 400, "bad_request"},
        {target("/v1/deploys/-1"), 400, "bad_request"},
        {target("/v1/deploys/1x"), 400, "bad_request"},
        {target("/v1/deploys/99999999999999999999"), 400, "bad_request"},
        {target("/v1/deploys/77"), 404, "not_found"},
        {target("/v1/journal?limit=0"), 400, "bad_request"},
        {target("/v1/journal?limit=1001"), 400, "bad_request"},
        {target("/v1/journal?limit=1&limit=2"), 400, "bad_request"},
        {target("/v1/journal?after=-1"), 400, "bad_request"},
        {target("/v1/journal?after=1.5"), 400, "bad_request"},
        {target("/v1/journal?newest=yes"), 400, "bad_request"},
        {target("/v1/journal?deploy=0"), 400, "bad_request"},
        {target("/v1/services/web/history?service=x"), 400, "bad_request"},
        {target("/v1/services/web/logs?tail=100001"), 400, "bad_request"},
        {target("/v1/services/web/logs?follow=2"), 400, "bad_request"},
        {target("/v1/services/none/logs"), 404, "not_found"},
        {target("/v1/events?after=x"), 400, "bad_request"},
        {{.target = "/v1/events", .more = "Last-Event-ID: x\r\n"}, 400, "bad_request"},
        {body("{"), 400, "bad_request"},
        {body("[]"), 400, "bad_request"},
        {body("null"), 400, "bad_request"},
        {body("{} {}"), 400, "bad_request"},
        {body(R"({"comand": []})"), 400, "bad_request"},
        {body(R"({"command": "x"})"), 400, "bad_request"},
        {body(R"({"command": [1]})"), 400, "bad_request"},
        {body(R"({"command": [""]})"), 400, "bad_request"},
        {body(R"({"command": ["a\u0000b"]})"), 400, "bad_request"},
        {body(R"({"environment": []})"), 400, "bad_request"},
        {body(R"({"environment": {"A": 1}})"), 400, "bad_request"},
        {body(R"({"environment": {"A=B": "1"}})"), 400, "bad_request"},
        {body(R"({"environment": {"": "1"}})"), 400, "bad_request"},
        {body(R"({"force": 1})"), 400, "bad_request"},
        {body(R"({"note": null})"), 400, "bad_request"},
        {body(R"({"note": "a", "note": "b"})"), 400, "bad_request"},
        {body(R"({"environment": {"A": "1", "A": "2"}})"), 400, "bad_request"},
        {body("{\"note\": \"\xff\"}"), 400, "bad_request"},
        {body("{\"note\": \"\xed\xa0\x80\"}"), 400, "bad_request"},
        {body("{\"note\": " + std::string(100'000, '[') + "}"), 400, "bad_request"},
        {body("{\"note\": " + std::string(100'000, '[') + std::string(100'000, ']') + "}"), 400,
         "bad_request"},
        {{.method = "POST", .target = deploys, .body = "{}", .more = "Content-Type: text/html\r\n"},
         415,
         "unsupported_media_type"},
        {{.method = "POST",
          .target = "/v1/apply",
          .body = "{}",
          .more = "Content-Type: application/json\r\n"},
         415,
         "unsupported_media_type"},
        {{.method = "POST", .target = "/v1/stop", .body = R"({"now": true})"}, 400, "bad_request"},
        {{.method = "POST", .target = "/v1/upgrade"}, 400, "bad_request"},
        {{.method = "POST", .target = deploys, .more = "Idempotency-Key: \r\n"},
         400,
         "bad_request"},
        {{.method = "POST", .target = deploys, .more = "Idempotency-Key: a b\r\n"},
         400,
         "bad_request"},
        {{.method = "POST",
          .target = deploys,
          .more = "Idempotency-Key: a\r\nIdempotency-Key: b\r\n"},
         400,
         "bad_request"},
        {{.method = "POST",
          .target = deploys,
          .more = "Idempotency-Key: " + std::string(129, 'k') + "\r\n"},
         400,
         "bad_request"},
        {{.target = "/v1/status", .more = "Authorization: Bearer x\r\n"}, 400, "bad_request"},
    };
    for (const wrong& one : all) {
        const answer got = ask(one.asked);
        EXPECT_EQ(got.status, one.status)
            << one.asked.target << " " << one.asked.body.substr(0, 80);
        EXPECT_EQ(got.code(), one.code) << one.asked.target;
    }
    EXPECT_TRUE(engine.what_was_seen().calls.empty()) << "something was done";
}

TEST_F(Refusals, OfDeepNestingComeBeforeThoseOfAType) {
    serve();
    const auto nested = [this](int levels) {
        return post("/v1/services/web/deploys",
                    R"({"note": )" + std::string(static_cast<std::size_t>(levels), '[') +
                        std::string(static_cast<std::size_t>(levels), ']') + "}")
            .value()["error"]["message"]
            .get<std::string>();
    };
    EXPECT_NE(nested(20).find("nested deeper"), std::string::npos);
    EXPECT_EQ(nested(3).find("nested deeper"), std::string::npos);
}

TEST_F(Refusals, AWrongMethodIsToldTheRightOne) {
    serve();
    for (const char* method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"}) {
        const answer got = ask({.method = method, .target = "/v1/status"});
        EXPECT_EQ(got.status, 405) << method;
        EXPECT_EQ(got.fields.at("allow"), "GET, HEAD");
    }
    const answer got = get("/v1/services/web/deploys");
    EXPECT_EQ(got.status, 405);
    EXPECT_EQ(got.fields.at("allow"), "POST");
}

TEST_F(Refusals, AnUnknownPathNamesTheNearest) {
    serve();
    EXPECT_EQ(get("/v1/stauts").hint(), "did you mean /v1/status?");
    EXPECT_EQ(get("/v1/services/web/log").hint(), "did you mean /v1/services/{name}/logs?");
    EXPECT_EQ(get("/v1/" + std::string(10'000, 'x')).status, 404);
}

TEST_F(Refusals, OfTheEngineHaveTheirStatus) {
    serve();
    const std::vector<std::pair<refusal::kind, int>> all{{refusal::kind::invalid, 422},
                                                         {refusal::kind::not_found, 404},
                                                         {refusal::kind::conflict, 409},
                                                         {refusal::kind::forbidden, 403},
                                                         {refusal::kind::unavailable, 503}};
    for (const auto& [kind, status] : all) {
        engine.refuse_with(refusal(kind, "because", "do this"));
        for (const question& asked :
             {question{.target = "/v1/status"}, question{.target = "/v1/services/web"},
              question{.target = "/v1/deploys/1"}, question{.target = "/metrics"},
              question{.target = "/ready"},
              question{.method = "POST", .target = "/v1/services/web/deploys"},
              question{.method = "POST", .target = "/v1/services/web/stop"},
              question{.method = "POST",
              .target = "/v1/deploys/1/approve",
              .body = R"({"digest": "x"})"}}) {
            const answer got = ask(asked);
            EXPECT_EQ(got.status, status) << asked.target;
            EXPECT_EQ(got.hint(), "do this");
        }
    }
}

TEST_F(Refusals, ABodyBeyondOneMebibyteIsNotRead) {
    serve();
    local_client one(options.socket);
    ASSERT_TRUE(one.send("POST /v1/apply HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n"));
    EXPECT_TRUE(one.until("413 Payload Too Large"));
    const question fits{.method = "POST",
                        .target = "/v1/apply",
                        .body = std::string(1'048'576, 'x'),
                        .more = "Content-Type: text/yaml\r\n"};
    EXPECT_EQ(ask(fits).status, 202);
}

}  // namespace
}  // namespace lastcall::agent::testing
