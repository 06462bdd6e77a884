// Lanes over TLS, against a peer that serves one connection after the other.
#include <gtest/gtest.h>

#include "drill/load/loads.hpp"
#include "drill/load/tls_peer.hpp"
#include "drill/record/tally.hpp"

namespace lastcall::drill {
namespace {

constexpr std::string_view whole = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// Answers each request with `says` until the client ends the connection.
void answer_all(SSL* ssl, std::string_view says) {
    std::string text;
    char buffer[4096];
    for (;;) {
        const int got = ::SSL_read(ssl, buffer, sizeof buffer);
        if (got <= 0) {
            return;
        }
        text.append(buffer, static_cast<std::size_t>(got));
        for (auto end = text.find("\r\n\r\n"); end != std::string::npos;
             end = text.find("\r\n\r\n")) {
            text.erase(0, end + 4);
            ::SSL_write(ssl, says.data(), static_cast<int>(says.size()));
        }
    }
}

load_plan plan_over_tls(const peer& server, lane_kind kind) {
    load_plan plan;
    plan.target = server.target();
    plan.target.uses_tls = true;
    plan.target.verifies = false;
    plan.lanes = {lane_for(kind, 1)};
    plan.lanes[0].takes = std::chrono::milliseconds(20);
    plan.samples_per_cell = 1;
    return plan;
}

class TlsLane : public testing::TestWithParam<lane_kind> {};

TEST_P(TlsLane, IsServedAndFindsNothing) {
    const test_certificate certificate;
    peer server(over_tls(certificate, [](SSL* ssl, sys::unique_fd&) { answer_all(ssl, whole); }));
    const auto pool = names();
    load one(plan_over_tls(server, GetParam()), pool);
    one.start();
    const std::uint64_t enough = GetParam() == lane_kind::idle ? 1 : 3;
    ASSERT_TRUE(wait_for([&] { return one.counters().answered >= enough; }));
    one.strike([] {}, {.fill_for = std::chrono::seconds(20)});
    ASSERT_TRUE(one.wind_down(soon()));
    trial_record trial;
    one.take(trial);
    for (const auto& each : trial.exchanges) {
        EXPECT_EQ(each.result, outcome::ok) << to_string(each.result);
    }
    EXPECT_GE(trial.exchanges.size(), enough);
    if (GetParam() == lane_kind::handshake) {
        EXPECT_EQ(trial.in_cell[std::size_t(cell::handshake)], 1U);
    }
}

INSTANTIATE_TEST_SUITE_P(Each, TlsLane,
                         testing::Values(lane_kind::pool, lane_kind::fresh, lane_kind::idle,
                                         lane_kind::half_head, lane_kind::pipelined,
                                         lane_kind::handshake),
                         [](const auto& one) { return std::string(to_string(one.param)); });

TEST(LaneOverTls, CallsABodyCutThatNothingButTheEndDelimits) {
    const test_certificate certificate;
    peer server(over_tls(certificate, [](SSL* ssl, sys::unique_fd& fd) {
        char buffer[4096];
        if (::SSL_read(ssl, buffer, sizeof buffer) > 0) {
            constexpr std::string_view open_ended = "HTTP/1.1 200 OK\r\n\r\nhalf of it";
            ::SSL_write(ssl, open_ended.data(), static_cast<int>(open_ended.size()));
        }
        fd.reset();  // without close_notify
    }));
    const auto pool = names();
    load one(plan_over_tls(server, lane_kind::fresh), pool);
    one.start();
    ASSERT_TRUE(
        wait_for([&] { return one.counters().outcomes[std::size_t(outcome::cut_tls)] >= 2; }));
    one.finish(soon());
}

TEST(LaneOverTls, IsLeftOutWithTheReasonThatTlsGives) {
    const test_certificate certificate;
    peer server(over_tls(certificate, [](SSL* ssl, sys::unique_fd&) { answer_all(ssl, whole); }));
    auto plan = plan_over_tls(server, lane_kind::fresh);
    EXPECT_EQ(why_left_out(plan).at(0), "");
    plan.target.verifies = true;
    EXPECT_TRUE(why_left_out(plan).at(0).starts_with(
        "GET /: not a valid response (the server's certificate is not accepted"))
        << why_left_out(plan).at(0);
}

}  // namespace
}  // namespace lastcall::drill
