// What a stop owes to connections and requests.
#include <memory>
#include <vector>

#include "adapters_http/child.hpp"
#include "adapters_http/drain_case.hpp"
#include "adapters_http/requests.hpp"

namespace lastcall::testing {

namespace {

violations in_flight(const std::string& drain) {
    violations v;
    child s("http" + drain);
    client c(s.port);
    client probe(s.port);
    c.send(get("/slow"));
    probe.send(get("/b"));
    probe.until("\r\n\r\n");
    s.signal();
    v.expect(c.to_end(), "no FIN after the response");
    v.expect(has(c.in, "later\n"), "the response is not complete");
    v.expect(has(c.in, "Connection: close\r\n"), "no Connection: close");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

violations idle_in_race(const std::string& drain) {
    violations v;
    child s("patient" + drain);
    client c(s.port);
    client busy(s.port);
    busy.send("GET /half");
    c.send(get("/b"));
    c.until("\r\n\r\n");
    s.signal();
    v.expect(drains(s, busy), "it does not drain");
    c.in.clear();
    c.send(get("/c"));
    c.to_end();
    v.expect(has(c.in, "200 OK"), "the racing request is lost");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

violations idle_gets_fin(const std::string& drain) {
    violations v;
    child s("http" + drain);
    client c(s.port);
    client silent(s.port);
    c.send(get("/b"));
    c.until("\r\n\r\n");
    s.signal();
    v.expect(s.wait() == 0, "not clean");
    v.expect(c.to_end(), "no FIN");
    v.expect(silent.to_end(), "no FIN for the silent one");
    v.expect(has(s.report(), "\"result\":\"clean\""), "no report");
    return v;
}

violations listen_queue(const std::string& drain) {
    violations v;
    child s("http" + drain);
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
    v.expect(served == 50, "connections in the listen queue are lost");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

violations half_a_request(const std::string& drain) {
    violations v;
    child s("http" + drain);
    client c(s.port);
    client busy(s.port);
    c.send("GET /half HT");
    busy.send(get("/slow"));
    s.signal();
    busy.until("Connection: close");
    c.send("TP/1.1\r\nHost: a\r\n\r\n");
    v.expect(c.to_end(), "no FIN");
    v.expect(has(c.in, "200 OK"), "not answered");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

violations pipelined(const std::string& drain) {
    violations v;
    child s("http" + drain);
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
    v.expect(c.count("200 OK") == 21, "pipelined requests are lost");
    v.expect(c.count("Connection: close") == 1, "closed other than after the last");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

INSTANTIATE_TEST_SUITE_P(
    Http, Drain,
    ::testing::Values(
        drain_case{"AnswersWhatIsInFlight", &in_flight, "the response is not complete"},
        drain_case{"AnswersTheRequestThatRaces", &idle_in_race, "the racing request is lost"},
        drain_case{"GivesAnIdleConnectionAFin", &idle_gets_fin, "no report"},
        drain_case{"ServesTheListenQueue", &listen_queue,
                   "connections in the listen queue are lost"},
        drain_case{"AnswersHalfARequest", &half_a_request, "not answered"},
        drain_case{"AnswersWhatIsPipelined", &pipelined, "pipelined requests are lost"}),
    Drain::name_of);

}  // namespace
}  // namespace lastcall::testing
