// The server over TLS, without a stop.
#include <gtest/gtest.h>

#include <fstream>
#include <lastcall/http.hpp>
#include <thread>

#include "adapters_http/certificate.hpp"
#include "adapters_http/requests.hpp"
#include "adapters_http/tls_client.hpp"

namespace lastcall::testing {
namespace {

struct tls_service : child {
    tls_service() : child("tls") {}
    [[nodiscard]] tls_client connect() const { return {port, folder.path + "/cert"}; }
};

TEST(HttpTls, KeepsAConnectionForSeveralRequests) {
    const tls_service s;
    tls_client c = s.connect();
    for (const char* path : {"/a", "/b", "/c"}) {
        ASSERT_TRUE(c.send(get(path)));
        ASSERT_TRUE(c.until(std::string(path) + "\n"));
    }
    EXPECT_EQ(c.count("200 OK"), 3);
    EXPECT_EQ(c.count("Connection: close"), 0);
}

TEST(HttpTls, AnswersPipelinedRequestsInOneRecordAndInMany) {
    const tls_service s;
    tls_client c = s.connect();
    std::string all;
    for (int i = 0; i < 50; ++i) {
        all += get(i % 10 == 0 ? "/soon" : "/p");
    }
    ASSERT_TRUE(c.send(all));
    EXPECT_TRUE(c.until("HTTP/1.1 200 OK", 50));
    for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(c.send(get("/q")));
    }
    EXPECT_TRUE(c.until("/q\n", 50));
}

TEST(HttpTls, CarriesWhatFillsManyRecordsBothWays) {
    const tls_service s;
    tls_client c = s.connect();
    const std::string body(1048576, 'e');
    ASSERT_TRUE(c.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n" + body));
    EXPECT_TRUE(c.until(body));
    c.in.clear();
    ASSERT_TRUE(c.send(get("/stream") + get("/z")));
    ASSERT_TRUE(c.until("/z\n"));
    EXPECT_EQ(c.count("1\r\nx\r\n"), 50'000);
}

TEST(HttpTls, AnswersAGoodbyeWithAGoodbye) {
    const tls_service s;
    tls_client c = s.connect();
    ASSERT_TRUE(c.send(get("/a", "Connection: close\r\n")));
    EXPECT_TRUE(c.to_end());
    tls_client idle = s.connect();
    ASSERT_TRUE(idle.send(get("/a")));
    ASSERT_TRUE(idle.until("/a\n"));
    idle.say_goodbye();
    EXPECT_TRUE(idle.to_end());
}

TEST(HttpTls, LetsABodyThatIsCutLookTruncated) {
    const tls_service s;
    tls_client c = s.connect();
    ASSERT_TRUE(c.send("GET /abandon HTTP/1.0\r\n\r\n"));
    EXPECT_FALSE(c.to_end());
    EXPECT_TRUE(has(c.in, "part"));
    EXPECT_FALSE(c.said_goodbye());
}

TEST(HttpTls, EndsAClientThatSpeaksPlainHttpAndServesTheNext) {
    const tls_service s;
    client plain(s.port);
    ASSERT_TRUE(plain.send(get("/a")));
    EXPECT_TRUE(plain.to_end()) << "no FIN, reset: " << plain.was_reset;
    EXPECT_FALSE(has(plain.in, "HTTP/"));
    tls_client next = s.connect();
    ASSERT_TRUE(next.send(get("/a")));
    EXPECT_TRUE(next.until("/a\n"));
}

TEST(HttpTls, SurvivesAClientThatResetsInTheMiddleOfAResponse) {
    const tls_service s;
    {
        tls_client c = s.connect();
        ASSERT_TRUE(c.send(get("/big")));
        ASSERT_TRUE(c.until("bbb"));
    }  // closed with unread data: a reset
    tls_client next = s.connect();
    ASSERT_TRUE(next.send(get("/a")));
    EXPECT_TRUE(next.until("/a\n"));
}

TEST(HttpTls, CarriesAWebSocket) {
    const tls_service s;
    tls_client c = s.connect();
    ASSERT_TRUE(c.send(upgrade + frame(0x81, "early")));
    EXPECT_TRUE(
        c.until("\x81\x05"
                "early"));
    ASSERT_TRUE(c.send(frame(0x89, "ping")));
    EXPECT_TRUE(c.until("\x8a\x04ping"));
}

// ---- what is wrong at the start ---------------------------------------------

std::string refusal(const std::string& certificate, const std::string& key) {
    lifecycle life({.service = "test"});
    http::server_options o{.listen = "127.0.0.1:0", .threads = 1};
    o.tls = http::tls_options{certificate, key};
    try {
        const http::server server(life, o, [](http::exchange) {});
    } catch (const std::runtime_error& e) {
        // It left nothing behind: the name is free.
        life.add({.name = "http"});
        return e.what();
    }
    return "nothing was refused";
}

TEST(HttpTlsStart, NamesTheFileThatIsMissing) {
    const temp_folder folder;
    const certificate_files good = make_certificate(folder.path);
    const std::string missing = folder.path + "/missing";
    const std::string no_chain = refusal(missing, good.key);
    EXPECT_TRUE(has(no_chain, "certificate chain \"" + missing + "\"")) << no_chain;
    EXPECT_TRUE(has(no_chain, "No such file")) << no_chain;
    const std::string no_key = refusal(good.certificate, missing);
    EXPECT_TRUE(has(no_key, "private key \"" + missing + "\"")) << no_key;
    EXPECT_TRUE(has(no_key, "No such file")) << no_key;
}

TEST(HttpTlsStart, NamesTheFileThatIsNotPem) {
    const temp_folder folder;
    const certificate_files good = make_certificate(folder.path);
    const std::string bad = folder.path + "/bad";
    std::ofstream(bad) << "not PEM\n";
    EXPECT_TRUE(has(refusal(bad, good.key), "certificate chain \"" + bad + "\""));
    EXPECT_TRUE(has(refusal(good.certificate, bad), "private key \"" + bad + "\""));
}

TEST(HttpTlsStart, NamesAKeyThatBelongsToAnotherCertificate) {
    const temp_folder folder;
    const temp_folder other;
    const certificate_files good = make_certificate(folder.path);
    const certificate_files strange = make_certificate(other.path);
    const std::string said = refusal(good.certificate, strange.key);
    EXPECT_TRUE(has(said, "private key \"" + strange.key + "\"")) << said;
    EXPECT_TRUE(has(said, "mismatch")) << said;
}

TEST(HttpTlsStart, RefusesAKeyThatNeedsAPassPhraseInsteadOfAskingForIt) {
    const temp_folder folder;
    const certificate_files good = make_certificate(folder.path);
    // Without a terminal OpenSSL would ask the standard input.
    std::array<int, 2> typed{};
    ASSERT_EQ(::pipe(typed.data()), 0);
    ASSERT_EQ(::write(typed[1], "secret\n", 7), 7);
    ::close(typed[1]);
    ::dup2(typed[0], STDIN_FILENO);
    ::close(typed[0]);
    const std::string said = refusal(good.certificate, good.locked_key);
    EXPECT_TRUE(has(said, "private key \"" + good.locked_key + "\"")) << said;
    std::string left(7, ' ');
    EXPECT_EQ(::read(STDIN_FILENO, left.data(), left.size()), 7) << "it has asked";
}

}  // namespace
}  // namespace lastcall::testing
