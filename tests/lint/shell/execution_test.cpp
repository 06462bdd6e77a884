#include "lint/shell/execution.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "lint/shell/script.hpp"

namespace lastcall::lint::shell {
namespace {

/// A script with what was found in it, so that neither ends before the other.
struct found {
    explicit found(std::string given)
        : text(std::move(given)), whole(read_script(text)), run(execution_of(whole)) {}

    [[nodiscard]] const step& named(std::string_view name) const {
        for (const step& one : run.steps) {
            if (one.name() == name) {
                return one;
            }
        }
        throw std::out_of_range("no step " + std::string(name));
    }

    [[nodiscard]] std::string names() const { return names_of(run.steps); }

    static std::string names_of(const std::vector<step>& steps) {
        std::string all;
        for (const step& one : steps) {
            all += (all.empty() ? "" : " ") + (one.name().empty() ? "?" : one.name());
        }
        return all;
    }

    std::string text;
    script whole;
    execution run;
};

TEST(ShellExecution, HasTheCommandsInTheOrderInWhichTheyRun) {
    EXPECT_EQ(found("a $(b); c | d >\"$(e)\" && f; if g; then h; else i; fi").names(),
              "b a c e d f g h i");
    EXPECT_EQ(found("f() { a; }; g() { b; }; c; f; d").names(), "c f a d b")
        << "a function where it is called; what nobody calls is last";
    EXPECT_EQ(found("f() { f; a; }; f").names(), "f f a") << "no endless recursion";
    EXPECT_EQ(found("sh -c 'a; b' x; eval 'c d'; bash -ec \"e\"; f").names(),
              "sh a b eval c bash e f");
    EXPECT_EQ(found("a <<E\n$(b)\nE\nc").names(), "b a c");
}

TEST(ShellExecution, ReadsWhatSshRunsAtTheOtherEnd) {
    EXPECT_EQ(found("ssh host 'a; b' && c").names(), "ssh a b c");
    EXPECT_EQ(found("ssh -tp 22 -o A=b \"$user@host\" -l me sudo d e").names(), "ssh d");
    EXPECT_EQ(found("ssh host <<E\na\n$(b)\nE\nc").names(), "b ssh a b ? c");
    EXPECT_EQ(found("ssh host 'bash -s' <<'E'\na\nE\nc").names(), "ssh a c");
    EXPECT_EQ(found("sshpass -p x ssh host /bin/sh -e <<E\na\nE\n").names(), "ssh a");
    EXPECT_EQ(found("ssh host sh -c 'a'").names(), "ssh sh");
    EXPECT_EQ(found("ssh -N -L 1:2:3 host").names(), "ssh");
    EXPECT_FALSE(found("ssh host 'set -e; a'").run.sets_errexit) << "it is another shell's";
    const found f("ssh host 'a' & b");
    EXPECT_TRUE(f.named("a").around.is_in_source);
    EXPECT_TRUE(f.named("a").around.is_background);
}

TEST(ShellExecution, SaysWhatIsAroundACommand) {
    const found f(
        "a & ( b ); { c | d; } & if e; then g; fi || h\n"
        "while i; do for x in 1; do j; done; done; ! k; l=$(m); n() { o; }; n; p() { q; }; r");
    EXPECT_TRUE(f.named("a").around.is_background);
    EXPECT_FALSE(f.named("a").around.is_in_subshell);
    EXPECT_TRUE(f.named("b").around.is_in_subshell);
    EXPECT_TRUE(f.named("c").around.is_background);
    EXPECT_EQ(f.named("d").around.pipe_position, 1);
    EXPECT_EQ(f.named("d").around.pipe_length, 2);
    EXPECT_TRUE(f.named("e").around.is_condition);
    EXPECT_TRUE(f.named("g").around.is_optional);
    EXPECT_TRUE(f.named("g").around.is_failure_caught);
    EXPECT_FALSE(f.named("g").around.is_condition);
    EXPECT_TRUE(f.named("h").around.is_optional);
    EXPECT_EQ(f.named("i").around.loops, 1);
    EXPECT_EQ(f.named("j").around.loops, 2);
    EXPECT_TRUE(f.named("k").around.is_failure_caught);
    EXPECT_TRUE(f.named("m").around.is_in_substitution);
    EXPECT_EQ(f.named("o").around.function, "n");
    EXPECT_TRUE(f.named("o").around.is_called);
    EXPECT_FALSE(f.named("q").around.is_called);
    EXPECT_TRUE(f.named("r").around.is_last);
    EXPECT_FALSE(f.named("o").around.is_last);
}

TEST(ShellExecution, KnowsWhatNothingFollows) {
    const found f("a\nmain() { b; case $1 in x) exec c;; *) d || e;; esac; }\nmain");
    EXPECT_FALSE(f.named("a").around.is_last);
    EXPECT_FALSE(f.named("b").around.is_last);
    EXPECT_TRUE(f.named("c").around.is_last);
    EXPECT_FALSE(f.named("d").around.is_last);
    EXPECT_TRUE(f.named("e").around.is_last);
}

TEST(ShellExecution, ReadsTrapsWithTheirHandlersInPlace) {
    const found f(
        "stop() { kill -TERM \"$pid\"; wait \"$pid\"; }\n"
        "trap stop TERM SIGINT 1\n"
        "trap '' HUP; trap - 15; trap QUIT; trap \"kill $pid\" EXIT\n"
        "trap 'a;\n  b' KILL NONSENSE; trap \"$handler\" USR1; trap -p\n");
    ASSERT_EQ(f.run.traps.size(), 7U);
    const auto& traps = f.run.traps;
    EXPECT_EQ(traps[0].signals, (std::vector<std::string>{"TERM", "INT", "HUP"}));
    EXPECT_EQ(found::names_of(traps[0].steps), "stop kill wait");
    EXPECT_EQ(traps[1].what, trap_setting::action::ignore);
    EXPECT_EQ(traps[2].what, trap_setting::action::reset);
    EXPECT_TRUE(traps[2].is_for("TERM"));
    EXPECT_EQ(traps[3].what, trap_setting::action::reset);
    EXPECT_TRUE(traps[3].is_for("QUIT"));
    EXPECT_EQ(traps[4].expanded_early, std::vector<std::string>{"pid"});
    EXPECT_EQ(found::names_of(traps[4].steps), "kill");
    EXPECT_EQ(traps[5].wrong_signals, std::vector<std::string>{"NONSENSE"});
    const place b = f.whole.at(traps[5].steps.at(1).where);
    EXPECT_EQ(std::pair(b.line, b.column), std::pair(5U, 3U)) << "a handler has places of the file";
    EXPECT_EQ(traps[6].what, trap_setting::action::unknown);
    EXPECT_EQ(f.run.traps_for("TERM").size(), 2U);
}

TEST(ShellExecution, SeesThatAFailureEndsTheScript) {
    EXPECT_TRUE(found("set -eu").run.sets_errexit);
    EXPECT_TRUE(found("set -uo errexit").run.sets_errexit);
    EXPECT_TRUE(found("#!/bin/sh -e\na").run.sets_errexit);
    EXPECT_FALSE(found("set -- -e; set -o pipefail; set +e").run.sets_errexit);
}

TEST(ShellExecution, DoesNotGrowWithoutEnd) {
    std::string text = "f0() { a; a; }\n";
    for (int i = 1; i < 40; ++i) {
        const std::string inner = "f" + std::to_string(i - 1);
        text += "f" + std::to_string(i) + "() { " + inner + "; " + inner + "; }\n";
    }
    const found f(text + "f19; sh -c 'sh -c \"sh -c \\\"sh -c \\\\\\\"sh -c b\\\\\\\"\\\"\"'");
    EXPECT_LT(f.run.steps.size(), 100000U);
    EXPECT_FALSE(f.run.is_complete);
}

TEST(ShellValues, AreThoseThatCannotBeOtherwise) {
    const found f(
        "A=1 B=\"$A 2\"; export C='3'; readonly D=4\n"
        "G=${G:-30}; : ${H:=40}; E=5; E=6; if x; then F=7; fi; for I in 1; do :; done\n"
        "J=8; read J; K=$(date); L=\"$A\"\n");
    const auto text = [&](const char* name) {
        const value* one = f.run.known.find(name);
        return one == nullptr ? std::string("-") : one->text;
    };
    EXPECT_EQ(text("A"), "1");
    EXPECT_EQ(text("B"), "1 2");
    EXPECT_EQ(text("C"), "3");
    EXPECT_EQ(text("D"), "4");
    EXPECT_EQ(text("L"), "1");
    EXPECT_EQ(f.run.known.find("G")->how, certainty::by_default);
    EXPECT_EQ(text("G"), "30");
    EXPECT_EQ(text("H"), "40");
    for (const auto* name : {"E", "F", "I", "J", "K", "none"}) {
        EXPECT_EQ(text(name), "-") << name << " is not known";
    }
}

TEST(ShellValues, OfArgumentsSayHowManyWordsTheyMayBe) {
    const found f("A='x y'; cmd $A \"$A\" \"$@\" $b \"$b\" ${C:-5} \"a$(d)\" 'lit'");
    const auto& arguments = f.named("cmd").arguments;
    ASSERT_EQ(arguments.size(), 10U);
    EXPECT_TRUE(arguments[1].is("x") && arguments[2].is("y"));
    EXPECT_TRUE(arguments[3].is("x y"));
    EXPECT_TRUE(arguments[4].is_many && !arguments[4].is_known());
    EXPECT_TRUE(arguments[5].is_many);
    EXPECT_FALSE(arguments[6].is_many || arguments[6].is_known());
    EXPECT_TRUE(arguments[7].is("5"));
    EXPECT_EQ(arguments[7].what.how, certainty::by_default);
    EXPECT_EQ(arguments[8].what.text, "a$(d)");
    EXPECT_TRUE(arguments[9].is("lit"));
}

TEST(ShellInvocation, UnwrapsWhatStandsInFrontOfAProgram) {
    const std::map<std::string, std::string> expected = {
        {"exec env A=b timeout 5 sudo -u x nice prog args", "exec env timeout sudo nice > prog"},
        {"node app.js", "> node"},
        {"/usr/bin/env -i -u X node", "env > node"},
        {"exec -a name /bin/node", "exec > node"},
        {"timeout -k 5 -s INT --foreground 20s node", "timeout > node"},
        {"timeout --signal=KILL 5 node", "timeout > node"},
        {"nice -n 5 ionice -c3 -n 7 node", "nice ionice > node"},
        {"gosu app:app node", "gosu > node"},
        {"su-exec app tini -g -- node", "su-exec tini > node"},
        {"setpriv --reuid=1 --regid 2 --clear-groups node", "setpriv > node"},
        {"runuser -u app -- node", "runuser > node"},
        {"sudo -E -u app A=b node", "sudo > node"},
        {"flock -n /lock node", "flock > node"},
        {"chpst -u app -o 5 node", "chpst > node"},
        {"dumb-init --rewrite 15:3 node", "dumb-init > node"},
        {"stdbuf -oL node", "stdbuf > node"},
        {"command -v node", "> command"},
        {"exec", "> exec"},
        {"exec \"$@\"", "exec > ?"},
        {"sudo", "> sudo"},
        {"$prog -x", "> ?"},
    };
    for (const auto& [text, wanted] : expected) {
        const found f(text);
        ASSERT_EQ(f.run.steps.size(), 1U) << text;
        const step& one = f.run.steps.front();
        std::string seen;
        for (const wrapper& each : one.call.wrappers) {
            seen += each.name + " ";
        }
        seen += "> " + (one.name().empty() ? "?" : one.name());
        EXPECT_EQ(seen, wanted) << text;
    }
}

TEST(ShellInvocation, FindsTheProgramThatAShellReads) {
    const auto source = [](const char* text) {
        const found f(text);
        const step& one = f.run.steps.front();
        return one.call.source == invocation::none ? std::string("-")
                                                   : one.arguments.at(one.call.source).what.text;
    };
    EXPECT_EQ(source("exec sh -ec 'a b' x"), "a b");
    EXPECT_EQ(source("bash -o pipefail -c 'a b'"), "a b");
    EXPECT_EQ(source("su - app -c 'a b'"), "a b");
    EXPECT_EQ(source("runuser app -c 'a b'"), "a b");
    EXPECT_EQ(source("flock /x -c 'a b'"), "a b");
    EXPECT_EQ(source("eval 'a b'"), "a b");
    EXPECT_EQ(source("bash run.sh -c a"), "-");
    const found f("bash -x run.sh -c a");
    EXPECT_EQ(f.run.steps.front().call.file, 2U);
}

TEST(ShellInvocation, KnowsTheLimitThatTimeoutSets) {
    const found f("exec timeout -s KILL --kill-after=5 1m node");
    const step& one = f.run.steps.front();
    const auto limit = time_limit_of(one.arguments, *one.call.find("timeout"));
    ASSERT_TRUE(limit);
    EXPECT_EQ(limit->after.what.text, "1m");
    EXPECT_EQ(limit->signal, "KILL");
    EXPECT_EQ(limit->kill_after->what.text, "5");
    EXPECT_TRUE(one.call.is_exec());
}

TEST(ShellDuration, IsReadAsSleepReadsIt) {
    using std::chrono::milliseconds;
    EXPECT_EQ(duration_of("5"), milliseconds(5000));
    EXPECT_EQ(duration_of("1.5m"), milliseconds(90000));
    EXPECT_EQ(duration_of("0.25s"), milliseconds(250));
    EXPECT_EQ(duration_of("2h"), milliseconds(7200000));
    EXPECT_EQ(duration_of("infinity"), milliseconds::max());
    EXPECT_EQ(duration_of("1e300d"), milliseconds::max());
    for (const auto* text : {"", "x", "5x", "-5", "5 s", "nan"}) {
        EXPECT_EQ(duration_of(text), std::nullopt) << text;
    }
}

TEST(Execution, ProgramsInWordsWithinEachOtherAreFollowedUpToALimit) {
    std::string text = "#!/bin/sh\n";
    for (int i = 0; i < 500; ++i) {
        text += "trap \"$( if ((\n";
    }
    const script whole = read_script(text);
    const execution run = execution_of(whole);
    EXPECT_FALSE(run.is_complete);
    EXPECT_LT(run.traps.size(), 10000U);
}

}  // namespace
}  // namespace lastcall::lint::shell
