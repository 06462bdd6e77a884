// Each scenario returns what was violated, and is run against our server, where nothing
// may be, and against one whose SIGTERM just ends the loop, where something must be.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "adapters_http/child.hpp"

namespace lastcall::testing {
namespace {

using violations = std::vector<std::string>;
using scenario = violations (*)(const std::string& server);

std::string get(std::string_view path) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

void expect(violations& v, bool holds, const char* what) {
    if (!holds) {
        v.emplace_back(what);
    }
}

violations in_flight(const std::string& server) {
    violations v;
    child s(server);
    client c(s.port);
    client probe(s.port);
    c.send(get("/slow"));
    probe.send(get("/b"));
    probe.until("\r\n\r\n");
    s.signal();
    expect(v, c.to_end(), "no FIN after the response");
    expect(v, c.in.find("later\n") != std::string::npos, "the response is not complete");
    expect(v, c.in.find("Connection: close\r\n") != std::string::npos, "no Connection: close");
    expect(v, s.wait() == 0, "not clean");
    return v;
}

violations idle_in_race(const std::string& server) {
    violations v;
    child s(server);
    client c(s.port);
    client busy(s.port);
    c.send(get("/b"));
    c.until("\r\n\r\n");
    busy.send(get("/slow"));
    s.signal();
    busy.until("Connection: close");
    c.in.clear();
    c.send(get("/c"));
    c.to_end();
    expect(v, c.in.find("200 OK") != std::string::npos, "the racing request is lost");
    expect(v, s.wait() == 0, "not clean");
    return v;
}

violations idle_gets_fin(const std::string& server) {
    violations v;
    child s(server);
    client c(s.port);
    client silent(s.port);
    c.send(get("/b"));
    c.until("\r\n\r\n");
    s.signal();
    expect(v, s.wait() == 0, "not clean");
    expect(v, c.to_end(), "no FIN");
    expect(v, silent.to_end(), "no FIN for the silent one");
    expect(v, s.report().find("\"result\":\"clean\"") != std::string::npos, "no report");
    return v;
}

violations listen_queue(const std::string& server) {
    violations v;
    child s(server);
    client blocker(s.port);
    blocker.send(get("/block"));
    std::vector<std::unique_ptr<client>> all;
    for (int i = 0; i < 50; ++i) {
        all.push_back(std::make_unique<client>(s.port));
        all.back()->send(get("/q"));
    }
    s.signal();
    int served = 0;
    for (const auto& c : all) {
        c->to_end();
        served += c->count("200 OK");
    }
    expect(v, served == 50, "connections in the listen queue are lost");
    expect(v, s.wait() == 0, "not clean");
    return v;
}

violations half_a_request(const std::string& server) {
    violations v;
    child s(server);
    client c(s.port);
    client busy(s.port);
    c.send("GET /half HT");
    busy.send(get("/slow"));
    s.signal();
    busy.until("Connection: close");
    c.send("TP/1.1\r\nHost: a\r\n\r\n");
    expect(v, c.to_end(), "no FIN");
    expect(v, c.in.find("200 OK") != std::string::npos, "not answered");
    expect(v, s.wait() == 0, "not clean");
    return v;
}

violations pipelined(const std::string& server) {
    violations v;
    child s(server);
    client c(s.port);
    client probe(s.port);
    std::string all = get("/slow");
    for (int i = 0; i < 20; ++i) {
        all += get("/p");
    }
    c.send(all);
    probe.send(get("/b"));
    probe.until("\r\n\r\n");
    s.signal();
    c.to_end();
    expect(v, c.count("200 OK") == 21, "pipelined requests are lost");
    expect(v, c.count("Connection: close") == 1, "closed other than after the last");
    expect(v, s.wait() == 0, "not clean");
    return v;
}

class Drain : public ::testing::TestWithParam<scenario> {};

TEST_P(Drain, LosesNothing) { EXPECT_EQ(GetParam()("http"), violations{}); }
TEST_P(Drain, IsMissedWhereNobodyDrains) { EXPECT_NE(GetParam()("null"), violations{}); }

INSTANTIATE_TEST_SUITE_P(Http, Drain,
                         ::testing::Values(&in_flight, &idle_in_race, &idle_gets_fin, &listen_queue,
                                           &half_a_request, &pipelined));

TEST(DrainAtTheDeadline, CutsAStreamAndNamesItInTheReport) {
    child s("http", "2s");
    client c(s.port);
    c.send(get("/long"));
    ASSERT_TRUE(c.until("first"));
    EXPECT_EQ(s.stop(), 82);
    c.to_end();
    EXPECT_EQ(c.in.find("\r\n0\r\n"), std::string::npos);
    EXPECT_NE(s.report().find("cut GET /long from 127.0.0.1:"), std::string::npos) << s.report();
}

TEST(DrainAtTheDeadline, AbandonsAnExchangeThatIsNeverAnsweredAndNamesIt) {
    child s("http", "2s");
    client c(s.port);
    client probe(s.port);
    c.send(get("/never"));
    probe.send(get("/b"));
    ASSERT_TRUE(probe.until("\r\n\r\n"));
    EXPECT_EQ(s.stop(), 83);
    EXPECT_NE(s.report().find("never"), std::string::npos) << s.report();
}

TEST(DrainForced, EndsAtOnceBySecondInterrupt) {
    child s("http", "60s");
    client c(s.port);
    c.send(get("/long"));
    ASSERT_TRUE(c.until("first"));
    s.signal(SIGINT);
    client probe(s.port);
    s.signal(SIGINT);
    while (!c.ended && !c.was_reset && c.to_end()) {
        s.signal(SIGINT);
    }
    EXPECT_EQ(s.wait(), 82);
}

TEST(DrainAfterTheSignal, ServesNewConnectionsAndAnnouncesTheClose) {
    child s("duck");
    s.signal();
    client c(s.port);
    c.send(get("/new"));
    EXPECT_TRUE(c.to_end());
    EXPECT_NE(c.in.find("200 OK"), std::string::npos);
    EXPECT_EQ(s.wait(), 0);
}

TEST(Drain, TellsAWebSocketThatItGoesAwayAndCutsOneThatDoesNotAnswer) {
    child s("http");
    client c(s.port);
    c.send(
        "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    ASSERT_TRUE(c.until("\r\n\r\n"));
    EXPECT_EQ(s.stop(), 0);
    c.to_end();
    EXPECT_NE(c.in.find("\x03\xe9the service is stopping"), std::string::npos);
}

}  // namespace
}  // namespace lastcall::testing
