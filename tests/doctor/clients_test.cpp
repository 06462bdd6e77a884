// L43 to L46: what a connection is kept for, told from what went over it between the looks.
#include <gtest/gtest.h>

#include "doctor/rules/connections.hpp"
#include "doctor/rules/protocol.hpp"
#include "doctor/samples.hpp"

namespace lastcall::doctor_test {
namespace {

using namespace std::chrono_literals;
using doctor::protocol;
using doctor::protocol_of;
using doctor::seen;
using doctor::seen_socket;

/// Bytes and segments that went each way between the looks.
void let_go(seen& of, std::uint64_t received, std::uint32_t segments_received, std::uint64_t sent,
            std::uint32_t segments_sent) {
    auto& detail = *of.second.sockets.front().detail;
    detail.received += received;
    detail.segments_received += segments_received;
    detail.sent += sent;
    detail.acknowledged += sent;
    detail.segments_sent += segments_sent;
}

seen stopping_with(const seen_socket& connection) {
    auto of = both({server(50)});
    add_socket(of, 50, connection);
    of.since = 5s;
    return of;
}

TEST(Clients, APushedAnswerIsAStream) {
    auto of = stopping_with(client(200, 40s, 0s));
    let_go(of, 0, 0, 90, 3);
    EXPECT_EQ(rules_of(of), "L46");
    EXPECT_NE(findings_of(of).front().by.front().value.find("90 bytes sent in 3 segments"),
              std::string::npos);
    of.since.reset();
    EXPECT_EQ(rules_of(of), "") << "nobody stops it";
}

TEST(Clients, AnAnswerThatWasJustAskedForIsNone) {
    auto of = stopping_with(client(200, 4s, 0s));
    let_go(of, 0, 0, 90, 3);
    EXPECT_EQ(rules_of(of), "L44") << "a client, and no more is known";
}

TEST(Clients, ALargeAnswerOnItsWayIsNone) {
    auto of = stopping_with(client(200, 40s, 0s));
    let_go(of, 0, 0, 200'000, 140);
    EXPECT_EQ(rules_of(of), "L44") << "a client, and no more is known";
}

TEST(Clients, BytesThatAreSentAgainAreNone) {
    auto of = stopping_with(client(200, 40s, 0s));
    let_go(of, 0, 0, 90, 3);
    of.second.sockets.front().detail->acknowledged = 0;
    EXPECT_EQ(rules_of(of), "L44") << "a client, and no more is known";
}

TEST(Clients, FramesTooSmallForHttpAreAStream) {
    auto of = stopping_with(client(200, 0s, 0s));
    let_go(of, 12, 2, 4, 2);
    EXPECT_EQ(rules_of(of), "L46");
}

TEST(Clients, RequestsOnAKeptConnectionAreNone) {
    auto of = stopping_with(client(200, 100ms, 50ms));
    let_go(of, 160, 2, 300, 2);
    EXPECT_EQ(rules_of(of), "L44") << "a client, and no more is known";
}

TEST(Clients, IdleAndInFlightStayWhatTheyAre) {
    EXPECT_EQ(rules_of(stopping_with(client(200, 40s, 39s))), "L43");
    EXPECT_EQ(rules_of(stopping_with(client(200, 39s, 40s))), "L44");
}

TEST(Clients, UnreadFramesOfWebSocketAreAStream) {
    auto of = stopping_with(client(200, 3s, 40s));
    EXPECT_EQ(rules_of(of), "L44") << "as far as can be told without --peek";
    of.second.sockets.front().unread = sys::unread_bytes{8,
                                                         "\x88\x82"
                                                         "abcdef"};
    EXPECT_EQ(rules_of(of), "L46");
    of.second.sockets.front().unread = sys::unread_bytes{27, "GET /a?key=1 HTTP/1.1\r\nHost"};
    ASSERT_EQ(rules_of(of), "L44");
    EXPECT_EQ(findings_of(of).front().by.back().value, "27 bytes, `GET /a`");
}

TEST(Protocol, OfBytesThatNobodyHasRead) {
    struct {
        std::string_view bytes;
        bool is_whole;
        protocol what;
    } const table[]{
        {"GET / HTTP/1.1\r\n", true, protocol::http1},
        {"GET / HTTP/1.1", false, protocol::http1},
        {"GET /", true, protocol::unknown},
        {"GET IT HTTP\r\n", true, protocol::unknown},
        {"", true, protocol::unknown},
        {std::string_view("\x89\x80"
                          "abcd"),
         true, protocol::websocket},
        {std::string_view("\x89\x80"
                          "abcd"
                          "\x88\x80"
                          "abcd"),
         true, protocol::websocket},
        {std::string_view("\x89\x80"
                          "abcd"
                          "\x88\x80"
                          "ab"),
         true, protocol::unknown},
        {std::string_view("\x89\x80"
                          "abcd"
                          "\x81\xfe"
                          "ab"),
         false, protocol::websocket},
        {std::string_view("\x89\x00", 2), true, protocol::unknown},
        {std::string_view("\x83\x80"
                          "abcd"),
         true, protocol::unknown},
        {std::string_view("\x16\x03\x01\x02\x00", 5), true, protocol::unknown},
        {std::string_view("\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff"
                          "abcd"),
         true, protocol::unknown},
    };
    for (const auto& row : table) {
        EXPECT_EQ(protocol_of(row.bytes, row.is_whole), row.what) << row.bytes;
    }
}

TEST(Protocol, ARequestIsShownWithoutItsQuery) {
    EXPECT_EQ(doctor::request_text("GET /a?token=x HTTP/1.1\r\n"), "GET /a");
    EXPECT_EQ(doctor::request_text("POST /\x1b HTTP/1.1\r\n"), "POST /\\x1b");
}

}  // namespace
}  // namespace lastcall::doctor_test
