// The h2 lane against the books of a server with a fault: they have to be equal.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "drill/load/h2_server.hpp"
#include "drill/load/lanes.hpp"
#include "drill/load/load.hpp"

namespace lastcall::drill {
namespace {

using std::chrono::milliseconds;
using books = std::map<outcome, std::uint64_t>;

constexpr milliseconds takes{20};
constexpr int streams = 3;

const test_certificate& certificate() {
    static const test_certificate one;
    return one;
}

load_plan plan_for(const h2_server& server, int clients) {
    load_plan plan;
    plan.target.at = server.at();
    plan.target.host = "localhost";
    lane_plan lane;
    lane.kind = lane_kind::h2;
    lane.clients = clients;
    lane.streams = streams;
    lane.get = "/work";
    lane.ramp = {};
    plan.lanes.push_back(lane);
    return plan;
}

struct outcome_of_stop {
    trial_record trial;
    bool ended_by_themselves = false;

    [[nodiscard]] books of(std::string_view method) const {
        books made;
        for (const auto& one : trial.exchanges) {
            if (one.method == method) {
                ++made[one.result];
            }
        }
        return made;
    }
    [[nodiscard]] books at(cell where) const {
        books made;
        for (const auto& one : trial.exchanges) {
            if (one.at_signal == where) {
                ++made[one.result];
            }
        }
        return made;
    }
    [[nodiscard]] std::uint32_t in(cell where) const {
        return trial.in_cell[static_cast<std::size_t>(where)];
    }
};

// Loads the server, lets it carry its fault out, and waits for the end of all connections.
outcome_of_stop stop_under_load(h2_server& server, const load_plan& plan) {
    outcome_of_stop made;
    load one(plan, std::make_shared<name_pool>());
    one.start();
    EXPECT_TRUE(comes_true([&] { return server.connections() == plan.lanes[0].clients; }));
    one.withdraw_and_strike([&] { server.stop(); }, {.fill_for = std::chrono::seconds(2)});
    made.ended_by_themselves = one.finish(clock::now() + std::chrono::seconds(5));
    one.take(made.trial);
    return made;
}

struct h2_case {
    h2_fault fault;
    int clients;  ///< 2: one idle, one with streams; 6: two more of each, and two that cross
    outcome idle_ends_as;
    const char* name;
};

class h2_lane_test : public testing::TestWithParam<std::tuple<h2_case, bool>> {};

TEST_P(h2_lane_test, CountsAsTheServerDoes) {
    const auto& [what, over_tls] = GetParam();
    h2_server server(what.fault, takes, over_tls ? &certificate() : nullptr);
    auto plan = plan_for(server, what.clients);
    plan.target.uses_tls = over_tls;
    const auto seen = stop_under_load(server, plan);
    EXPECT_TRUE(seen.ended_by_themselves);
    EXPECT_EQ(seen.of("GET"), server.books());
    const auto clients = static_cast<std::uint32_t>(what.clients);
    const auto each = clients == 2 ? 1U : clients / 3;
    EXPECT_EQ(seen.in(cell::h2_idle), each);
    EXPECT_EQ(seen.in(cell::h2_active), each);
    EXPECT_EQ(seen.in(cell::h2_after_goaway), clients == 2 ? 0U : each);
    EXPECT_EQ(seen.at(cell::h2_idle), (books{{what.idle_ends_as, each}}));
    std::uint64_t active = 0;
    for (const auto& [result, count] : seen.at(cell::h2_active)) {
        active += count;
    }
    // A connection that is to cross GOAWAY may have had streams before the signal as well.
    EXPECT_GE(active, static_cast<std::uint64_t>(each) * streams);
    const bool announces = what.fault != h2_fault::no_goaway && what.fault != h2_fault::reset;
    EXPECT_EQ(seen.trial.marks[mark::close_announced] != 0, announces);
}

INSTANTIATE_TEST_SUITE_P(
    H2Lane, h2_lane_test,
    testing::Combine(
        testing::Values(
            h2_case{h2_fault::none, 6, outcome::served_close, "GracefulEnd"},
            h2_case{h2_fault::one_goaway, 6, outcome::served_close, "OneGoAway"},
            h2_case{h2_fault::no_goaway, 2, outcome::h2_no_goaway, "NoGoAway"},
            h2_case{h2_fault::reset, 2, outcome::h2_no_goaway, "Reset"},
            h2_case{h2_fault::loses_promised, 6, outcome::served_close, "LosesPromisedStreams"},
            h2_case{h2_fault::refuses_streams, 6, outcome::served_close, "RefusesStreams"},
            h2_case{h2_fault::goaway_error, 2, outcome::h2_goaway_error, "GoAwayWithAnError"},
            h2_case{h2_fault::goaway_too_low, 6, outcome::served_close, "GoAwayBelowAll"}),
        testing::Bool()),
    [](const auto& which) {
        return std::string(std::get<0>(which.param).name) +
               (std::get<1>(which.param) ? "OverTls" : "");
    });

TEST(H2Lane, StreamsThatCrossGoAwayAreACellOfTheirOwn) {
    h2_server server(h2_fault::one_goaway, takes);
    const auto seen = stop_under_load(server, plan_for(server, 6));
    const auto crossed = seen.at(cell::h2_after_goaway);
    EXPECT_FALSE(crossed.empty());
    for (const auto& [result, count] : crossed) {
        EXPECT_TRUE(result == outcome::h2_unprocessed || result == outcome::served_close)
            << to_string(result);
    }
}

TEST(H2Lane, AStreamWithoutAnAnswerHangs) {
    h2_server server(h2_fault::never_answers, takes);
    auto plan = plan_for(server, 2);
    plan.patience = milliseconds(50);
    load one(plan, std::make_shared<name_pool>());
    one.start();
    ASSERT_TRUE(comes_true([&] {
        return one.counters().outcomes[static_cast<std::size_t>(outcome::hung_first)] > 3;
    }));
    one.wind_down(clock::now() + std::chrono::seconds(5));
}

TEST(H2Lane, AnEndOfTheLoadIsNoLoss) {
    h2_server server(h2_fault::none, takes);
    load one(plan_for(server, 6), std::make_shared<name_pool>());
    one.start();
    ASSERT_TRUE(comes_true([&] { return one.counters().answered > 20; }));
    EXPECT_TRUE(one.wind_down(clock::now() + std::chrono::seconds(5)));
    EXPECT_EQ(one.counters().lost, 0U);
    EXPECT_EQ(one.counters().in_flight, 0U);
    EXPECT_EQ(one.counters().connections, 0U);
    trial_record trial;
    one.take(trial);
    EXPECT_EQ(static_cast<std::size_t>(one.counters().answered), trial.exchanges.size());
}

TEST(H2Lane, WhatRunsWhenTheLoadIsEndedIsEndedByUs) {
    h2_server server(h2_fault::never_answers, takes);
    load one(plan_for(server, 2), std::make_shared<name_pool>());
    one.start();
    ASSERT_TRUE(comes_true([&] { return server.waiting() == 1 + streams; }));
    EXPECT_FALSE(one.finish(clock::now()));
    trial_record trial;
    one.take(trial);
    EXPECT_EQ(trial.exchanges.size(), 1U + streams);
    for (const auto& one_exchange : trial.exchanges) {
        EXPECT_EQ(one_exchange.result, outcome::ended_by_us);
    }
}

TEST(H2Lane, AServerThatIsGoneIsRefused) {
    load_plan plan;
    plan.target.at = sys::endpoint::loopback(sys::free_port());
    plan.target.host = "localhost";
    lane_plan lane;
    lane.kind = lane_kind::h2;
    lane.clients = 1;
    plan.lanes.push_back(lane);
    load one(plan, std::make_shared<name_pool>());
    one.start();
    ASSERT_TRUE(comes_true(
        [&] { return one.counters().outcomes[static_cast<std::size_t>(outcome::refused)] > 1; }));
    one.finish(clock::now() + std::chrono::seconds(5));
    EXPECT_EQ(one.counters().in_flight, 0U);
}

TEST(H2Lane, IsNotLeftOutWhereItIsSpoken) {
    for (const bool over_tls : {false, true}) {
        h2_server server(h2_fault::none, takes, over_tls ? &certificate() : nullptr);
        auto plan = plan_for(server, 1);
        plan.target.uses_tls = over_tls;
        EXPECT_EQ(why_no_h2(plan, plan.lanes[0]), "");
    }
}

TEST(H2Lane, IsLeftOutWhereOnlyHttp1IsSpoken) {
    peer old([](sys::unique_fd& fd) {
        const std::string answer = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
        ::send(fd.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
        char byte = 0;
        while (::recv(fd.get(), &byte, 1, 0) > 0) {
        }
    });
    load_plan plan;
    plan.target = old.target();
    EXPECT_NE(why_no_h2(plan, lane_plan{}).find("does not speak HTTP/2"), std::string::npos);
    EXPECT_NE(why_no_h2(plan, lane_plan{}).find("preface"), std::string::npos);

    peer old_tls(over_tls(certificate(),
                          [](SSL* tls, sys::unique_fd&) {
                              char byte = 0;
                              SSL_read(tls, &byte, 1);
                          },
                          {}));
    plan.target = old_tls.target();
    plan.target.uses_tls = true;
    EXPECT_NE(why_no_h2(plan, lane_plan{}).find("ALPN"), std::string::npos);
}

}  // namespace
}  // namespace lastcall::drill
