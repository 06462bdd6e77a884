#include "adapters/redis/endpoint.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace lastcall::redis {
namespace {

TEST(RedisEndpoint, ReadsHostPortLoginAndDatabase) {
    const endpoint plain = parse_endpoint("redis://cache.internal");
    EXPECT_EQ(plain.host, "cache.internal");
    EXPECT_EQ(plain.port, 6379);
    EXPECT_EQ(plain.database, 0U);
    EXPECT_TRUE(plain.password.empty());

    const endpoint full = parse_endpoint("redis://worker:p%40ss%2fword@10.0.0.7:7000/3");
    EXPECT_EQ(full.host, "10.0.0.7");
    EXPECT_EQ(full.port, 7000);
    EXPECT_EQ(full.user, "worker");
    EXPECT_EQ(full.password, "p@ss/word");
    EXPECT_EQ(full.database, 3U);

    const endpoint secret = parse_endpoint("redis://:s3cret@h:1/");
    EXPECT_TRUE(secret.user.empty());
    EXPECT_EQ(secret.password, "s3cret");

    const endpoint six = parse_endpoint("redis://[::1]:6380/1");
    EXPECT_EQ(six.host, "::1");
    EXPECT_EQ(six.port, 6380);
    EXPECT_EQ(six.display(), "[::1]:6380");
}

TEST(RedisEndpoint, ReadsTheAbsolutePathOfAUnixSocket) {
    const endpoint socket = parse_endpoint("unix:///run/redis/my%20cache.sock?db=2");
    EXPECT_EQ(socket.path, "/run/redis/my cache.sock");
    EXPECT_EQ(socket.database, 2U);
}

TEST(RedisEndpoint, WantsTlsForRedissOnly) {
    EXPECT_EQ(parse_endpoint("redis://h").tls, nullptr);
    const endpoint secure = parse_endpoint("rediss://:s3cret@h:7000/3");
    EXPECT_NE(secure.tls, nullptr);
    EXPECT_EQ(secure.host, "h");
    EXPECT_EQ(secure.port, 7000);
    EXPECT_EQ(secure.password, "s3cret");
    EXPECT_EQ(secure.database, 3U);
}

TEST(RedisEndpoint, NamesTheCertificateFileThatItCannotUse) {
    try {
        parse_endpoint("rediss://h?ca=/nowhere/c%40.pem");
        ADD_FAILURE() << "accepted";
    } catch (const std::invalid_argument& refused) {
        EXPECT_NE(std::string(refused.what()).find("\"/nowhere/c@.pem\""), std::string::npos)
            << refused.what();
    }
}

TEST(RedisEndpoint, RefusesWhatItCannotReadWithoutRepeatingThePassword) {
    for (const char* bad : {"",
                            "localhost:6379",
                            "http://h",
                            "rediss://",
                            "rediss://h/one?ca=/ca.pem",
                            "rediss://h?ca=",
                            "rediss://h?insecure=1",
                            "rediss://:hunter2@h?ca=/nowhere/ca.pem",
                            "redis://h?ca=/ca.pem",
                            "redis://",
                            "redis://:6379",
                            "redis://h:0",
                            "redis://h:65536",
                            "redis://h:12x",
                            "redis://h:",
                            "redis://h/one",
                            "redis://h/-1",
                            "redis://[::1",
                            "redis://[::1]6379",
                            "redis://hunter2@h",
                            "redis://u:hunter2%4@h",
                            "redis://u:hunter2%zz@h",
                            "unix://relative.sock",
                            "unix:///s?index=1",
                            "unix:///s?db=x"}) {
        try {
            parse_endpoint(bad);
            ADD_FAILURE() << "accepted: " << bad;
        } catch (const std::invalid_argument& refused) {
            EXPECT_EQ(std::string(refused.what()).find("hunter2"), std::string::npos) << bad;
        }
    }
}

}  // namespace
}  // namespace lastcall::redis
