#include <gtest/gtest.h>

#include "init/reading.hpp"

namespace lastcall::init {
namespace {

using words = std::vector<std::string>;

words native(words rest) {
    rest.insert(rest.begin(), "/sbin/lastcall-init");
    return rest;
}

struct refusal {
    words line;
    std::string message;
    words environment = {};
};

void expect_refused(const refusal& one) {
    const reading it(native(one.line), one.environment);
    EXPECT_FALSE(it.runs() || it.prints()) << one.message;
    EXPECT_EQ(it.status(), 2);
    EXPECT_EQ(it.text(), "lastcall-init: " + one.message + "\n");
}

TEST(Options, ThatAreRefusedSayWhatIsWrongAndWhatToWrite) {
    const std::string no_pair = "\" is no pair of statuses from 0 to 255; write 143=0";
    const refusal table[] = {
        {{},
         "no program to run; write lastcall-init [options] -- program [arguments], or see "
         "lastcall-init --help"},
        {{"--grace", "10", "a"}, "--grace: \"10\" has no unit; write 10s"},
        {{"--grace=0s", "a"}, "--grace: \"0s\" is too short; it must be above zero, as 30s is"},
        {{"--grace=-1s", "a"}, "--grace: \"-1s\" is negative; write it as 500ms, 30s or 2m"},
        {{"--grace"}, "--grace needs a value; lastcall-init --help says which"},
        {{"--quiet=1", "a"}, "--quiet takes no value"},
        {{"--mode", "all", "a"}, "--mode: \"all\" is not one of them; write main, group or tree"},
        {{"--wait-for=0", "a"},
         "--wait-for: \"0\" is not one of them; write tree (wait for every process) or main "
         "(leave with the main program)"},
        {{"--stop-signals", "TERM,SIGFOO", "a"},
         "--stop-signals: \"SIGFOO\" is no signal; write TERM, SIGTERM, 15 or RTMIN+3"},
        {{"--stop-signals=", "a"},
         "--stop-signals: \"\" is no signal; write TERM, SIGTERM, 15 or RTMIN+3"},
        {{"--stop-signals=KILL", "a"},
         "--stop-signals: SIGKILL cannot be caught, so nothing else can be done for it"},
        {{"--drop=CHLD", "a"},
         "--drop: SIGCHLD tells of processes that ended, and is not forwarded"},
        {{"--rewrite", "TERM", "a"}, "--rewrite: \"TERM\" is no pair; write TERM=QUIT"},
        {{"--rewrite", "TERM=", "a"},
         "--rewrite: \"\" is no signal; write TERM, SIGTERM, 15 or RTMIN+3"},
        {{"--rewrite", "TERM=0", "a"}, "--rewrite: \"TERM=0\" sends nothing; write --drop TERM"},
        {{"--rewrite", "STOP=TERM", "a"},
         "--rewrite: SIGSTOP cannot be caught, so nothing else can be done for it"},
        {{"--rewrite=HUP=TERM", "--drop=HUP", "a"},
         "SIGHUP is in --rewrite and in --drop; give one"},
        {{"--stop-signals=HUP", "--drop=HUP", "a"},
         "SIGHUP is in --stop-signals and in --drop; give one"},
        {{"--drop=TERM,INT,QUIT", "a"},
         "--drop: no signal is left that asks for a stop; name one in --stop-signals"},
        {{"--exit-map", "143", "a"}, "--exit-map: \"143" + no_pair},
        {{"--exit-map", "143=0,256=0", "a"}, "--exit-map: \"256=0" + no_pair},
        {{"--exit-map", "143=-1", "a"}, "--exit-map: \"143=-1" + no_pair},
        {{"--exit-unclean", "0", "a"},
         "--exit-unclean: \"0\" is no status from 1 to 255; write 75, for example"},
        {{"--parent-death-signal", "x", "a"},
         "--parent-death-signal: \"x\" is no signal; write TERM, SIGTERM, 15 or RTMIN+3"},
        {{"--session", "--same-group", "a"},
         "--session and --same-group exclude each other; give one"},
        {{"--pre-stop=", "a"}, "--pre-stop: is empty; write a command"},
        {{"--report", "", "a"}, "--report: is empty; write the path of a file"},
        {{"--ready-timeout", "5s", "a"},
         "--ready-timeout: there is nothing to wait for; give --ready too"},
    };
    for (const refusal& one : table) {
        expect_refused(one);
    }
}

TEST(Options, ThatAreMisspeltBringTheNearestOne) {
    const refusal table[] = {
        {{"--grase", "5s", "a"}, "unknown option --grase (did you mean --grace?)"},
        {{"--preflight", "a"}, "unknown option --preflight (did you mean --no-preflight?)"},
        {{"--stop-signal=TERM", "a"},
         "unknown option --stop-signal (did you mean --stop-signals?)"},
        {{"--exit_map=1=0", "a"}, "unknown option --exit_map (did you mean --exit-map?)"},
        {{"--zebra", "a"}, "unknown option --zebra; lastcall-init --help lists them"},
        {{"-g", "a"}, "unknown option -g; write --mode group"},
        {{"-qe", "1", "a"}, "unknown option -e; write --exit-map"},
        {{"-z", "a"}, "unknown option -z; lastcall-init --help lists them"},
    };
    for (const refusal& one : table) {
        expect_refused(one);
    }
}

TEST(Options, RefuseABudgetThatCannotHold) {
    const refusal table[] = {
        {{"--grace=10s", "--delay=8s", "--reserve=2s", "a"},
         "--delay 8s and a reserve of 2s leave nothing of the grace of 10s (--grace); give --grace "
         "more than 10s"},
        {{"--delay=9.5s", "a"},
         "--delay 9.5s and a reserve of 500ms leave nothing of the grace of 10s (default); give "
         "--grace more than 10s"},
        {{"--reserve=5s", "a"},
         "a reserve of 5s leaves nothing of the grace of 3s (LASTCALL_GRACE); give --grace more "
         "than 5s",
         {"LASTCALL_GRACE=3s"}},
    };
    for (const refusal& one : table) {
        expect_refused(one);
    }
    EXPECT_TRUE(reading(native({"--delay=9.4s", "a"})).runs());
}

TEST(Options, RefuseAnEnvironmentThatMeansNothing) {
    const refusal table[] = {
        {{"a"}, "LASTCALL_GRACE: \"10\" has no unit; write 10s", {"LASTCALL_GRACE=10"}},
        {{"a"},
         "LASTCALL_GRACE: \"\" is not a duration; write it as 500ms, 30s or 2m",
         {"LASTCALL_GRACE="}},
        {{"a"},
         "LASTCALL_STOP_SIGNALS: \"FOO\" is no signal; write TERM, SIGTERM, 15 or RTMIN+3",
         {"LASTCALL_STOP_SIGNALS=TERM,FOO"}},
        {{"a"},
         "LASTCALL_WAIT_FOR: \"no\" is not one of them; write tree (wait for every process) or "
         "main (leave with the main program)",
         {"LASTCALL_WAIT_FOR=no"}},
    };
    for (const refusal& one : table) {
        expect_refused(one);
    }
}

TEST(Options, RefuseAReadinessThatCannotBeAsked) {
    const std::string forms =
        "; write notify, tcp:8080, tcp:10.0.0.7:8080, http:8080/ready or file:/run/ready";
    const std::pair<std::string, std::string> table[] = {
        {"", "is no way to tell readiness"},
        {"exec:true", "is no way to tell readiness"},
        {"tcp:", "needs a port between 1 and 65535"},
        {"tcp:0", "needs a port between 1 and 65535"},
        {"tcp:65536", "needs a port between 1 and 65535"},
        {"tcp:10.0.0.7", "needs a port between 1 and 65535"},
        {"http://127.0.0.1/ready", "needs a port between 1 and 65535"},
        {"tcp:db:5432", "names a host that is no address, and names are not looked up"},
        {"tcp::1:80", "names a host that is no address, and names are not looked up"},
        {"tcp:256.0.0.1:80", "names a host that is no address, and names are not looked up"},
        {"https://127.0.0.1:443/", "would need TLS, which is not spoken here"},
        {"file:ready", "needs the whole path of a file"},
    };
    for (const auto& [text, why] : table) {
        expect_refused({{"--ready", text, "a"}, "--ready: \"" + text + "\" " + why + forms});
    }
}

}  // namespace
}  // namespace lastcall::init
