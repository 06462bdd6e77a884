// How a stop ends what has no end of its own: streams, WebSockets, the lame duck, a stop
// in a hurry.
#include "adapters_http/child.hpp"
#include "adapters_http/drain_case.hpp"
#include "adapters_http/requests.hpp"

namespace lastcall::testing {
namespace {

constexpr auto last_chunk = "\r\n0\r\n\r\n";

// A stream that goes on while the service stops.
bool goes_on(client& c) {
    const int before = c.count("tick\n");
    return c.until("tick\n", before + 5);
}

violations stream_that_fits(const std::string& drain) {
    violations v;
    child s("http" + drain);
    client c(s.port);
    client probe(s.port);
    client other(s.port);
    other.send("GET /enough HT");
    c.send(get("/ticks"));
    c.until("tick\n");
    s.signal();
    v.expect(hears_of_the_stop(probe), "the stop is not announced");
    v.expect(goes_on(c), "the stream was cut at once");
    other.send("TP/1.1\r\nHost: a\r\n\r\n");
    v.expect(other.to_end() && has(other.in, "ends\n"), "the other request is lost");
    v.expect(c.to_end(), "no FIN after the stream");
    v.expect(has(c.in, "last\n") && c.in.ends_with(last_chunk), "the stream has no end");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

violations stream_that_does_not_fit(const std::string& drain) {
    violations v;
    child s("http" + drain, "2s");
    client c(s.port);
    client probe(s.port);
    c.send(get("/ticks"));
    c.until("tick\n");
    s.signal();
    v.expect(hears_of_the_stop(probe), "the stop is not announced");
    v.expect(goes_on(c), "the stream was cut at once");
    c.to_end();
    v.expect(!has(c.in, last_chunk), "the cut stream looks whole");
    v.expect(s.wait() == 82, "not forced");
    v.expect(has(s.report(), "cut GET /ticks from 127.0.0.1:"), "the stream is not named");
    return v;
}

violations silent_stream(const std::string& drain) {
    violations v;
    child s("http" + drain, "2s");
    client c(s.port);
    c.send(get("/long"));
    c.until("first");
    v.expect(s.stop() == 82, "not forced");
    c.to_end();
    v.expect(!has(c.in, last_chunk), "the cut stream looks whole");
    v.expect(has(s.report(), "cut GET /long from 127.0.0.1:"), "the stream is not named");
    return v;
}

violations never_answered(const std::string& drain) {
    violations v;
    child s("http" + drain, "2s");
    client c(s.port);
    client probe(s.port);
    c.send(get("/never"));
    probe.send(get("/b"));
    probe.until("\r\n\r\n");
    v.expect(s.stop() == 83, "not abandoned");
    v.expect(has(s.report(), "never"), "the exchange is not named");
    return v;
}

violations second_interrupt(const std::string& drain) {
    violations v;
    child s("http" + drain, "60s");
    client c(s.port);
    client probe(s.port);
    c.send(get("/ticks"));
    c.until("tick\n");
    s.signal(SIGINT);
    v.expect(hears_of_the_stop(probe), "the stop is not announced");
    v.expect(goes_on(c), "the first signal cut the stream");
    s.signal(SIGINT);
    c.to_end();
    v.expect(!has(c.in, last_chunk), "the cut stream looks whole");
    v.expect(s.wait() == 82, "not forced");
    v.expect(has(s.report(), "cut GET /ticks from 127.0.0.1:"), "the stream is not named");
    return v;
}

violations lame_duck_serves(const std::string& drain) {
    violations v;
    child s("duck" + drain);
    client idle(s.port);
    idle.send(get("/a"));
    idle.until("/a\n");
    s.signal();
    v.expect(s.says("lame_duck"), "no lame duck");
    client c(s.port);
    c.send(get("/new"));
    v.expect(c.to_end(), "no FIN on the new connection");
    v.expect(has(c.in, "200 OK"), "the new connection is not served");
    v.expect(has(c.in, "Connection: close\r\n"), "the new connection is not told to close");
    idle.in.clear();
    idle.send(get("/again"));
    v.expect(idle.to_end() && has(idle.in, "/again\n"), "the kept connection is not served");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

violations websocket_is_told(const std::string& drain) {
    violations v;
    child s("http" + drain);
    client c(s.port);
    c.send(upgrade + frame(0x81, "hello"));
    c.until("hello");
    s.signal();
    v.expect(c.until(going_away), "no close code 1001");
    c.send(frame(0x88, "\x03\xe9"));
    v.expect(c.to_end(), "no FIN after the close");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

violations websocket_does_not_answer(const std::string& drain) {
    violations v;
    child s("http" + drain);
    client c(s.port);
    c.send(upgrade);
    c.until("\r\n\r\n");
    s.signal();
    v.expect(c.until(going_away), "no close code 1001");
    v.expect(s.wait() == 0, "it holds the drain");
    return v;
}

INSTANTIATE_TEST_SUITE_P(
    HttpEnd, Drain,
    ::testing::Values(
        drain_case{"EndsAStreamThatFits", &stream_that_fits, "the stream has no end"},
        drain_case{"CutsAStreamAtTheDeadlineAndNamesIt", &stream_that_does_not_fit,
                   "the stream was cut at once"},
        drain_case{"CutsASilentStreamAndNamesIt", &silent_stream, "the stream is not named"},
        drain_case{"AbandonsWhatIsNeverAnsweredAndNamesIt", &never_answered,
                   "the exchange is not named"},
        drain_case{"IsForcedByTheSecondInterruptOnly", &second_interrupt,
                   "the first signal cut the stream"},
        drain_case{"ServesNewConnectionsInTheLameDuck", &lame_duck_serves,
                   "the new connection is not served"},
        drain_case{"TellsAWebSocketThatItGoesAway", &websocket_is_told, "no close code 1001"},
        drain_case{"CutsAWebSocketThatDoesNotAnswer", &websocket_does_not_answer,
                   "no close code 1001"}),
    Drain::name_of);

}  // namespace
}  // namespace lastcall::testing
