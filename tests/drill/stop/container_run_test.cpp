// preStop, and programs that are PID 1.
#include "drill/sequence/stop_runner.hpp"

#include <csignal>

#include "support.hpp"
#include "sys/socket/socket_client.hpp"

namespace lastcall::drill {
namespace {

using namespace std::chrono_literals;
using testing::ready_subject;
using testing::stop;

const std::string graceful =
    "trap 'echo got TERM; sleep 0.1; exit 3' TERM; echo ready; while :; do sleep 0.02; done";

TEST(ContainerRun, GivesPreStopAndTheSignalOneGraceAndWithdrawsRoutesOnTheirOwnClock) {
    ready_subject service({.argv = {"sh", "-c", graceful}});
    const testing::folder files;
    const auto result = stop(testing::plan([&](sequence_plan& it) {
                                 it.kind = sequence_kind::kubernetes;
                                 it.grace = 5s;
                                 it.route_lag = 150ms;
                                 it.pre_stop = testing::hook(
                                     {"sh", "-c", "sleep 0.3; echo done > " + files.file("hook")});
                             }),
                             *service.who);
    EXPECT_EQ(result.asked, (std::vector<std::string>{"withdraw", "strike"}));
    EXPECT_EQ(testing::text_of(files.file("hook")), "done\n");
    EXPECT_GE(result.between(mark::pre_stop_begun, mark::pre_stop_ended), 300ms);
    EXPECT_GE(result.between(mark::deleted, mark::routes_withdrawn), 150ms);
    EXPECT_LT(result.trial.marks[mark::routes_withdrawn], result.trial.marks[mark::signal_sent]);
    EXPECT_EQ(result.trial.exit.code, 3);
    EXPECT_TRUE(result.has_note("exit 0 after")) << testing::notes_of(result.trial);
}

TEST(ContainerRun, SendsTheSignalWhenPreStopCanNotBeRun) {
    ready_subject service({.argv = {"sh", "-c", graceful}});
    const auto result = stop(testing::plan([&](sequence_plan& it) {
                                 it.kind = sequence_kind::kubernetes;
                                 it.grace = 5s;
                                 it.pre_stop = testing::hook({"no-such-program-here"});
                             }),
                             *service.who);
    EXPECT_EQ(result.trial.exit.code, 3);
    EXPECT_TRUE(result.has_note("no such program in PATH")) << testing::notes_of(result.trial);
}

TEST(ContainerRun, AsksTheServiceItselfAsAnHttpPreStopDoes) {
    const auto port = std::to_string(sys::free_port());
    ready_subject service(
        {.argv = {"/usr/bin/python3", "-c",
                  "import http.server, signal, sys\n"
                  "class handler(http.server.BaseHTTPRequestHandler):\n"
                  "    def do_GET(self):\n"
                  "        print('asked', self.path, self.headers['Host'], flush=True)\n"
                  "        self.send_response(204 if self.path == '/drain' else 500)\n"
                  "        self.end_headers()\n"
                  "    def log_message(self, *_): pass\n"
                  "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))\n"
                  "server = http.server.HTTPServer(('127.0.0.1', " +
                      port + "), handler)\nprint('ready', flush=True)\nserver.serve_forever()"}});
    const auto asking = [&](const std::string& path) {
        return testing::plan([&](sequence_plan& it) {
            it.kind = sequence_kind::kubernetes;
            it.grace = 5s;
            it.pre_stop.what = pre_stop_plan::kind::http_get;
            it.pre_stop.url = "http://127.0.0.1:" + port + path;
        });
    };
    const auto result = stop(asking("/drain"), *service.who);
    EXPECT_TRUE(service.has("asked /drain 127.0.0.1:" + port));
    EXPECT_TRUE(result.has_note("/drain: exit 0 after")) << testing::notes_of(result.trial);
    EXPECT_EQ(result.trial.exit.code, 0);
}

TEST(ContainerRun, SaysWhyAnHttpPreStopFailedAndGoesOn) {
    ready_subject service({.argv = {"sh", "-c", graceful}});
    const auto result = stop(
        testing::plan([&](sequence_plan& it) {
            it.kind = sequence_kind::kubernetes;
            it.grace = 5s;
            it.pre_stop.what = pre_stop_plan::kind::http_get;
            it.pre_stop.url = "http://127.0.0.1:" + std::to_string(sys::free_port()) + "/drain";
        }),
        *service.who);
    EXPECT_TRUE(result.has_note("no connection: Connection refused"))
        << testing::notes_of(result.trial);
    EXPECT_EQ(result.trial.exit.code, 3);
}

TEST(ContainerRun, CountsTheBeginOfPreStopAsTheSignalWhereTheHookStopsTheService) {
    const testing::folder files;
    ready_subject service(
        {.argv = {"sh", "-c", "echo $$ > " + files.file("pid") + "; " + graceful}});
    const auto result = stop(
        testing::plan([&](sequence_plan& it) {
            it.kind = sequence_kind::kubernetes;
            it.grace = 5s;
            it.pre_stop =
                testing::hook({"sh", "-c", "kill -TERM $(cat " + files.file("pid") + "); sleep 5"});
        }),
        *service.who);
    EXPECT_EQ(result.trial.exit.code, 3);
    EXPECT_EQ(result.trial.marks[mark::signal_sent], result.trial.marks[mark::pre_stop_begun]);
    EXPECT_TRUE(result.has_note("during preStop")) << testing::notes_of(result.trial);
}

TEST(ContainerRun, RunsAsPidOneAndFindsThatTheDefaultActionIsDropped) {
    if (!testing::is_root()) {
        GTEST_SKIP() << "a PID namespace without a user namespace needs root";
    }
    ready_subject service({.argv = {"/usr/bin/python3", "-c",
                                    "import os, time\nprint('pid', os.getpid())\n"
                                    "print('ready', flush=True)\ntime.sleep(60)"},
                           .in_pid_namespace = true});
    EXPECT_TRUE(service.has("pid 1"));
    const auto result = stop(testing::plan([&](sequence_plan& it) {
                                 it.kind = sequence_kind::docker;
                                 it.grace = 600ms;
                             }),
                             *service.who);
    EXPECT_EQ(result.trial.exit.signal, SIGKILL);
    EXPECT_TRUE(result.trial.exit.killed_by_us);
    ASSERT_FALSE(result.trial.explanations.empty());
    EXPECT_EQ(result.trial.explanations.back().cause, "init-default");
    EXPECT_EQ(result.trial.explanations.back().rule, "L01");
    EXPECT_EQ(result.trial.explanations.back().text().find("[L01] "), 0U);
}

TEST(ContainerRun, StopsTheSameProgramBehindAnInit) {
    if (!testing::is_root()) {
        GTEST_SKIP() << "a PID namespace without a user namespace needs root";
    }
    const testing::folder_in_path with_init(std::getenv("LASTCALL_TEST_INIT_FOLDER"));
    ready_subject service(
        {.argv = {"/usr/bin/python3", "-c",
                  "import os, time\nprint('pid', os.getpid())\nprint('ready', flush=True)\n"
                  "time.sleep(60)"},
         .in_pid_namespace = true,
         .with_init = true});
    EXPECT_FALSE(service.has("pid 1"));
    const auto result = stop(testing::plan([&](sequence_plan& it) {
                                 it.kind = sequence_kind::docker;
                                 it.grace = 5s;
                             }),
                             *service.who);
    EXPECT_FALSE(result.trial.exit.killed_by_us);
    EXPECT_EQ(result.trial.exit.code, 128 + SIGTERM);
}

TEST(ContainerRun, RunsPreStopInsideTheNamespacesOfTheService) {
    if (!testing::is_root()) {
        GTEST_SKIP() << "a PID namespace without a user namespace needs root";
    }
    ready_subject service({.argv = {"sh", "-c", graceful}, .in_pid_namespace = true});
    // Inside, the service is PID 1; outside, that is somebody else.
    const auto result =
        stop(testing::plan([&](sequence_plan& it) {
                 it.kind = sequence_kind::kubernetes;
                 it.grace = 5s;
                 it.pre_stop = testing::hook({"grep", "-q", "got TERM", "/proc/1/cmdline"});
             }),
             *service.who);
    EXPECT_TRUE(result.has_note("exit 0 after")) << testing::notes_of(result.trial);
    EXPECT_EQ(result.trial.exit.code, 3);
}

}  // namespace
}  // namespace lastcall::drill
