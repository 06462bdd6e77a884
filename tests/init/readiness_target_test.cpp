#include <gtest/gtest.h>

#include <tuple>

#include "core/probe_target.hpp"
#include "init/readiness.hpp"

namespace lastcall::init {
namespace {

using kind = readiness::kind;

TEST(ReadinessTarget, IsReadInAllItsForms) {
    const std::tuple<const char*, const char*, int, const char*, bool> good[] = {
        {"8080", "127.0.0.1", 8080, "/", false},
        {"8080/ready", "127.0.0.1", 8080, "/ready", false},
        {"127.0.0.1:80", "127.0.0.1", 80, "/", false},
        {"[::1]:8080/a/b?c=d", "::1", 8080, "/a/b?c=d", true},
        {"http://10.0.0.7:8080/ready", "10.0.0.7", 8080, "/ready", false},
        {"http://[fe80::1]:65535", "fe80::1", 65535, "/", true},
    };
    for (const auto& [text, host, port, path, six] : good) {
        core::probe_target target;
        core::fixed_text<512> why;
        EXPECT_TRUE(core::read_probe_target(text, true, target, why)) << why.view();
        EXPECT_EQ(target.host, host);
        EXPECT_EQ(target.port, port);
        EXPECT_EQ(target.path, path);
        EXPECT_EQ(target.is_v6, six);
    }
}

TEST(ReadinessTarget, IsRefusedWithTheReason) {
    const std::tuple<kind, const char*, const char*> bad[] = {
        {kind::tcp, "", "no port"},
        {kind::tcp, "0", "no port"},
        {kind::tcp, "65536", "no port"},
        {kind::tcp, "127.0.0.1", "no port"},
        {kind::tcp, "127.0.0.1:", "no port"},
        {kind::tcp, "127.0.0.1:+80", "no port"},
        {kind::tcp, ":80", "no address"},
        {kind::tcp, "::1:80", "without brackets"},
        {kind::tcp, "[::1]", "no port"},
        {kind::tcp, "[::1", "no port"},
        {kind::tcp, "8080/ready", "only http"},
        {kind::tcp, "http://127.0.0.1:80", "is a URL"},
        {kind::tcp, "localhost:80", "names are not looked up"},
        {kind::tcp, "cafe:80", "names are not looked up"},
        {kind::tcp, "1.2.3:80", "no numeric address"},
        {kind::tcp, "[127.0.0.1]:80", "no numeric address"},
        {kind::http, "https://127.0.0.1:80", "not plain http"},
        {kind::http, "http://example.com:80/", "names are not looked up"},
        {kind::http, "8080/a b", "blanks"},
        {kind::http, "8080/a\r\nX: y", "blanks"},
        {kind::file, "", "no name"},
    };
    for (const auto& [how, text, reason] : bad) {
        core::fixed_text<512> why;
        EXPECT_FALSE(check_readiness_target({how, text, {}}, why)) << text;
        EXPECT_NE(why.view().find(reason), std::string_view::npos) << text << ": " << why.view();
    }
}

}  // namespace
}  // namespace lastcall::init
