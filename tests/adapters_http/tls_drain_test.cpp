// A stop as the clients of a TLS server see it: a connection that ends without
// close_notify looks as if somebody had cut it.
#include "adapters_http/drain_case.hpp"
#include "adapters_http/requests.hpp"
#include "adapters_http/tls_client.hpp"

namespace lastcall::testing {
namespace {

struct tls_service : child {
    explicit tls_service(const std::string& drain, const std::string& grace = "10s")
        : child("tls" + drain, grace) {}
    [[nodiscard]] tls_client connect() const { return {port, folder.path + "/cert"}; }
};

violations idle(const std::string& drain) {
    violations v;
    tls_service s(drain);
    tls_client c = s.connect();
    c.send(get("/a"));
    c.until("/a\n");
    tls_client silent = s.connect();
    silent.handshake();
    s.signal();
    v.expect(c.to_end(), "no close_notify and FIN");
    v.expect(silent.to_end(), "no close_notify and FIN for the one that asked nothing");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

violations in_flight(const std::string& drain) {
    violations v;
    tls_service s(drain);
    tls_client c = s.connect();
    tls_client probe = s.connect();
    c.send(get("/slow"));
    probe.send(get("/b"));
    probe.until("/b\n");
    s.signal();
    v.expect(c.to_end(), "no close_notify and FIN");
    v.expect(has(c.in, "later\n"), "the response is not complete");
    v.expect(has(c.in, "Connection: close\r\n"), "no Connection: close");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

violations race(const std::string& drain) {
    violations v;
    tls_service s("-patient" + drain);
    tls_client c = s.connect();
    tls_client busy = s.connect();
    busy.send("GET /half");
    c.send(get("/a"));
    c.until("/a\n");
    s.signal();
    v.expect(drains(s, busy), "it does not drain");
    c.in.clear();
    c.send(get("/c"));
    v.expect(c.to_end(), "no close_notify and FIN");
    v.expect(has(c.in, "/c\n"), "the racing request is lost");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

violations pipelined(const std::string& drain) {
    violations v;
    tls_service s(drain);
    tls_client c = s.connect();
    tls_client probe = s.connect();
    c.send(get("/slow"));
    for (int i = 0; i < 20; ++i) {
        c.send(get("/p"));  // each a record of its own
    }
    probe.send(get("/b"));
    probe.until("/b\n");
    s.signal();
    v.expect(c.to_end(), "no close_notify and FIN");
    v.expect(c.count("200 OK") == 21, "pipelined requests are lost");
    v.expect(c.count("Connection: close") == 1, "closed other than after the last");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

violations no_handshake(const std::string& drain) {
    violations v;
    tls_service s(drain);
    client silent(s.port);
    client half(s.port);
    half.send("\x16\x03\x01\x02");  // the first bytes of a ClientHello
    tls_client probe = s.connect();
    probe.send(get("/b"));
    probe.until("/b\n");
    s.signal();
    // It would hold the drain to the deadline: the limit of an idle connection is longer.
    v.expect(s.wait() == 0, "not clean");
    v.expect(has(s.report(), "\"result\":\"clean\""), "no report");
    v.expect(silent.to_end() && half.to_end(), "no FIN");
    return v;
}

violations websocket(const std::string& drain) {
    violations v;
    tls_service s(drain);
    tls_client c = s.connect();
    c.send(upgrade + frame(0x81, "hello"));
    c.until("hello");
    s.signal();
    v.expect(c.until(going_away), "no close code 1001");
    c.send(frame(0x88, "\x03\xe9"));
    v.expect(c.to_end(), "no close_notify and FIN");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

violations stream_at_the_deadline(const std::string& drain) {
    violations v;
    tls_service s(drain, "2s");
    tls_client c = s.connect();
    tls_client probe = s.connect();
    c.send(get("/ticks"));
    c.until("tick\n");
    s.signal();
    v.expect(hears_of_the_stop(probe), "the stop is not announced");
    v.expect(c.until("tick\n", c.count("tick\n") + 5), "the stream was cut at once");
    c.to_end();
    v.expect(!c.said_goodbye(), "the cut stream looks whole");
    v.expect(s.wait() == 82, "not forced");
    v.expect(has(s.report(), "cut GET /ticks from 127.0.0.1:"), "the stream is not named");
    return v;
}

INSTANTIATE_TEST_SUITE_P(
    HttpTls, Drain,
    ::testing::Values(
        drain_case{"SaysGoodbyeToAnIdleConnection", &idle, "no close_notify and FIN"},
        drain_case{"AnswersWhatIsInFlight", &in_flight, "the response is not complete"},
        drain_case{"AnswersTheRequestThatRaces", &race, "the racing request is lost"},
        drain_case{"AnswersWhatIsPipelined", &pipelined, "pipelined requests are lost"},
        drain_case{"IsNotHeldByAClientWithoutAHandshake", &no_handshake, "no report"},
        drain_case{"TellsAWebSocketThatItGoesAway", &websocket, "no close code 1001"},
        drain_case{"CutsAStreamAtTheDeadlineAndNamesIt", &stream_at_the_deadline,
                   "the stream was cut at once"}),
    Drain::name_of);

}  // namespace
}  // namespace lastcall::testing
