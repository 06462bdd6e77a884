#include "drill/load/h2_session.hpp"

#include <gtest/gtest.h>

#include <string>

#include "drill/load/h2_peer.hpp"

namespace lastcall::drill {
namespace {

constexpr std::uint32_t refused = NGHTTP2_REFUSED_STREAM;

// A client and a server without a network between them.
class h2_session_test : public testing::Test {
protected:
    // Until neither has anything to say.
    void exchange(std::int64_t now_ns = 7) {
        for (;;) {
            const auto sent = client.take_output();
            ASSERT_TRUE(server.feed(sent));
            const auto answered = server.take_output();
            if (sent.empty() && answered.empty()) {
                return;
            }
            client.feed(answered, now_ns);
        }
    }

    std::int32_t ask(std::string_view path = "/a") {
        const auto stream = client.open({"http", "localhost:80", path});
        EXPECT_NE(stream, 0U);
        exchange();
        return static_cast<std::int32_t>(stream);
    }

    h2_stream only_ended() {
        auto all = client.take_ended();
        EXPECT_EQ(all.size(), 1U);
        return all.empty() ? h2_stream{} : all.front();
    }

    h2_session client{"Server-Instance"};
    h2_peer server;
};

TEST_F(h2_session_test, AsksAndReadsTheAnswer) {
    const auto stream = ask("/orders?n=1");
    const auto requests = server.take_requests();
    ASSERT_EQ(requests.size(), 1U);
    EXPECT_EQ(requests[0].path, "/orders?n=1");
    EXPECT_EQ(requests[0].authority, "localhost:80");
    EXPECT_EQ(requests[0].scheme, "http");
    EXPECT_TRUE(client.is_settled());
    server.answer(stream, 503, "later", true, {{"retry-after", "1"}, {"server-instance", "b"}});
    exchange(42);
    const auto ended = only_ended();
    EXPECT_EQ(ended.got, progress::complete);
    EXPECT_EQ(ended.status, 503);
    EXPECT_TRUE(ended.retry_after);
    EXPECT_EQ(ended.instance, "b");
    EXPECT_EQ(ended.body_bytes, 5U);
    EXPECT_GT(ended.bytes, 5U + 2 * 9);
    EXPECT_EQ(ended.first_byte_ns, 42);
    EXPECT_TRUE(client.open_streams().empty());
}

TEST_F(h2_session_test, AnInformationalAnswerIsNotTheAnswer) {
    const auto stream = ask();
    server.say_continue(stream);
    exchange();
    ASSERT_EQ(client.open_streams().size(), 1U);
    EXPECT_EQ(client.open_streams().begin()->second.got, progress::nothing);
    server.answer(stream, 200, "x");
    exchange();
    EXPECT_EQ(only_ended().status, 200);
}

TEST_F(h2_session_test, KnowsHowFarAnAnswerHasCome) {
    const auto stream = ask();
    server.answer(stream, 200, "half", false, {{"content-length", "8"}});
    exchange();
    EXPECT_TRUE(client.take_ended().empty());
    const auto& open = client.open_streams().at(static_cast<std::uint32_t>(stream));
    EXPECT_EQ(open.got, progress::body);
    EXPECT_EQ(open.body_bytes, 4U);
    EXPECT_EQ(open.length, 8U);
    server.reset(stream, NGHTTP2_INTERNAL_ERROR);
    exchange();
    const auto ended = only_ended();
    EXPECT_TRUE(ended.was_reset);
    EXPECT_EQ(ended.reset_code, static_cast<std::uint32_t>(NGHTTP2_INTERNAL_ERROR));
    EXPECT_EQ(ended.got, progress::body);
}

TEST_F(h2_session_test, AResetBehindAWholeAnswerTakesNothingAway) {
    const auto stream = ask();
    server.answer(stream, 200, "x");
    server.reset(stream, NGHTTP2_NO_ERROR);
    exchange();
    const auto ended = only_ended();
    EXPECT_EQ(ended.got, progress::complete);
    EXPECT_FALSE(ended.was_reset);
}

TEST_F(h2_session_test, ARefusedStreamSaysSo) {
    server.reset(ask(), refused);
    exchange();
    const auto ended = only_ended();
    EXPECT_TRUE(ended.was_reset);
    EXPECT_EQ(ended.reset_code, refused);
    EXPECT_EQ(ended.got, progress::nothing);
    EXPECT_FALSE(ended.is_malformed);
}

TEST_F(h2_session_test, GoAwayEndsTheStreamsAboveItsLast) {
    const auto first = ask();
    const auto second = ask();
    server.go_away(first);
    exchange();
    ASSERT_TRUE(client.goaway().has_value());
    EXPECT_EQ(client.goaway()->last_stream, static_cast<std::uint32_t>(first));
    EXPECT_EQ(client.goaway()->code, 0U);
    const auto ended = only_ended();
    EXPECT_EQ(ended.id, static_cast<std::uint32_t>(second));
    EXPECT_FALSE(ended.was_reset);
    EXPECT_FALSE(ended.is_malformed);
    EXPECT_EQ(client.open_streams().size(), 1U) << "the promised one is waited for";
    EXPECT_FALSE(client.can_open());
    EXPECT_EQ(client.open({"http", "localhost", "/"}), 0U);
    server.answer(first, 200, "x");
    exchange();
    EXPECT_EQ(only_ended().got, progress::complete);
}

TEST_F(h2_session_test, TellsAnAnswerBeforeGoAwayFromOneBehindIt) {
    const auto first = ask();
    const auto second = ask();
    server.answer(first, 200, "x");
    auto bytes = server.take_output();
    server.go_away(second);
    bytes += server.take_output();
    server.answer(second, 200, "x");
    bytes += server.take_output();
    client.feed(bytes, 1);
    const auto ended = client.take_ended();
    ASSERT_EQ(ended.size(), 2U);
    EXPECT_FALSE(ended[0].after_goaway);
    EXPECT_TRUE(ended[1].after_goaway);
}

TEST_F(h2_session_test, ANoticeEndsNothingAndTheSecondGoAwayDecides) {
    const auto first = ask();
    const auto second = ask();
    server.give_notice();
    exchange();
    EXPECT_EQ(client.goaway()->last_stream, 0x7fffffffU);
    EXPECT_EQ(client.open_streams().size(), 2U);
    EXPECT_FALSE(client.can_open());
    server.go_away(first);
    exchange();
    EXPECT_EQ(client.goaway()->last_stream, static_cast<std::uint32_t>(first));
    EXPECT_EQ(only_ended().id, static_cast<std::uint32_t>(second));
}

TEST_F(h2_session_test, GoAwayWithAnErrorIsKept) {
    ask();
    server.go_away(1, NGHTTP2_INTERNAL_ERROR);
    exchange();
    EXPECT_EQ(client.goaway()->code, static_cast<std::uint32_t>(NGHTTP2_INTERNAL_ERROR));
    EXPECT_EQ(client.problem(), "") << "it is the server's problem";
}

TEST_F(h2_session_test, OpensNoMoreThanTheServerAllows) {
    h2_session one;
    h2_peer strict(2);
    strict.feed(one.take_output());
    one.feed(strict.take_output(), 1);
    EXPECT_NE(one.open({"http", "localhost", "/"}), 0U);
    EXPECT_NE(one.open({"http", "localhost", "/"}), 0U);
    EXPECT_FALSE(one.can_open());
    strict.feed(one.take_output());
    strict.answer(1, 200, "x");
    one.feed(strict.take_output(), 1);
    EXPECT_TRUE(one.can_open());
}

TEST_F(h2_session_test, AnswersAPing) {
    exchange();
    server.ping();
    exchange();
    EXPECT_EQ(server.ping_acks, 1);
}

TEST_F(h2_session_test, OpensTheWindowAgain) {
    const auto stream = ask();
    server.answer(stream, 200, std::string(10U << 20U, 'x'));
    exchange();
    const auto ended = only_ended();
    EXPECT_EQ(ended.got, progress::complete);
    EXPECT_EQ(ended.body_bytes, 10U << 20U);
}

TEST_F(h2_session_test, ABodyThatIsShorterThanItsLengthIsMalformed) {
    server.answer(ask(), 200, "abc", true, {{"content-length", "5"}});
    exchange();
    const auto ended = only_ended();
    EXPECT_TRUE(ended.is_malformed);
    EXPECT_NE(ended.got, progress::complete);
}

TEST_F(h2_session_test, CancelledStreamsAreForgotten) {
    const auto stream = ask();
    client.cancel(static_cast<std::uint32_t>(stream));
    exchange();
    EXPECT_EQ(server.cancelled, std::vector<std::int32_t>{stream});
    EXPECT_TRUE(client.take_ended().empty());
    EXPECT_TRUE(client.open_streams().empty());
}

TEST_F(h2_session_test, SaysGoodbye) {
    exchange();
    client.say_goodbye();
    exchange();
    EXPECT_EQ(server.goaways, 1);
}

TEST(H2Session, BytesOfAnotherProtocolAreAProblem) {
    for (const std::string bytes : {"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
                                    "SSH-2.0-OpenSSH_9.2p1 Debian\r\n"}) {
        h2_session client;
        EXPECT_FALSE(client.take_output().empty());
        client.feed(bytes, 1);
        EXPECT_FALSE(client.take_output().empty()) << "a GOAWAY of ours";
        EXPECT_NE(client.problem(), "") << bytes;
        EXPECT_FALSE(client.is_settled());
        EXPECT_FALSE(client.feed("more", 1));
        EXPECT_FALSE(client.can_open());
    }
}

}  // namespace
}  // namespace lastcall::drill
