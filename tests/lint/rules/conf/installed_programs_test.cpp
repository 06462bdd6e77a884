// What the advice of a rule says, held against the program itself where it is installed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "lint/engine/folder.hpp"

namespace lastcall::lint {
namespace {

bool is_installed(const std::string& program) {
    return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

bool runs(const test_folder& in, const std::string& command) {
    return std::system(
               ("cd " + in.path().string() + " && " + command + " >/dev/null 2>&1").c_str()) == 0;
}

TEST(InstalledProgram, NginxTakesTheLimitInItsMainContextOnly) {
    if (!is_installed("/usr/sbin/nginx")) {
        GTEST_SKIP() << "no nginx";
    }
    test_folder in;
    const std::string begin = "pid nginx.pid; error_log stderr;\n";
    const std::string command = "/usr/sbin/nginx -t -p . -c ";
    in.add("main.conf", begin + "worker_shutdown_timeout 25s;\nevents {}\n");
    in.add("http.conf", begin + "events {}\nhttp { worker_shutdown_timeout 25s; }\n");
    EXPECT_TRUE(runs(in, command + "main.conf"));
    EXPECT_FALSE(runs(in, command + "http.conf"));
}

TEST(InstalledProgram, HaproxyTakesTheLimitInItsGlobalSection) {
    if (!is_installed("/usr/sbin/haproxy")) {
        GTEST_SKIP() << "no haproxy";
    }
    test_folder in;
    const std::string rest =
        "defaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n"
        "frontend web\n bind 127.0.0.1:8080\n";
    in.add("good.cfg", "global\n hard-stop-after 30s\n" + rest);
    in.add("bad.cfg", rest + " hard-stop-after 30s\n");
    EXPECT_TRUE(runs(in, "/usr/sbin/haproxy -c -f good.cfg"));
    EXPECT_FALSE(runs(in, "/usr/sbin/haproxy -c -f bad.cfg"));
}

TEST(InstalledProgram, CaddyTakesTheGracePeriodInItsGlobalOptions) {
    if (!is_installed("/usr/bin/caddy")) {
        GTEST_SKIP() << "no caddy";
    }
    test_folder in;
    in.add("good", "{\n\tgrace_period 20s\n}\n:8080 {\n\treverse_proxy app:80\n}\n");
    in.add("bad", ":8080 {\n\tgrace_period 20s\n\treverse_proxy app:80\n}\n");
    const std::string command = "HOME=. /usr/bin/caddy adapt --adapter caddyfile --config ";
    EXPECT_TRUE(runs(in, command + "good"));
    EXPECT_FALSE(runs(in, command + "bad"));
}

/// The settings that gunicorn has where none is written: the chain counts with this.
TEST(InstalledProgram, GunicornWaitsThirtySecondsWhereNothingIsSaid) {
    if (!is_installed("/usr/bin/gunicorn")) {
        GTEST_SKIP() << "no gunicorn";
    }
    test_folder in;
    EXPECT_TRUE(runs(in,
                     "/usr/bin/python3 -c 'from gunicorn.config import Config; import sys; "
                     "sys.exit(Config().graceful_timeout != 30)'"));
}

}  // namespace
}  // namespace lastcall::lint
