#include "drill/contract/url.hpp"

#include <gtest/gtest.h>

namespace lastcall::drill {
namespace {

TEST(Url, TellsItsParts) {
    std::string problem;
    const auto plain = parse_url("http://127.0.0.1:8080/a?b=c#d", problem);
    ASSERT_TRUE(plain) << problem;
    EXPECT_EQ(plain->host, "127.0.0.1");
    EXPECT_EQ(plain->port, 8080);
    EXPECT_EQ(plain->authority, "127.0.0.1:8080");
    EXPECT_EQ(plain->target, "/a?b=c");
    EXPECT_FALSE(plain->uses_tls);
    const auto v6 = parse_url("https://[::1]", problem);
    ASSERT_TRUE(v6) << problem;
    EXPECT_EQ(v6->host, "::1");
    EXPECT_EQ(v6->port, 443);
    EXPECT_EQ(v6->target, "/");
    EXPECT_TRUE(v6->uses_tls);
    const auto query = parse_url("http://localhost?x", problem);
    ASSERT_TRUE(query) << problem;
    EXPECT_EQ(query->target, "/?x");
}

TEST(Url, SaysWhatIsWrong) {
    for (const auto& [text, words] : {
             std::pair{"localhost:8080", "neither http:// nor https://"},
             std::pair{"ftp://x/", "neither http:// nor https://"},
             std::pair{"http://", "no host"},
             std::pair{"http://:80/", "no host"},
             std::pair{"http://x:0/", "no host with a port"},
             std::pair{"http://x:99999/", "no host with a port"},
             std::pair{"http://x:/", "no host with a port"},
             std::pair{"http://[::1/", "no host"},
             std::pair{"http://[::1]x/", "no host"},
             std::pair{"http://me@x/", "user name"},
             std::pair{"http://x/a b", "blank"},
             std::pair{"http://x/a\r\nHost: y", "control character"},
         }) {
        std::string problem;
        EXPECT_FALSE(parse_url(text, problem)) << text;
        EXPECT_NE(problem.find(words), std::string::npos) << text << ": " << problem;
    }
}

}  // namespace
}  // namespace lastcall::drill
