// What is said to who types something wrong.
#include <gtest/gtest.h>

#include <sstream>

#include "cli/program.hpp"

namespace lastcall::testing {
namespace {

TEST(Lastcall, TellsItsCommands) {
    const auto help = run_lastcall("--help");
    EXPECT_EQ(help.status, 0);
    EXPECT_NE(help.output.find("drill"), std::string::npos) << help.output;
    EXPECT_EQ(run_lastcall("--version").output.substr(0, 9), "lastcall ");
    const auto none = run_lastcall("");
    EXPECT_EQ(none.status, 2);
    const auto unknown = run_lastcall("dril");
    EXPECT_EQ(unknown.status, 2);
    EXPECT_NE(unknown.output.find("no command \"dril\""), std::string::npos) << unknown.output;
}

TEST(Lastcall, HelpOfTheDrillHasAllItsGroupsAndExamples) {
    const auto help = run_lastcall("drill --help");
    EXPECT_EQ(help.status, 0);
    for (const char* const words :
         {"usage: lastcall drill [OPTION...] -- COMMAND", "  -q, --quiet ", "How it is stopped\n",
          "      --grace DURATION ", "What is written (", "\n  lastcall drill --contract",
          "Exit status: 0"}) {
        EXPECT_NE(help.output.find(words), std::string::npos) << words << "\n" << help.output;
    }
}

TEST(Lastcall, HelpOfEachCommandIsOneScreenWithAnExample) {
    for (const std::string command :
         {"up",      "apply",   "deploy",  "approve",        "reject",       "rollback",
          "restart", "start",   "stop",    "status",         "logs",         "history",
          "why",     "events",  "upgrade", "verify-journal", "check",        "token",
          "lint",    "explain", "doctor",  "drill judge",    "drill compare"}) {
        const auto help = run_lastcall(command + " --help");
        EXPECT_EQ(help.status, 0) << command;
        EXPECT_NE(help.output.find("\n  lastcall " + command), std::string::npos) << help.output;
        EXPECT_NE(help.output.find("Exit status: 0"), std::string::npos) << help.output;
        std::istringstream lines(help.output);
        int count = 0;
        for (std::string line; std::getline(lines, line); ++count) {
            EXPECT_LE(line.size(), 92U) << command << ": " << line;
        }
        EXPECT_LE(count, 40) << command;
        if (!command.starts_with("drill ")) {
            EXPECT_EQ(run_lastcall("help " + command).output, help.output);
        }
    }
}

struct wrong {
    const char* arguments;
    int status;
    const char* words;
};

class Usage : public ::testing::TestWithParam<wrong> {};

TEST_P(Usage, IsRefusedWithTheReason) {
    const auto& [arguments, status, words] = GetParam();
    const auto made = run_lastcall(arguments);
    EXPECT_EQ(made.status, status) << made.output;
    EXPECT_NE(made.output.find(words), std::string::npos) << made.output;
}

INSTANTIATE_TEST_SUITE_P(
    OfADrill, Usage,
    ::testing::Values(
        wrong{"drill", 2, "no url"}, wrong{"drill --url http://127.0.0.1:1/", 2, "nobody to stop"},
        wrong{"drill --url http://127.0.0.1:1/ --sequence docker --exec true", 2, "say whom"},
        wrong{"drill --url http://127.0.0.1:1/ --sequence crash --exec true", 2, "SIGKILL"},
        wrong{"drill --nonsense -- true", 2, "lastcall drill: there is no option --nonsense"},
        wrong{"drill --redy /r -- x {port}", 2, "did you mean --ready?"},
        wrong{"drill judge --polcy lb x", 2, "did you mean --policy?"},
        wrong{"drill --init -- x {port}", 2, "--init is not for --sequence plain"},
        wrong{"drill --successor y -- x {port}", 2, "it is for rolling"},
        wrong{"drill --trials 3 --sweep 3 -- x {port}", 2, "give one"},
        wrong{"drill --pid 4 --unit x --url http://127.0.0.1:1/", 2, "--pid and --unit were given"},
        wrong{"drill --ca /no/ca.pem -- x {port}", 2, "the url is not https"},
        wrong{"drill --exit-within 40s -- x {port}", 2, "--exit-within is longer than the grace"},
        wrong{"drill --url /index.html -- x", 2, "is a path, of which server is not said"},
        wrong{"drill --grace 5 -- x {port}", 2, "has no unit"},
        wrong{"drill --sequence gentle -- x {port}", 2, "none of plain, docker"},
        wrong{"drill --signal NOPE -- x {port}", 2, "is no signal"},
        wrong{"drill --policy soft -- x {port}", 2, "neither strict nor lb"},
        wrong{"drill --exit-codes 0,x -- x {port}", 2, "no exit status"},
        wrong{"drill --trials 0 -- x {port}", 2, "from 1 to 1000"},
        wrong{"drill --pid 1 --url http://127.0.0.1:1/", 2, "from 2 up"},
        wrong{"drill --env =x -- x {port}", 2, "NAME=value"},
        wrong{"drill --second-signal INT=perhaps -- x {port}", 2, "SIGNAL=ignored"},
        wrong{"drill --contract /no/such.yaml", 2, "/no/such.yaml: cannot be read"},
        wrong{"drill --effects /x -- x {port}", 2, "no target for the POST"},
        wrong{"drill --unit-file /no/such.service -- x {port}", 2, "--sequence systemd"},
        wrong{"drill -- /no/such/program {port}", 1, "/no/such/program"},
        wrong{"drill -- /etc/passwd {port}", 1, "/etc/passwd"},
        wrong{"drill -- sh -c 'echo over and out; exit 7' {port}", 1, "ended with status 7"},
        wrong{"drill -- sh -c 'echo over and out; exit 7' {port}", 1, "over and out"},
        wrong{"drill --start-within 300ms -- sleep 60 {port}", 1, "gave no answer within 300 ms"},
        wrong{"drill --url http://127.0.0.1:9/ --start-within 200ms --sequence reload --exec true",
              1, "connection refused"},
        wrong{"drill --events /no/such/folder/e.ndjson -- " FAULTY_SERVER
              " --truth /dev/null --port {port}",
              2, "/no/such/folder/e.ndjson"},
        wrong{"drill judge", 2, "events"},
        wrong{"drill judge /no/such.ndjson", 1, "/no/such.ndjson"},
        wrong{"drill judge /etc/passwd", 1, "/etc/passwd:1"},
        wrong{"drill judge /dev/null --policy soft", 2, "neither strict nor lb"},
        wrong{"drill compare /no/a.json /no/b.json", 1, ".json: the file can not be read"},
        wrong{"drill compare /etc/passwd /etc/passwd", 1, "/etc/passwd"}));

INSTANTIATE_TEST_SUITE_P(
    OfTheAgent, Usage,
    ::testing::Values(
        wrong{"depoly", 2, "did you mean deploy?"}, wrong{"xyzzy", 2, "no command \"xyzzy\"\n"},
        wrong{"deploy --frce -- x", 2, "did you mean --force?"},
        wrong{"deploy web", 2, "lastcall restart"}, wrong{"deploy --", 2, "no program behind --"},
        wrong{"deploy --to x -- y", 2, "two ways"},
        wrong{"status --home ''", 2, "--home: \"\" is no DIR; leave the option out"},
        wrong{"doctor 1 --since ''", 2, "--since: \"\" is no DURATION"},
        wrong{"status a b", 2, "\"b\" is one word too much"},
        wrong{"logs -n many", 2, "no whole number from 0 to 100000"},
        wrong{"approve", 2, "needs the number of a deploy"},
        wrong{"reject seven", 2, "no number of a deploy"}, wrong{"stop --all web", 2, "--all"},
        wrong{"up /no/such.yaml", 2, "/no/such.yaml: the file does not exist"},
        wrong{"up x.yaml -- y", 2, "two ways"}, wrong{"up --port 80 x.yaml", 2, "behind --"},
        wrong{"up --port 99999 -- /no/such", 2, "above 65535"},
        wrong{"up --port 99999 -- /no/such", 2, "\n  command: \"/no/such\" does not exist"},
        wrong{"up --env 1=x -- true", 2, "nothing was started"},
        wrong{"status --url http://x:1", 2, "https://"},
        wrong{"status --url https://x:1 --token-file /no/such", 2, "--token-file: /no/such"},
        wrong{"status --token-file /etc/hostname", 2, "--url"},
        wrong{"verify-journal /no/such.db", 4, "/no/such.db"}));

TEST(Usage, TheLimitsOfTheMachineAreSaidBeforeAnythingIsStarted) {
    const auto made = run_shell(
        "d=$(mktemp -d); printf 'lanes: [{kind: idle, clients: 100000}]\\n' > $d/p.yaml; " LASTCALL
        " drill --profile $d/p.yaml -- touch $d/started {port}; s=$?; test ! -e $d/started || "
        "s=99; rm -r $d; exit $s");
    EXPECT_EQ(made.status, 1) << made.output;
    EXPECT_NE(made.output.find("the lanes want 100000 connections"), std::string::npos)
        << made.output;
}

}  // namespace
}  // namespace lastcall::testing
