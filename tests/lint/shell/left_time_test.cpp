#include "lint/shell/left_time.hpp"

#include <gtest/gtest.h>

#include "lint/shell/script.hpp"

namespace lastcall::lint::shell {
namespace {

/// "30 s, unit stop: web", by the line that limits it; one for each stop.
std::string left_by(const std::string& text) {
    const script whole = read_script(text);
    const execution run = execution_of(whole);
    std::string made;
    for (const left_time& one : left_times(run)) {
        made += made.empty() ? "" : "; ";
        made += one.value ? std::to_string(one.value->count()) + " ms" : "no limit";
        for (const argument& target : one.targets) {
            made += " " + target.what.text;
        }
        made += " at " + std::to_string(one.where.begin);
    }
    return made;
}

TEST(ShellLeftTime, IsWhatTheCommandOrItsTimeoutSays) {
    EXPECT_EQ(left_by("timeout 30 systemctl stop web\n"), "30000 ms web at 0");
    EXPECT_EQ(left_by("docker stop -t 5 web\n"), "5000 ms web at 0");
    EXPECT_EQ(left_by("timeout 3 docker stop -t 5 web\n"), "3000 ms web at 0");
    EXPECT_EQ(left_by("systemctl stop web\n"), "no limit web at 0");
    EXPECT_EQ(left_by("docker stop -t -1 web\n"), "no limit web at 0");
    EXPECT_EQ(left_by("docker stop -t \"$LIMIT\" web\n"), "no limit web at 0");
    EXPECT_EQ(left_by("echo stop\n"), "");
}

TEST(ShellLeftTime, IsTheSleepBeforeSigkill) {
    EXPECT_EQ(left_by("kill 12\nsleep 2\nsleep 3\nkill -9 12\n"),
              "no limit 12 at 0; 5000 ms 12 at 24");
    EXPECT_EQ(left_by("kill 12\nsleep \"$n\"\nkill -9 12\n"), "no limit 12 at 0");
    EXPECT_EQ(left_by("kill 12\nwhile kill -0 12; do sleep 1; done\nkill -9 12\n"),
              "no limit 12 at 0")
        << "how often it sleeps is not known";
    EXPECT_EQ(left_by("kill -9 12\n"), "") << "that leaves none";
    EXPECT_EQ(left_by("kill -0 12\nsleep 5\nkill -9 12\n"), "") << "nobody was asked";
    EXPECT_EQ(left_by("systemctl stop --no-block web\nsleep 9\nsystemctl kill -s KILL web\n"),
              "no limit web at 0; 9000 ms web at 38");
}

}  // namespace
}  // namespace lastcall::lint::shell
