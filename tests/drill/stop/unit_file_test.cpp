#include "drill/sequence/unit_file.hpp"

#include "drill/sequence/command_line.hpp"
#include "drill/sequence/stop_command.hpp"
#include "drill/sequence/time_span.hpp"
#include "support.hpp"

namespace lastcall::drill {
namespace {

using namespace std::chrono_literals;
using commands = std::vector<std::vector<std::string>>;

sequence_plan read(const std::string& text, const std::string& name = "web@blue.service") {
    const testing::folder files;
    std::ofstream(files.file(name)) << text;
    return read_unit(files.file(name));
}

std::string why_not(const std::string& text) {
    try {
        static_cast<void>(read(text));
    } catch (const std::runtime_error& problem) {
        const std::string what = problem.what();
        return what.substr(std::min(what.find("web@blue"), what.size()));
    }
    return "it was read";
}

TEST(UnitFile, HasTheDefaultsOfSystemd) {
    const auto plan = read("[Unit]\nDescription=web\n[Service]\nExecStart=/bin/web\n");
    EXPECT_EQ(plan.kind, sequence_kind::systemd);
    EXPECT_EQ(plan.grace, 90s);
    EXPECT_EQ(plan.signal, 15);
    EXPECT_EQ(plan.mode, kill_mode::control_group);
    EXPECT_TRUE(plan.send_sigkill);
    EXPECT_FALSE(plan.send_sighup);
    EXPECT_TRUE(plan.exec_stop.empty());
}

TEST(UnitFile, ReadsEverySettingOfAStop) {
    const auto plan = read(
        "[Service]\n"
        "# a comment\n"
        "ExecStop=/bin/kill -s QUIT $MAINPID\n"
        "ExecStop=-/bin/sh -c \"wait for it; done\" \\\n"
        "  ; and comments in the middle\n"
        "  'last word'\n"
        "ExecStopPost=@/bin/rm rm /run/%p-%i.pid ; /bin/true\n"
        " KillMode = mixed \n"
        "KillSignal=SIGQUIT\nFinalKillSignal=ABRT\n"
        "TimeoutStopSec=1min 30s\nSendSIGKILL=no\nSendSIGHUP=true\n"
        "[Install]\nKillMode=none\n");
    EXPECT_EQ(plan.exec_stop, (commands{{"/bin/kill", "-s", "QUIT", "$MAINPID"},
                                        {"-/bin/sh", "-c", "wait for it; done", "last word"}}));
    EXPECT_EQ(plan.exec_stop_post, (commands{{"/bin/rm", "/run/web-blue.pid"}, {"/bin/true"}}));
    EXPECT_EQ(plan.mode, kill_mode::mixed);
    EXPECT_EQ(plan.signal, 3);
    EXPECT_EQ(plan.final_signal, 6);
    EXPECT_EQ(plan.grace, 90s);
    EXPECT_FALSE(plan.send_sigkill);
    EXPECT_TRUE(plan.send_sighup);
}

TEST(UnitFile, TakesAnEmptyValueAsTheEndOfAList) {
    EXPECT_EQ(read("[Service]\nExecStop=/bin/a\nExecStop=\nExecStop=/bin/b\n").exec_stop,
              (commands{{"/bin/b"}}));
}

TEST(UnitFile, HasNoLimitWhereTheUnitHasNone) {
    constexpr auto none = std::chrono::nanoseconds::max();
    EXPECT_EQ(read("[Service]\nTimeoutStopSec=infinity\n").grace, none);
    EXPECT_EQ(read("[Service]\nTimeoutStopSec=0\n").grace, none);
    EXPECT_EQ(read("[Service]\nTimeoutSec=20\n").grace, 20s);
}

TEST(UnitFile, NamesFileLineAndReasonOfWhatIsWrong) {
    EXPECT_EQ(why_not("[Service]\n\nKillMode=mixd\n"),
              "web@blue.service:3: KillMode=mixd: write control-group, mixed, process or none");
    EXPECT_NE(why_not("[Service]\nKillSignal=SIGNOPE\n").find(":2: KillSignal=SIGNOPE"),
              std::string::npos);
    EXPECT_NE(why_not("[Service]\nTimeoutStopSec=soon\n").find("write a duration"),
              std::string::npos);
    EXPECT_NE(why_not("[Service]\nSendSIGKILL=perhaps\n").find("yes or no"), std::string::npos);
    EXPECT_NE(why_not("[Service]\nwhat is this\n").find(":2: what is this"), std::string::npos);
    EXPECT_NE(why_not("[Service]\nExecStop=/bin/a \\\n 'b\n").find(":2: ExecStop"),
              std::string::npos)
        << "the line where it begins";
    EXPECT_NE(why_not("[Service]\nExecStop=/bin/a %m\n").find("%m"), std::string::npos);
    EXPECT_NE(why_not("[Socket]\nListenStream=80\n").find("no section [Service]"),
              std::string::npos);
    EXPECT_THROW(static_cast<void>(read_unit("/no/such.service")), std::runtime_error);
}

TEST(TimeSpan, ReadsWhatSystemdWrites) {
    constexpr auto none = std::chrono::nanoseconds::max();
    struct row {
        const char* text;
        std::optional<std::chrono::nanoseconds> value;
    };
    for (const auto& [text, value] : {
             row{"90", 90s},
             row{"1min 30s", 90s},
             row{"2h 3min", 2h + 3min},
             row{"500ms", 500ms},
             row{"1.5s", 1500ms},
             row{" 5 min ", 5min},
             row{"1d", 24h},
             row{"250us", 250us},
             row{"infinity", none},
             row{"0", 0s},
             row{"", {}},
             row{"soon", {}},
             row{"5 parsecs", {}},
             row{"-5", {}},
             row{"400y", none},  // more than fits into nanoseconds
             row{"99999999999w", {}},
         }) {
        EXPECT_EQ(read_time_span(text), value) << text;
    }
}

TEST(CommandLine, TakesQuotesAndEscapesOff) {
    EXPECT_EQ(split_command_lines(R"(a "b c" 'd "e"' f\sg "" h\;)"),
              (commands{{"a", "b c", "d \"e\"", "f g", "", "h;"}}));
    EXPECT_EQ(split_command_lines("a ';' b"), (commands{{"a", ";", "b"}})) << "quoted: no end";
    EXPECT_TRUE(split_command_lines("  ").empty());
    EXPECT_THROW(static_cast<void>(split_command_lines("- x")), std::runtime_error);
}

TEST(MainPid, StandsForNothingOnceTheProcessHasEnded) {
    using words = std::vector<std::string>;
    EXPECT_EQ(with_main_pid({"kill", "$MAINPID", "p${MAINPID}.${MAINPID}"}, 42),
              (words{"kill", "42", "p42.42"}));
    EXPECT_EQ(with_main_pid({"kill", "$MAINPID", "p${MAINPID}"}, 0), (words{"kill", "p"}));
    EXPECT_EQ(with_main_pid({"x$MAINPID"}, 42), words{"x$MAINPID"}) << "not a word of its own";
}

}  // namespace
}  // namespace lastcall::drill
