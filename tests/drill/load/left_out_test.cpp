// Lanes that a server does not support are left out, and it is said why.
#include <gtest/gtest.h>

#include "drill/load/loads.hpp"

namespace lastcall::drill {
namespace {

std::string why(const sys::endpoint& at, const lane_plan& lane) {
    auto plan = plan_for(at);
    plan.lanes = {lane};
    return why_left_out(plan).at(0);
}

TEST(LeftOut, SaysWhatTheServerAnswered) {
    faulty_server server(fault::none);
    const auto at = server.at();
    EXPECT_EQ(why(at, lane_for(lane_kind::pool, 1, "/missing")), "GET /missing answers 404");
    EXPECT_EQ(why(at, lane_for(lane_kind::slow_down, 1)),
              "the body of / has 5 bytes; slow_down wants 64 KiB");
    EXPECT_EQ(why(at, lane_for(lane_kind::stream, 1)), "GET / is answered at once; a stream lasts");
    EXPECT_EQ(why(at, lane_for(lane_kind::handshake, 1)), "the url is not https");
    EXPECT_EQ(why(at, lane_for(lane_kind::slow_up, 1)), "it has no target for POST");
    auto posts = lane_for(lane_kind::half_body, 1);
    posts.post = "/missing";
    EXPECT_EQ(why(at, posts), "POST /missing answers 404");
}

TEST(LeftOut, SaysNothingOfWhatIsSupported) {
    faulty_server server(fault::none);
    const auto at = server.at();
    for (const auto kind :
         {lane_kind::fresh, lane_kind::pool, lane_kind::busy, lane_kind::silent, lane_kind::idle,
          lane_kind::half_head, lane_kind::pipelined, lane_kind::websocket, lane_kind::probe}) {
        EXPECT_EQ(why(at, lane_for(kind, 1)), "") << to_string(kind);
    }
    EXPECT_EQ(why(at, lane_for(lane_kind::stream, 1, "/stream")), "");
    EXPECT_EQ(why(at, lane_for(lane_kind::slow_down, 1, "/big")), "");
    auto posts = lane_for(lane_kind::slow_up, 1);
    posts.post = "/";
    EXPECT_EQ(why(at, posts), "");
}

TEST(LeftOut, SaysThatOnlyTheFirstOfSeveralRequestsIsAnswered) {
    faulty_server server(fault::hang);  // the second of the three: one was asked before
    EXPECT_EQ(why(server.at(), lane_for(lane_kind::pipelined, 1)),
              "of three requests in one write the server answered 1");
}

TEST(LeftOut, SaysThatNobodyIsThere) {
    const auto at = sys::endpoint::loopback(sys::free_port());
    EXPECT_EQ(why(at, lane_for(lane_kind::silent, 1)),
              "no connection to " + at.text() + " could be made");
    EXPECT_EQ(why(at, lane_for(lane_kind::pool, 1)), "GET /: connection refused");
}

TEST(LeftOut, SaysThatNoProtocolIsSwitched) {
    faulty_server server(fault::none);
    server.announce_close();
    EXPECT_EQ(why(server.at(), lane_for(lane_kind::idle, 1)),
              "the server ends the connection after each answer");
    faulty_server wrong(fault::ws_bad_proof);
    EXPECT_EQ(why(wrong.at(), lane_for(lane_kind::websocket, 1)),
              "the 101 at / has a wrong Sec-WebSocket-Accept");
    faulty_server plain(fault::none);
    EXPECT_EQ(why(plain.at(), lane_for(lane_kind::websocket, 1, "/plain")),
              "no 101 at /plain: 200");
    EXPECT_EQ(why(plain.at(), lane_for(lane_kind::websocket, 1, "/missing")),
              "no 101 at /missing: 404");
    const auto nobody = sys::endpoint::loopback(sys::free_port());
    EXPECT_EQ(why(nobody, lane_for(lane_kind::websocket, 1)),
              "no 101 at /: GET /: connection refused");
}

}  // namespace
}  // namespace lastcall::drill
