#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "adapters_http/child.hpp"
#include "adapters_http/requests.hpp"

namespace lastcall::testing {
namespace {

std::string ask(const std::string& text, const std::string& scenario = "http") {
    child s(scenario);
    client c(s.port);
    c.send(text);
    EXPECT_TRUE(c.to_end()) << c.in;
    return c.in;
}

TEST(Http, AnswersFiftyPipelinedRequestsHoweverTheyAreSplit) {
    child s("http");
    client whole(s.port);
    std::string all;
    for (int i = 0; i < 50; ++i) {
        all += get("/p");
    }
    whole.send(all);
    EXPECT_TRUE(whole.until("200 OK", 50));
    const std::string two = "\r\n" + get("/a") + get("/b");
    for (std::size_t at = 1; at < two.size(); ++at) {
        client c(s.port);
        const int on = 1;
        ::setsockopt(c.fd(), 6, 1, &on, sizeof on);
        c.send(two.substr(0, at));
        std::this_thread::yield();
        c.send(two.substr(at));
        ASSERT_TRUE(c.until("/b\n")) << at << c.in;
        ASSERT_EQ(c.count("200 OK"), 2);
    }
}

TEST(Http, AnswersTenThousandPipelinedRequestsWithoutGrowingTheStack) {
    child s("http");
    client c(s.port);
    std::string all;
    for (int i = 0; i < 10'000; ++i) {
        all += get(i % 100 == 0 ? "/soon" : "/p");
    }
    std::thread writer([&] { c.send(all); });
    EXPECT_TRUE(c.until("HTTP/1.1 200 OK", 10'000));
    writer.join();
}

TEST(Http, RefusesWhatAProxyMightReadOtherwise) {
    child s("http");
    for (const char* fields :
         {"Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
          "Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n",
          "Host: a\r\nTransfer-Encoding: identity\r\nContent-Length: 3\r\n",
          "Host: a\r\nTransfer-Encoding: xchunked\r\n",
          "Host: a\r\nTransfer-Encoding: chunked, identity\r\n",
          "Host: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n",
          "Host: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n", "", "Host: a\r\nHost: b\r\n",
          "Host: a\r\nBad Name: 1\r\n", "Host: a\r\nName : 1\r\n"}) {
        client c(s.port);
        c.send(std::string("POST /echo HTTP/1.1\r\n") + fields + "\r\nabc" +
               std::string(200'000, 'x'));
        EXPECT_TRUE(c.to_end()) << fields;
        EXPECT_TRUE(has(c.in, "HTTP/1.1 400 ")) << fields << c.in;
        EXPECT_EQ(c.count("HTTP/1.1 "), 1) << fields;
    }
    EXPECT_TRUE(has(ask("nonsense\r\n\r\n"), " 400 "));
    EXPECT_TRUE(
        has(ask("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), " 400 "));
}

TEST(Http, RefusesWhatIsTooLarge) {
    EXPECT_TRUE(has(ask(get("/", "X: " + std::string(8000, 'x') + "\r\n")), " 431 "));
    EXPECT_TRUE(
        has(ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n"), " 413 "));
    EXPECT_TRUE(
        has(ask("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n" +
                std::string(0x200000, 'x')),
            " 413 "));
    EXPECT_TRUE(has(ask("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
                        std::string(100'000, 'x')),
                    "HTTP/1.1 4"));
}

TEST(Http, KnowsExpectations) {
    EXPECT_TRUE(has(ask(get("/", "Expect: magic\r\n")), " 417 "));
    child s("http");
    client c(s.port);
    c.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    ASSERT_TRUE(c.until("100 Continue\r\n\r\n"));
    c.send("abc");
    EXPECT_TRUE(c.until("\r\n\r\nabc"));
}

TEST(Http, FramesBodiesAsTheMethodStatusAndVersionAskFor) {
    child s("http");
    client c(s.port);
    c.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/204") + get("/304") +
           "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
           "chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    ASSERT_TRUE(c.until("\r\n\r\nabc"));
    EXPECT_EQ(c.count("Content-Length: 3\r\n"), 2);
    EXPECT_EQ(c.count("Content-Length"), 2);
    EXPECT_FALSE(has(c.in, "/x\n"));
    const std::string old = ask("GET /a HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(has(old, "Connection: close"));
    client keep(s.port);
    keep.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /b HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(keep.to_end());
    EXPECT_EQ(keep.count("200 OK"), 2);
}

TEST(Http, EchoesAMebibyteAndServesAHalfClosedClient) {
    child s("http");
    client c(s.port);
    std::thread writer([&] {
        c.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" +
               std::string(1048576, 'e') + get("/slow"));
        c.half_close();
    });
    EXPECT_TRUE(c.to_end());
    writer.join();
    EXPECT_TRUE(has(c.in, std::string(1048576, 'e')));
    EXPECT_TRUE(has(c.in, "later\n"));
}

TEST(Http, AnswersWhateverTheApplicationDoes) {
    child s("http");
    client c(s.port);
    c.send(get("/throw") + get("/drop") + get("/thread"));
    EXPECT_TRUE(c.until("thread\n"));
    EXPECT_EQ(c.count("500 Internal"), 2);
    { client(s.port).send(get("/thread")); }
    EXPECT_EQ(s.stop(), 0);
}

TEST(Http, DoesNotLetAValueBeginAnotherResponse) {
    child s("http");
    client c(s.port);
    c.send(get("/split") + get("/z"));
    ASSERT_TRUE(c.until("/z\n"));
    EXPECT_FALSE(has(c.in, "\r\nX-Evil"));
    EXPECT_EQ(c.count("\r\n\r\n"), 2);
}

TEST(Http, DropsTrailers) {
    child s("http");
    client c(s.port);
    c.send(
        "POST /trailer HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "1\r\na\r\n0\r\nX-Admin: 1\r\n\r\n");
    EXPECT_TRUE(c.until("dropped\n")) << c.in;
}

TEST(HttpStream, WritesFiftyThousandChunksFromTheirCallbacks) {
    child s("http");
    client c(s.port);
    c.send(get("/stream") + get("/z"));
    ASSERT_TRUE(c.until("/z\n"));
    EXPECT_EQ(c.count("1\r\nx\r\n"), 50'000);
}

TEST(HttpStream, IsCutWithoutItsEndWhenItIsAbandoned) {
    child s("http");
    client c(s.port);
    c.send(get("/abandon"));
    c.to_end();
    EXPECT_TRUE(has(c.in, "4\r\npart\r\n"));
    EXPECT_FALSE(has(c.in, "\r\n0\r\n"));
    client old(s.port);
    old.send("GET /abandon HTTP/1.0\r\n\r\n");
    EXPECT_FALSE(old.to_end()) << "a cut body looks whole";
    EXPECT_TRUE(old.was_reset);
}

TEST(HttpLimits, EndThoseWhoAreSlow) {
    child s("quick");
    client header(s.port);
    client body(s.port);
    client idle(s.port);
    client reader(s.port);
    header.send("GET / HT");
    body.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
    idle.send(get("/a"));
    reader.send(get("/big"));
    EXPECT_TRUE(header.to_end());
    EXPECT_TRUE(has(header.in, " 408 "));
    EXPECT_TRUE(body.to_end());
    EXPECT_TRUE(has(body.in, " 408 "));
    EXPECT_TRUE(idle.to_end());
    EXPECT_EQ(s.stop(), 0);  // the slow reader was cut, or it would hold the drain
    reader.to_end();
    EXPECT_LT(reader.in.size(), 64U << 20U);
}

TEST(HttpDescriptors, RunOutWithoutSpinningAndComeBack) {
#if defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << "the sanitizer takes a descriptor to look at memory, and there is none left";
#endif
    child s("few");
    std::vector<std::unique_ptr<client>> all;
    for (int i = 0; i < 40; ++i) {
        all.push_back(std::make_unique<client>(s.port));
        all.back()->send(get("/x"));
    }
    const long before = s.ticks();
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    EXPECT_LT(s.ticks() - before, 20) << "it spins";
    for (int i = 0; i < 39; ++i) {
        all[static_cast<std::size_t>(i)]->until("/x\n");
        all[static_cast<std::size_t>(i)].reset();
    }
    EXPECT_TRUE(all.back()->until("/x\n"));
    EXPECT_EQ(s.stop(), 0);
}

TEST(HttpWebSocket, EchoesAlsoWhatCameWithTheHandshakeAndAnswersPings) {
    child s("http");
    client c(s.port);
    c.send(upgrade + frame(0x81, "early") + frame(0x01, "frag") + frame(0x80, "ment") +
           frame(0x89, "ping"));
    EXPECT_TRUE(
        c.until("\x81\x05"
                "early"));
    EXPECT_TRUE(
        c.until("\x81\x08"
                "fragment"));
    EXPECT_TRUE(c.until("\x8a\x04ping"));
    c.send(frame(0x81, "throw"));
    EXPECT_TRUE(c.until("\x03\xf3the service failed"));
}

TEST(HttpWebSocket, RefusesAMessageThatIsTooLarge) {
    child s("quick");
    client c(s.port);
    c.send(std::string(upgrade) + std::string{'\x81', '\xfe', '\x10', 0, 0, 0, 0, 0} +
           std::string(4096, 'x'));
    EXPECT_TRUE(c.until("\x03\xf1"));
}

}  // namespace
}  // namespace lastcall::testing
