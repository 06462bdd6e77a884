// Against a redis-server that speaks TLS only, with certificates made for the test.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <lastcall/redis.hpp>
#include <thread>

#include "adapters_redis/observer.hpp"
#include "adapters_redis/redis_server.hpp"
#include "adapters_worker/temporary_folder.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
using testing::redis_server;

/// An authority, and a certificate of it for `name`, made by openssl(1).
class certificates {
public:
    explicit certificates(const std::string& name = "IP:127.0.0.1,DNS:localhost") {
        std::ofstream(folder_.file("names")) << "subjectAltName=" << name << "\n";
        const std::string in = "cd " + folder_.path().string() + " && ";
        const std::string key = "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ";
        const std::string made =
            in + "exec 2>log && " + key +
            "-x509 -days 2 -subj /CN=ca -keyout ca.key -out ca.pem && " + key +
            "-subj /CN=redis -keyout key.pem -out wish.pem && " +
            "openssl x509 -req -days 2 -in wish.pem -CA ca.pem -CAkey ca.key -CAcreateserial "
            "-extfile names -out cert.pem";
        if (std::system(made.c_str()) != 0) {
            throw std::runtime_error("openssl could not make certificates");
        }
    }

    [[nodiscard]] std::string authority() const { return folder_.file("ca.pem"); }
    [[nodiscard]] std::vector<std::string> settings() const {
        return {"--tls-cert-file",    folder_.file("cert.pem"),
                "--tls-key-file",     folder_.file("key.pem"),
                "--tls-ca-cert-file", authority(),
                "--tls-auth-clients", "no"};
    }

private:
    testing::temporary_folder folder_;
};

/// What a pool that cannot be made says; empty when it can.
std::string refusal(const std::string& url) {
    lifecycle life({.service = "test"});
    try {
        const redis_pool pool(life, {.url = url});
        return {};
    } catch (const redis_error& error) {
        EXPECT_EQ(error.fault(), redis_fault::unreachable);
        return error.what();
    }
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != text.npos;
}

TEST(RedisTls, SpeaksWithAServerWhoseCertificateIsForItsAddressOrItsName) {
    const certificates made;
    const redis_server server(made.settings(), redis_server::port_kind::tls);
    for (const char* host : {"127.0.0.1", "localhost"}) {
        lifecycle life({.service = "test"});
        redis_pool pool(life, {.url = server.tls_url(host) + "/3?ca=" + made.authority()});
        auto lease = pool.acquire();
        const std::string large(3'000'000, 'x');
        EXPECT_EQ(lease.command("SET", "large", large).text(), "OK");
        EXPECT_EQ(lease.command("GET", "large").text(), large);
        EXPECT_TRUE(contains(lease.command("CLIENT", "LIST").text(), " db=3 "));
    }
}

TEST(RedisTls, KeepsItsIdleConnection) {
    const certificates made;
    const redis_server server(made.settings(), redis_server::port_kind::tls);
    lifecycle life({.service = "test"});
    redis_pool pool(life, {.url = server.tls_url() + "?ca=" + made.authority()});
    const auto id = [&] { return pool.acquire().command("CLIENT", "ID").number(); };
    const long long first = id();
    EXPECT_EQ(id(), first);
}

TEST(RedisTls, RefusesACertificateOfAnAuthorityItDoesNotTrust) {
    const certificates made;
    const certificates others;
    const redis_server server(made.settings(), redis_server::port_kind::tls);
    for (const std::string& trust : {std::string(), "?ca=" + others.authority()}) {
        const std::string said = refusal(server.tls_url() + trust);
        EXPECT_TRUE(contains(said, "certificate verify failed")) << said;
    }
}

TEST(RedisTls, RefusesACertificateThatIsForAnotherHost) {
    const certificates made("DNS:redis.example");
    const redis_server server(made.settings(), redis_server::port_kind::tls);
    const std::string trust = "?ca=" + made.authority();
    const std::string by_address = refusal(server.tls_url() + trust);
    EXPECT_TRUE(contains(by_address, "IP address mismatch")) << by_address;
    const std::string by_name = refusal(server.tls_url("localhost") + trust);
    EXPECT_TRUE(contains(by_name, "hostname mismatch")) << by_name;
}

TEST(RedisTls, SaysWhenTheServerDoesNotSpeakIt) {
    const redis_server server;
    const std::string said = refusal("rediss://127.0.0.1:" + std::to_string(server.port()));
    EXPECT_TRUE(contains(said, "agree on TLS with 127.0.0.1")) << said;
}

TEST(RedisTls, GivesUpOnAServerThatDoesNotAnswerItsGreeting) {
    const certificates made;
    const redis_server server(made.settings(), redis_server::port_kind::tls);
    server.freeze();
    lifecycle life({.service = "test"});
    try {
        redis_pool(life, {.url = server.tls_url(), .connect_timeout = 50ms});
        ADD_FAILURE() << "connected";
    } catch (const redis_error& error) {
        EXPECT_EQ(error.fault(), redis_fault::unreachable);
        EXPECT_TRUE(contains(error.what(), "no reply in time")) << error.what();
    }
    server.thaw();
}

TEST(RedisTls, CutsACommandThatBlocksWhenThePoolIsForced) {
    const certificates made;
    const redis_server server(made.settings(), redis_server::port_kind::tls);
    testing::observer outside(server.url());
    lifecycle life({.service = "test", .grace = 3s, .log = [](std::string_view) {}});
    redis_pool pool(life, {.url = server.tls_url() + "?ca=" + made.authority()});
    redis_fault fault = redis_fault::type;
    std::jthread blocks([&] {
        auto lease = pool.acquire("blocks");
        const redis_word words[] = {"BLPOP", "nothing", 0};
        try {
            lease.run(words, 60s);
        } catch (const redis_error& error) {
            fault = error.fault();
        }
    });
    outside.wait_for_blocked_client();
    life.request_stop();
    EXPECT_EQ(life.run().result, result::forced);
    blocks.join();
    EXPECT_EQ(fault, redis_fault::closed);
}

}  // namespace
}  // namespace lastcall
