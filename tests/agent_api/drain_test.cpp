// The end of the agent: streams end at once, requests are answered.
#include <fstream>

#include "agent_api/api_fixture.hpp"

namespace lastcall::agent::testing {
namespace {

using namespace std::chrono_literals;
using Drain = api_fixture;

TEST_F(Drain, EndsEventStreamsAtOnceAndSaysWhy) {
    serve();
    local_client one(options.socket);
    ASSERT_TRUE(one.send(question{.target = "/v1/events"}.text()) && one.until("retry: 1000"));
    stop();
    ASSERT_TRUE(one.to_end());
    EXPECT_NE(one.in.find("event: stopping\ndata: {\"reason\":\"the agent is stopping\"}\n\n"),
              std::string::npos)
        << one.in;
    EXPECT_TRUE(one.in.ends_with("0\r\n\r\n"));
    EXPECT_EQ(ended.result, result::clean);
    EXPECT_LT(ended.total, 5s) << "the grace is 20 s";
}

TEST_F(Drain, EndsLogsThatAreFollowed) {
    serve();
    std::ofstream(folder.path + "/log") << "line\n";
    engine.set_log_files({folder.path + "/log"});
    local_client one(options.socket);
    ASSERT_TRUE(one.send(question{.target = "/v1/services/web/logs?follow=1"}.text()) &&
                one.until("line\n"));
    stop();
    EXPECT_TRUE(one.to_end() && one.in.ends_with("0\r\n\r\n"));
    EXPECT_EQ(ended.result, result::clean);
    EXPECT_LT(ended.total, 5s);
}

TEST_F(Drain, DoesNotWaitForAFollowerThatNeverReads) {
    serve();
    local_client deaf(options.socket);
    ASSERT_TRUE(deaf.send(question{.target = "/v1/events"}.text()) && deaf.until("retry: 1000"));
    for (int i = 0; i < 400; ++i) {
        engine.add_row("steered", "web", {{"text", std::string(4'000, 'x')}});
    }
    stop();
    EXPECT_EQ(ended.result, result::clean);
    EXPECT_LT(ended.total, 5s);
}

TEST_F(Drain, AnswersWhatIsBeingAsked) {
    serve();
    engine.hold();
    local_client one(options.socket);
    ASSERT_TRUE(one.send(question{.method = "POST", .target = "/v1/services/web/deploys"}.text()));
    engine.wait_for_held();
    life.request_stop();
    // The drain has begun when the socket is gone.
    const auto limit = std::chrono::steady_clock::now() + lastcall::testing::ceiling;
    while (::access(options.socket.c_str(), F_OK) == 0 &&
           std::chrono::steady_clock::now() < limit) {
        std::this_thread::yield();
    }
    engine.release();
    ASSERT_TRUE(one.to_end());
    EXPECT_EQ(read_answer(one.in).status, 202);
    stop();
    EXPECT_EQ(ended.result, result::clean);
}

}  // namespace
}  // namespace lastcall::agent::testing
