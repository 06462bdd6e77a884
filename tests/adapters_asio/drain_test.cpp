// What a stop owes to the connections of a session loop that is not ours.
#include <memory>
#include <vector>

#include "adapters_http/child.hpp"
#include "adapters_http/drain_case.hpp"
#include "adapters_http/requests.hpp"

namespace lastcall::testing {

namespace {

violations listen_queue_of(const std::string& scenario) {
    violations v;
    child s(scenario);
    client blocker(s.port);
    blocker.send(get("/block"));
    std::vector<std::unique_ptr<client>> all;
    for (int i = 0; i < 50; ++i) {
        all.push_back(std::make_unique<client>(s.port));
        all.back()->send(get("/q"));
    }
    const client silent(s.port);
    s.signal();
    int served = 0;
    for (const auto& c : all) {
        v.expect(c->to_end(), "no FIN");
        served += c->count("200 OK");
    }
    v.expect(served == 50, "connections in the listen queue are lost");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

violations listen_queue(const std::string& drain) { return listen_queue_of("tracked" + drain); }

violations listen_queue_threads(const std::string& drain) {
    return listen_queue_of("threads" + drain);
}

// Tracked only when the connections drain already, by an acceptor of the service's own.
violations tracked_late(const std::string& drain) {
    violations v;
    child s("late" + drain);
    client release(s.port);
    release.send(get("/a"));
    release.until("/a\n");
    release.send("GET /release");
    client c(s.port);
    client silent(s.port);
    c.send(get("/c"));
    v.expect(s.says("late\nlate"), "not accepted");
    s.signal();
    v.expect(drains(s, release), "half a request is lost");
    v.expect(c.to_end() && has(c.in, "/c\n"), "the late connection is not served");
    v.expect(silent.to_end(), "no FIN for the silent one");
    v.expect(s.wait() == 0, "it is held by the silent one");
    return v;
}

violations race(const std::string& drain) {
    violations v;
    child s("patient" + drain);
    client c(s.port);
    client busy(s.port);
    busy.send("GET /half");
    c.send(get("/a"));
    c.until("/a\n");
    s.signal();
    v.expect(drains(s, busy), "it does not drain");
    c.in.clear();
    c.send(get("/c"));
    v.expect(c.to_end(), "no FIN");
    v.expect(has(c.in, "/c\n"), "the racing request is lost");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

// The clients never close: only the race grace and the linger end these connections.
violations idle(const std::string& drain) {
    violations v;
    child s("tracked" + drain);
    client c(s.port);
    client silent(s.port);
    c.send(get("/a"));
    c.until("/a\n");
    s.signal();
    v.expect(s.wait() == 0, "not clean");
    v.expect(has(s.report(), "\"result\":\"clean\""), "no report");
    v.expect(c.to_end() && silent.to_end(), "no FIN");
    return v;
}

violations in_flight(const std::string& drain) {
    violations v;
    child s("tracked" + drain);
    client c(s.port);
    client release(s.port);
    c.send(get("/hold"));
    release.send("GET /release");
    v.expect(s.says("held"), "not held");
    s.signal();
    v.expect(drains(s, release), "half a request is lost");
    v.expect(c.to_end(), "no FIN");
    v.expect(has(c.in, "/hold\n"), "the response is lost");
    v.expect(has(c.in, "Connection: close\r\n"), "no Connection: close");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

// Its client was not told to leave, so one more request may be on its way, even when the
// grace of those that were idle has long run out.
violations decided_before(const std::string& drain) {
    violations v;
    child s("tracked" + drain);
    client c(s.port);
    client silent(s.port);
    client idle(s.port);
    client release(s.port);
    release.send("GET /release");
    c.send(get("/hold-decided"));
    silent.send(get("/hold-decided"));
    v.expect(s.says("held\nheld"), "not held");
    s.signal();
    idle.to_end();
    v.expect(drains(s, release), "half a request is lost");
    v.expect(c.until("/hold-decided\n"), "the response is lost");
    v.expect(!has(c.in, "Connection: close\r\n"), "decided otherwise");
    c.send(get("/next"));
    v.expect(c.to_end(), "no FIN");
    v.expect(has(c.in, "/next\n"), "the request after it is lost");
    v.expect(silent.to_end(), "no FIN for the silent one");
    v.expect(s.wait() == 0, "it is held by the silent one");
    return v;
}

violations other_thread(const std::string& drain) {
    violations v;
    child s("threads" + drain);
    std::vector<std::unique_ptr<client>> all;
    for (int i = 0; i < 20; ++i) {
        all.push_back(std::make_unique<client>(s.port));
        all.back()->send(get("/elsewhere"));
    }
    client probe(s.port);
    probe.send(get("/b"));
    probe.until("/b\n");
    s.signal();
    for (const auto& c : all) {
        v.expect(c->to_end(), "no FIN");
        v.expect(has(c->in, "/elsewhere\n"), "the response is lost");
    }
    v.expect(s.wait() == 0, "not clean");
    return v;
}

// What the client sends behind the last request is read, or its kernel would throw away
// the response with the reset.
violations reads_on(const std::string& drain) {
    violations v;
    child s("tracked" + drain);
    client c(s.port);
    client probe(s.port);
    c.send(get("/a"));
    c.until("/a\n");
    s.signal();
    v.expect(hears_of_the_stop(probe), "the stop is not announced");
    c.send(get("/c"));
    v.expect(c.to_end(), "no FIN");
    v.expect(has(c.in, "/c\n"), "the racing request is lost");
    v.expect(c.send(std::string(100'000, 'x')), "cannot send any more");
    v.expect(s.wait() == 0, "not clean");
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(c.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
    v.expect(error == 0, "reset");
    return v;
}

violations lame_duck_serves(const std::string& drain) {
    violations v;
    child s("duck" + drain);
    client kept(s.port);
    kept.send(get("/a"));
    kept.until("/a\n");
    s.signal();
    v.expect(s.says("lame_duck"), "no lame duck");
    client c(s.port);
    c.send(get("/new"));
    v.expect(c.to_end(), "no FIN");
    v.expect(has(c.in, "/new\n"), "the new connection is not served");
    v.expect(has(c.in, "Connection: close\r\n"), "no Connection: close");
    kept.send(get("/again"));
    v.expect(kept.to_end() && has(kept.in, "/again\n"), "the kept connection is not served");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

// The lame duck of this service ends when nobody came for a while.
violations lame_duck_while_somebody_comes(const std::string& drain) {
    violations v;
    child s("quiet" + drain, "60s");
    s.signal();
    v.expect(s.says("lame_duck"), "no lame duck");
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    do {
        client c(s.port);
        c.send(get("/new"));
        if (!c.until("/new\n")) {
            v.expect(false, "a new connection is not served");
            break;
        }
    } while (std::chrono::steady_clock::now() < end);
    v.expect(s.wait() == 0, "not clean");
    return v;
}

violations never_complete(const std::string& drain) {
    violations v;
    child s("tracked" + drain, "2s");
    client never(s.port);
    client probe(s.port);
    never.send("GET /never");
    probe.send(get("/b"));
    probe.until("/b\n");
    s.signal();
    v.expect(hears_of_the_stop(probe), "the stop is not announced");
    v.expect(s.wait() == 82, "not forced");
    v.expect(has(s.report(), "\"result\":\"forced\""), "no report");
    return v;
}

// As many as there are descriptors are served, then as many as these give back.
[[maybe_unused]] violations few_descriptors(const std::string& drain) {
    violations v;
    child s("few" + drain);
    std::vector<std::unique_ptr<client>> all;
    for (int i = 0; i < 40; ++i) {
        all.push_back(std::make_unique<client>(s.port));
        all.back()->send(get("/q"));
    }
    all.front()->until("/q\n");
    s.signal();
    int served = 0;
    for (auto& c : all) {
        c->until("/q\n");
        served += c->count("200 OK");
        c.reset();
    }
    v.expect(served == 40, "connections in the listen queue are lost");
    v.expect(s.wait() == 0, "not clean");
    return v;
}

INSTANTIATE_TEST_SUITE_P(
    Tracked, Drain,
    ::testing::Values(
        drain_case{"ServesTheListenQueue", &listen_queue,
                   "connections in the listen queue are lost"},
        drain_case{"ServesTheListenQueueWithThreeThreads", &listen_queue_threads,
                   "connections in the listen queue are lost"},
        drain_case{"ServesWhatIsTrackedLate", &tracked_late, "the late connection is not served"},
        drain_case{"AnswersTheRequestThatRaces", &race, "the racing request is lost"},
        drain_case{"IsNotHeldByAnIdleConnection", &idle, "no report"},
        drain_case{"IsHeldByWhatIsInFlight", &in_flight, "the response is lost"},
        drain_case{"GivesGraceToAClientThatWasNotToldToLeave", &decided_before,
                   "the request after it is lost"},
        drain_case{"IsHeldByAnotherThread", &other_thread, "the response is lost"},
        drain_case{"ReadsOnBehindTheLastResponse", &reads_on, "the racing request is lost"},
        drain_case{"ServesNewConnectionsInTheLameDuck", &lame_duck_serves,
                   "the new connection is not served"},
        drain_case{"StaysInTheLameDuckWhileSomebodyComes", &lame_duck_while_somebody_comes,
                   "a new connection is not served"},
        drain_case{"CutsWhatIsInsideAtTheDeadline", &never_complete, "no report"}),
    Drain::name_of);

// The sanitizer takes a descriptor to look at memory, and there is none left.
#if !defined(__SANITIZE_ADDRESS__)
INSTANTIATE_TEST_SUITE_P(TrackedDescriptors, Drain,
                         ::testing::Values(drain_case{"WaitsForDescriptors", &few_descriptors,
                                                      "connections in the listen queue are lost"}),
                         Drain::name_of);
#endif

}  // namespace
}  // namespace lastcall::testing
