// L27, L34, L51, L52, L56, L58 and L62: what the machine and its managers do with a stop.
#include <gtest/gtest.h>

#include "doctor/look/stale_sockets.hpp"
#include "doctor/samples.hpp"

namespace lastcall::doctor_test {
namespace {

using namespace std::chrono_literals;
using core::confidence;
using doctor::platform_kind;
using doctor::seen;

seen in_unit() {
    auto of = both({server(50)});
    of.platform.kind = platform_kind::systemd;
    of.platform.name = "unit web.service";
    of.platform.id = "web.service";
    of.platform.main_pid = 50;
    of.platform.kill_mode = "mixed";
    return of;
}

TEST(Rules, OfAForkThatIsRefused) {
    auto of = both({server(50)});
    of.second.processes.at(50).group_forks_refused = 2;
    ASSERT_EQ(rules_of(of), "L34");
    EXPECT_EQ(findings_of(of).front().sure, confidence::likely);
    for (auto* each : {&of.first, &of.second}) {
        each->processes.at(50).group_tasks = each->processes.at(50).group_tasks_limit = 10;
    }
    EXPECT_EQ(findings_of(of).front().sure, confidence::proven);
    of.first.processes.at(50).group_forks_refused = 2;
    EXPECT_EQ(findings_of(of).front().sure, confidence::hint) << "nobody has tried";
    of.first.processes.at(50).group_tasks_limit = 0;
    EXPECT_EQ(rules_of(of), "") << "it was not at its limit for long";
}

TEST(Rules, OfAVforkThatHangs) {
    auto of = both({server(50)});
    for (auto* each : {&of.first, &of.second}) {
        auto child = server(51, 50);
        child.threads.threads.front().call_name = "openat";
        each->processes.emplace(51, child);
        each->processes.at(50).entry.state = 'D';
        auto& main = each->processes.at(50).threads.threads.front();
        main.state = 'D';
        main.call_name = "vfork";
        main.wchan = "kernel_clone";
    }
    ASSERT_EQ(rules_of(of), "L27");
    EXPECT_NE(findings_of(of).front().what.find("pid 51"), std::string::npos);
    of.second.processes.at(51).arguments = {"/bin/ls"};
    EXPECT_EQ(rules_of(of), "") << "it runs its program, and the next may have been started";
}

TEST(Rules, OfConnectionsThatTheKernelStillHas) {
    auto of = both({server(50)});
    auto orphan = client(100, 5s, 5s);
    orphan.line.state = 4;
    orphan.line.room = 700;
    orphan.line.cookie = {9, 9};
    of.first.orphans = of.second.orphans = {orphan};
    EXPECT_EQ(rules_of(of), "") << "nobody stops it";
    of.since = 1s;
    EXPECT_EQ(rules_of(of), "L52");
    of.first.orphans.front().line.room = 720;
    EXPECT_EQ(rules_of(of), "L52") << "a probe was taken";
    of.first.orphans.front().line.room = 800;
    EXPECT_EQ(rules_of(of), "") << "it gets on";
    of.first.orphans.front().line.room = 700;
    of.second.orphans.front().line.cookie = {8, 8};
    EXPECT_EQ(rules_of(of), "") << "another one: they come and go";
}

TEST(Rules, OfASocketFileThatNobodyHas) {
    auto of = both({server(50)});
    of.second.processes.at(50).stale_sockets = {"/run/app.sock"};
    EXPECT_EQ(rules_of(of), "") << "it may be on its way to remove it";
    of.first.processes.at(50).stale_sockets = {"/run/app.sock"};
    EXPECT_EQ(rules_of(of), "L51");
}

TEST(StaleSockets, ThePathIsFoundInAnArgument) {
    struct {
        std::string_view argument;
        std::string_view path;
    } const table[]{
        {"--bind=unix:/run/app.sock", "/run/app.sock"},
        {"unix:///run/app.sock", "/run/app.sock"},
        {"/run/app.sock:0666", "/run/app.sock"},
        {"--uds=/run/a.sock,b", "/run/a.sock"},
        {"app:main", ""},
        {"/", ""},
        {"/srv/", ""},
    };
    for (const auto& row : table) {
        EXPECT_EQ(doctor::path_in_argument(row.argument), row.path) << row.argument;
    }
}

TEST(Rules, OfAStopThatWaitsForAnother) {
    auto of = in_unit();
    of.platform.job = {7, "stop", "waiting", {"db.service/stop"}};
    ASSERT_EQ(rules_of(of), "L56");
    EXPECT_NE(findings_of(of).front().fix.find("--unit db.service;"), std::string::npos);
    of.platform.job.state = "running";
    EXPECT_EQ(rules_of(of), "");
    of.platform.job = {7, "start", "waiting", {"db.service/start"}};
    EXPECT_EQ(rules_of(of), "");
}

TEST(Rules, OfAServiceThatIsStartedAgain) {
    auto of = in_unit();
    of.platform.restart_policy = "always";
    of.platform.restarts = of.restarts_later.emplace(3);
    EXPECT_EQ(rules_of(of), "") << "an hour ago, and for a reason that nobody asks for";
    of.restarts_later = 4;
    ASSERT_EQ(rules_of(of), "L58");
    EXPECT_EQ(findings_of(of).front().sure, confidence::proven);
    EXPECT_NE(findings_of(of).front().fix.find("systemctl stop web.service"), std::string::npos);
    of.restarts_later = 3;
    of.second.processes.at(50).age = 3s;
    EXPECT_EQ(findings_of(of).front().sure, confidence::hint);
    of.platform.restarts = 0;
    of.restarts_later = 0;
    EXPECT_EQ(rules_of(of), "") << "it was started, not started again";
}

TEST(Rules, OfAProcessThatIsYoungerThanItsSignal) {
    auto of = both({server(50)});
    of.since = 20s;
    EXPECT_EQ(rules_of(of), "L09");
    of.second.processes.at(50).age = 3s;
    EXPECT_EQ(rules_of(of), "L09") << "the signal may have been sent later than was said";
    of.second.processes.at(50).parent_command = "/usr/bin/python3 /usr/bin/supervisord -n";
    ASSERT_EQ(rules_of(of), "L58 L09");
    EXPECT_NE(findings_of(of).front().fix.find("supervisorctl stop"), std::string::npos);
    of.second.processes.at(50).age = 19s;
    EXPECT_EQ(rules_of(of), "L09") << "nobody tells the time to the second";
}

TEST(Rules, OfAServiceThatSaysThatItIsReady) {
    auto of = both({server(50)});
    add_socket(of, 50, listener());
    of.since = 1s;
    of.readiness = {.url = "http://127.0.0.1/ready", .port = 80, .status = 200, .problem = {}};
    EXPECT_EQ(rules_of(of), "L62");
    for (const int status : {503, 404, 301, 0}) {
        of.readiness->status = status;
        EXPECT_EQ(rules_of(of), "") << status;
    }
    of.readiness->status = 204;
    of.shares_port = true;
    EXPECT_EQ(rules_of(of), "") << "another one may have answered";
    of.shares_port = false;
    of.readiness->port = 81;
    EXPECT_EQ(rules_of(of), "") << "another one has answered";
    of.readiness->port = 80;
    of.since = 100ms;
    EXPECT_EQ(rules_of(of), "") << "it has hardly got the signal";
}

}  // namespace
}  // namespace lastcall::doctor_test
