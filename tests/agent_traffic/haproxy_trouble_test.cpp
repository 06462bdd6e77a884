// The driver and a real HAProxy, where something is wrong.
#include <gtest/gtest.h>

#include <thread>

#include "agent_traffic/proxy.hpp"

namespace lastcall::agent_traffic_test {
namespace {

using kind = haproxy_error::kind;

/// What a call is refused with; its kind has to be `expected`.
template <class Call>
std::string refusal(kind expected, Call call) {
    try {
        call();
    } catch (const haproxy_error& error) {
        EXPECT_EQ(error.why(), expected) << error.what();
        return error.what();
    }
    ADD_FAILURE() << "it was not refused";
    return {};
}

/// Whether a request gets through, at once.
void expect_served(const proxy& with) { EXPECT_EQ(client(with.front()).ask("/"), 200); }

TEST(HaproxyTrouble, NobodyAtTheSocketIsToldWithinTheLimit) {
    const sys::private_directory folder;
    agent::traffic_spec spec;
    spec.runtime_socket = "unix:" + (folder.path() / "none.sock").string();
    spec.backend = "app";
    spec.servers = {"blue", "green"};
    spec.addresses = {"127.0.0.1:9001", "127.0.0.1:9002"};
    haproxy driver(spec);
    const std::string text = refusal(kind::unreachable, [&] { driver.check(within(1s)); });
    EXPECT_NE(text.find(spec.runtime_socket), std::string::npos) << text;
    EXPECT_NE(text.find("No such file"), std::string::npos) << text;
}

TEST(HaproxyTrouble, AWrongNameIsToldWithWhatThereIs) {
    NEEDS_HAPROXY();
    proxy with;
    agent::traffic_spec spec = with.spec();
    spec.backend = "apps";
    EXPECT_EQ(refusal(kind::bad_setting, [&] { haproxy(spec).check(within(5s)); }),
              "HAProxy has no backend \"apps\"; compare `backend` with its configuration");
    spec = with.spec();
    spec.servers[1] = "red";
    EXPECT_EQ(refusal(kind::bad_setting, [&] { haproxy(spec).check(within(5s)); }),
              "backend \"app\" has no server \"red\"; it has: blue, green");
    EXPECT_EQ(refusal(kind::bad_setting, [&] { haproxy(spec).move_to(1, within(5s)); }),
              "backend \"app\" has no server \"red\"; it has: blue, green");
    expect_served(with);
}

TEST(HaproxyTrouble, AServerWithoutACheckIsRefused) {
    NEEDS_HAPROXY();
    proxy with({.check = ""});
    const std::string text =
        refusal(kind::bad_setting, [&] { haproxy(with.spec()).check(within(5s)); });
    EXPECT_NE(text.find("has no health check"), std::string::npos) << text;
}

TEST(HaproxyTrouble, ASocketThatMayOnlyLookIsRefused) {
    NEEDS_HAPROXY();
    proxy with({.level = "user"});
    const std::string text =
        refusal(kind::refused, [&] { haproxy(with.spec()).check(within(5s)); });
    EXPECT_NE(text.find("level admin"), std::string::npos) << text;
}

TEST(HaproxyTrouble, AServerThatNeverGetsHealthyIsPutBackAndTheOtherNotTouched) {
    NEEDS_HAPROXY();
    proxy with;
    haproxy driver(with.spec());
    load clients(with.front(), 4);
    with.serve(1);
    with.server(1).set_healthy(false);
    const std::string text = refusal(kind::not_ready, [&] { driver.move_to(1, within(1s)); });
    EXPECT_NE(text.find("app/green"), std::string::npos) << text;
    EXPECT_NE(text.find("L7STS"), std::string::npos) << "what its check says: " << text;
    const auto seen = driver.look(within(5s));
    EXPECT_EQ(seen.owner, 0U);
    EXPECT_TRUE(seen.servers[1].is_in_maint);
    clients.wait_for_more(100);
    clients.stop();
    EXPECT_EQ(clients.bad(), 0);
}

TEST(HaproxyTrouble, AnOldPassOfACheckConfirmsNobody) {
    NEEDS_HAPROXY();
    // A check that is not answered lasts for a minute, and the result before it stands.
    proxy with({.check = "check inter 60s fastinter 100ms downinter 100ms rise 2 fall 2"});
    const agent::traffic::haproxy_socket socket(with.spec().runtime_socket);
    const auto result = [&] {
        const auto all =
            agent::traffic::read_servers(socket.ask("show servers state app", within(5s)));
        return all.value().at(0).check_result;
    };
    while (result() != 3) {
        std::this_thread::yield();
    }
    EXPECT_EQ(socket.ask("set server app/blue state maint", within(5s)), "\n");
    with.server(0).set_silent();
    haproxy driver(with.spec());
    refusal(kind::not_ready, [&] { driver.move_to(0, within(500ms)); });
    EXPECT_EQ(result(), 3) << "it has been checked: this shows nothing";
    EXPECT_TRUE(driver.look(within(5s)).servers[0].is_in_maint);
}

TEST(HaproxyTrouble, TheLastServerIsNeverDrained) {
    NEEDS_HAPROXY();
    proxy with;
    haproxy driver(with.spec());
    const std::string text = refusal(kind::last_server, [&] { driver.empty(0, within(1s)); });
    EXPECT_NE(text.find("no other one is ready"), std::string::npos) << text;
    EXPECT_EQ(driver.look(within(5s)).owner, 0U);
    with.serve(1);
    driver.move_to(1, within(20s));
    driver.empty(0, within(20s));
    refusal(kind::last_server, [&] { driver.empty(1, within(1s)); });
    expect_served(with);
}

TEST(HaproxyTrouble, AnOldOneIsNotGivenUpWhenTheNewOneHasDiedMeanwhile) {
    NEEDS_HAPROXY();
    proxy with;
    haproxy driver(with.spec());
    with.serve(1);
    driver.move_to(1, within(20s));
    with.end(1);
    const auto limit = within(20s);
    while (driver.look(within(5s)).servers[1].is_ready && !limit.is_over()) {
        std::this_thread::yield();
    }
    refusal(kind::last_server, [&] { driver.empty(0, within(1s)); });
    driver.move_to(0, within(20s));
    expect_served(with);
}

TEST(HaproxyTrouble, ARequestThatNeverEndsIsCutAtTheLimitAndCounted) {
    NEEDS_HAPROXY();
    proxy with;
    haproxy driver(with.spec());
    int status = -1;
    std::thread endless([&] { status = client(with.front()).ask("/endless"); });
    while (with.server(0).endless() == 0) {
        std::this_thread::yield();
    }
    with.serve(1);
    driver.move_to(1, within(20s));
    const auto drained = driver.empty(0, within(300ms));
    endless.join();
    EXPECT_EQ(drained.cut, 1);
    ASSERT_EQ(drained.longest.size(), 1U);
    EXPECT_EQ(drained.longest[0].source.substr(0, 10), "127.0.0.1:");
    EXPECT_GE(drained.took, 300ms);
    EXPECT_EQ(status, 502);
    const auto seen = driver.look(within(5s));
    EXPECT_EQ(seen.owner, 1U);
    EXPECT_TRUE(seen.servers[0].is_in_maint);
    EXPECT_EQ(seen.servers[0].sessions, 0);
}

TEST(HaproxyTrouble, AStopOfTheAgentEndsTheWaitAndTheDrainGoesOn) {
    NEEDS_HAPROXY();
    proxy with;
    haproxy driver(with.spec());
    int status = -1;
    std::thread endless([&] { status = client(with.front()).ask("/endless"); });
    while (with.server(0).endless() == 0) {
        std::this_thread::yield();
    }
    with.serve(1);
    driver.move_to(1, within(20s));
    std::stop_source stop;
    std::thread stopper([&] {
        haproxy other(with.spec());
        while (!other.look(within(5s)).servers[0].is_draining) {
            std::this_thread::yield();
        }
        stop.request_stop();
    });
    time_limit limit = within(60s);
    limit.stop = stop.get_token();
    refusal(kind::stopped, [&] { driver.empty(0, limit); });
    stopper.join();
    EXPECT_TRUE(driver.look(within(5s)).servers[0].is_draining);
    EXPECT_EQ(driver.empty(0, within(100ms)).cut, 1) << "the next agent ends it";
    endless.join();
    EXPECT_EQ(status, 502);
}

}  // namespace
}  // namespace lastcall::agent_traffic_test
