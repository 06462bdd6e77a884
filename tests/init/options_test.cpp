#include "init/options.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include "init/reading.hpp"

namespace lastcall::init {
namespace {

using namespace std::chrono_literals;
using words = std::vector<std::string>;

words native(words rest) {
    rest.insert(rest.begin(), "/sbin/lastcall-init");
    return rest;
}

TEST(Options, AreTheseWhenNothingIsSaid) {
    const reading it({"lastcall-init", "/bin/server", "--grace", "x"});
    ASSERT_TRUE(it.runs()) << it.text();
    EXPECT_EQ(it.command(), "/bin/server --grace x");
    EXPECT_EQ(it->as, personality::lastcall);
    EXPECT_EQ(it->plan.grace, 10s);
    EXPECT_EQ(it->grace_source, "default");
    EXPECT_EQ(it->plan.reserve, 500ms);
    EXPECT_EQ(it->plan.delay, 0s);
    EXPECT_FALSE(it->plan.has_pre_stop);
    EXPECT_EQ(it->to, reach::main);
    EXPECT_EQ(it->where, placement::automatic);
    EXPECT_EQ(it.stop_signals(), "2 3 15");
    EXPECT_EQ(it.rewrites(), "");
    EXPECT_EQ(it.exit_map(), "");
    EXPECT_TRUE(it->exit_map_only_after_stop);
    EXPECT_EQ(it->exit_unclean, -1);
    EXPECT_EQ(it->exec_failed, 0);
    EXPECT_EQ(it->ready.how, readiness::kind::none);
    EXPECT_TRUE(it->subreaper && it->waits_for_rest && it->preflight && it->last_line);
    EXPECT_FALSE(it->warns_of_reaping || it->suspends_itself);
    EXPECT_EQ(it->verbosity, 1);
}

TEST(Options, AreReadInBothForms) {
    for (const words& form : {words{"--grace", "40s", "--mode", "tree", "--", "a", "--", "-b"},
                              words{"--grace=40s", "--mode=tree", "a", "--", "-b"}}) {
        const reading it(native(form));
        ASSERT_TRUE(it.runs()) << it.text();
        EXPECT_EQ(it->plan.grace, 40s);
        EXPECT_EQ(it->plan.reserve, 2s);
        EXPECT_EQ(it->grace_source, "--grace");
        EXPECT_EQ(it->to, reach::tree);
        EXPECT_EQ(it.command(), "a -- -b");
    }
}

TEST(Options, NameDescriptorsThatAreHeldExecutedAndReportedTo) {
    const reading it(
        native({"--hold", "5,7", "--hold=9", "--program-fd", "4", "--report-fd", "8", "a"}));
    ASSERT_TRUE(it.runs()) << it.text();
    ASSERT_EQ(it->held_count, 3U);
    EXPECT_EQ(it->held[0], 5);
    EXPECT_EQ(it->held[1], 7);
    EXPECT_EQ(it->held[2], 9);
    EXPECT_EQ(it->program_fd, 4);
    EXPECT_EQ(it->report_fd, 8);
    for (const auto* const bad : {"2", "x", "-1", "5,,6", "5,2", "3,4,5,6,7,8,9,10,11"}) {
        const reading refused(native({"--hold", bad, "a"}));
        EXPECT_FALSE(refused.runs()) << bad;
        EXPECT_NE(refused.text().find("--hold"), std::string::npos) << refused.text();
    }
    EXPECT_FALSE(reading(native({"--program-fd", "1", "a"})).runs());
    EXPECT_FALSE(it->empty_mask);
    EXPECT_TRUE(reading(native({"--empty-mask", "a"}))->empty_mask);
}

TEST(Options, CarryTheWholeStop) {
    const reading it(native({"--grace",
                             "1m",
                             "--reserve",
                             "1500ms",
                             "--delay",
                             "5s",
                             "--pre-stop",
                             "/bin/leave now",
                             "--stop-signals",
                             "TERM,usr1",
                             "--rewrite",
                             "TERM=QUIT,RTMIN+3=HUP",
                             "--rewrite",
                             "HUP=KILL",
                             "--drop",
                             "WINCH,USR2",
                             "--exit-map",
                             "143=0,130=0",
                             "--exit-map=131=9",
                             "--exit-unclean",
                             "75",
                             "--mode",
                             "group",
                             "a"}));
    ASSERT_TRUE(it.runs()) << it.text();
    EXPECT_EQ(it->plan.grace, 1min);
    EXPECT_EQ(it->plan.reserve, 1500ms);
    EXPECT_EQ(it->plan.delay, 5s);
    EXPECT_TRUE(it->plan.has_pre_stop);
    EXPECT_STREQ(it->pre_stop, "/bin/leave now");
    EXPECT_EQ(it.stop_signals(), "10 15");
    EXPECT_EQ(it.rewrites(), "1:9 12:0 15:3 28:0 37:1");
    EXPECT_EQ(it.exit_map(), "130:0 131:9 143:0");
    EXPECT_EQ(it->exit_unclean, 75);
    EXPECT_EQ(it->to, reach::group);
}

TEST(Options, CarryTheRest) {
    const reading it(native({"--ready-timeout=20s", "--ready=notify", "--parent-death-signal",
                             "KILL", "--no-preflight", "--no-subreaper", "--session", "--report",
                             "/run/last", "--no-last-line", "--wait-for", "main", "-vv", "a"}));
    ASSERT_TRUE(it.runs()) << it.text();
    EXPECT_EQ(it->ready.how, readiness::kind::notify);
    EXPECT_EQ(it->ready.timeout, 20s);
    EXPECT_EQ(it->parent_death_signal, SIGKILL);
    EXPECT_FALSE(it->preflight || it->subreaper || it->last_line || it->waits_for_rest);
    EXPECT_EQ(it->where, placement::own_session);
    EXPECT_STREQ(it->report_file, "/run/last");
    EXPECT_EQ(it->verbosity, 3);
    EXPECT_EQ(reading(native({"--quiet", "--same-group", "a"}))->where, placement::same_group);
    EXPECT_EQ(reading(native({"-q", "a"}))->verbosity, 0);
    EXPECT_EQ(reading(native({"--verbose", "a"}))->verbosity, 2);
    EXPECT_EQ(reading(native({"-vvvvv", "a"}))->verbosity, 3);
}

TEST(Options, TakeAnArgumentThatLooksLikeAnOptionAsTheValue) {
    EXPECT_STREQ(reading(native({"--pre-stop", "--", "a"}))->pre_stop, "--");
    EXPECT_EQ(reading(native({"--mode", "tree", "-", "-x"})).command(), "- -x");
}

TEST(Options, NameEveryWayToTellReadiness) {
    using kind = readiness::kind;
    const struct {
        std::string text;
        kind how;
        const char* target;
    } table[] = {
        {"tcp:8080", kind::tcp, "8080"},
        {"tcp:10.0.0.7:8080", kind::tcp, "10.0.0.7:8080"},
        {"tcp:localhost:8080", kind::tcp, "8080"},
        {"tcp:[::1]:65535", kind::tcp, "[::1]:65535"},
        {"http:8080/ready", kind::http, "8080/ready"},
        {"http://127.0.0.1:8080/ready?all=1", kind::http, "127.0.0.1:8080/ready?all=1"},
        {"http://localhost:80", kind::http, "80"},
        {"http://[fe80::1%2]:80/a:b", kind::http, "[fe80::1%2]:80/a:b"},
        {"file:/run/ready", kind::file, "/run/ready"},
    };
    for (const auto& one : table) {
        const reading it(native({"--ready", one.text, "a"}));
        ASSERT_TRUE(it.runs()) << it.text();
        EXPECT_EQ(it->ready.how, one.how);
        EXPECT_STREQ(it->ready.target, one.target);
    }
}

TEST(Options, ComeFromTheEnvironmentWhereTheCommandLineIsSilent) {
    const words environment = {"LASTCALL_GRACES=x", "LASTCALL_GRACE=25s",
                               "LASTCALL_STOP_SIGNALS=USR1", "LASTCALL_WAIT_FOR=main"};
    const reading silent(native({"a"}), environment);
    EXPECT_EQ(silent->plan.grace, 25s);
    EXPECT_EQ(silent->plan.reserve, 1250ms);
    EXPECT_EQ(silent->grace_source, "LASTCALL_GRACE");
    EXPECT_EQ(silent.stop_signals(), "10");
    EXPECT_FALSE(silent->waits_for_rest);
    const reading said(native({"--grace=5s", "--stop-signals=2", "--wait-for=tree", "a"}),
                       environment);
    EXPECT_EQ(said->plan.grace, 5s);
    EXPECT_EQ(said->grace_source, "--grace");
    EXPECT_EQ(said.stop_signals(), "2");
    EXPECT_TRUE(said->waits_for_rest);
}

TEST(Options, ThatDropAStopSignalTakeItOutOfThem) {
    EXPECT_EQ(reading(native({"--drop", "INT,QUIT", "a"})).stop_signals(), "15");
}

TEST(Options, PrintTheirHelpAndVersionWholeOnStdout) {
    for (const char* word : {"--help", "-h"}) {
        const reading it(native({word}));
        EXPECT_TRUE(it.prints());
        EXPECT_EQ(it.status(), 0);
        EXPECT_FALSE(it.to_stderr() || it.is_cut());
        EXPECT_TRUE(it.text().starts_with("lastcall-init ")) << it.text();
        EXPECT_TRUE(it.text().ends_with(".\n")) << it.text();
    }
    for (const char* word : {"--version", "-V"}) {
        EXPECT_EQ(reading(native({word})).text(), "lastcall-init " + std::string(version()) + "\n");
    }
}

TEST(Options, AreAllInTheHelp) {
    const std::string text = reading(native({"--help"})).text();
    for (const char* name : {"grace D",
                             "reserve D",
                             "delay D",
                             "pre-stop C",
                             "mode W",
                             "stop-signals L",
                             "rewrite A",
                             "drop L",
                             "exit-map A",
                             "exit-unclean N",
                             "ready H",
                             "ready-timeout D",
                             "parent-death-signal S",
                             "no-preflight ",
                             "no-subreaper ",
                             "session ",
                             "same-group ",
                             "wait-for W",
                             "report F",
                             "quiet ",
                             "verbose ",
                             "no-last-line ",
                             "version ",
                             "help\n"}) {
        EXPECT_NE(text.find(std::string("--") + name), std::string::npos) << name;
    }
    std::size_t start = 0;
    for (std::size_t end; (end = text.find('\n', start)) != std::string::npos; start = end + 1) {
        EXPECT_LE(end - start, 92U) << text.substr(start, end - start);
    }
}

TEST(Options, OfAnEmptyCommandLineAreRefused) {
    options into;
    parsed result;
    char* nothing[] = {nullptr};
    parse_command_line(0, nothing, nothing, into, result);
    EXPECT_EQ(result.what, parsed::outcome::refused);
    EXPECT_EQ(result.exit_status, 2);
}

}  // namespace
}  // namespace lastcall::init
