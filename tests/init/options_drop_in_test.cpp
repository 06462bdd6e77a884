#include <gtest/gtest.h>
#include <signal.h>

#include "init/drop_in_cases.hpp"
#include "init/reading.hpp"

namespace lastcall::init {
namespace {

using namespace std::chrono_literals;
using words = std::vector<std::string>;

words under(const char* name, words rest) {
    rest.insert(rest.begin(), std::string("/sbin/") + name);
    return rest;
}
reading tini(words rest, words environment = {}) {
    return reading(under("tini", std::move(rest)), std::move(environment));
}
reading dumb_init(words rest, words environment = {}) {
    return reading(under("dumb-init", std::move(rest)), std::move(environment));
}
reading catatonit(words rest, words environment = {}) {
    return reading(under("catatonit", std::move(rest)), std::move(environment));
}

// What the originals decide by the command line alone is decided in the same way here.
TEST(DropIn, AgreesWithTheOriginalsOnEveryCommandLine) {
    for (const drop_in_program& program : drop_in_programs) {
        for (const drop_in_case& one : program.cases) {
            words line;
            for (const char* word : one.arguments) {
                if (word == nullptr) {
                    break;
                }
                line.emplace_back(word);
            }
            words environment;
            for (const char* variable : one.environment) {
                if (variable != nullptr) {
                    environment.emplace_back(variable);
                }
            }
            const reading it(under(program.name, line), environment);
            const auto about = std::string(program.name) + ": " + std::string(one.about);
            EXPECT_EQ(it.runs(), one.runs) << about << ": " << it.text();
            if (one.runs) {
                continue;
            }
            EXPECT_EQ(it.status(), one.exit_status) << about;
            EXPECT_EQ(it.prints(), one.exit_status == 0) << about;
            const bool to_stderr = it.to_stderr() || !it.prints();
            EXPECT_EQ(to_stderr, one.where == says::on_stderr) << about;
            EXPECT_TRUE(it.text().ends_with('\n') && !it.is_cut()) << about;
            if (!it.prints()) {
                EXPECT_TRUE(it.text().starts_with(std::string(program.name) + ": ")) << it.text();
            }
        }
    }
}

TEST(DropIn, IsChosenByTheNameItWasCalledWith) {
    const std::pair<const char*, personality> table[] = {
        {"tini", personality::tini},
        {"/usr/bin/tini-static", personality::tini},
        {"/sbin/docker-init", personality::tini},
        {"dumb-init", personality::dumb_init},
        {"/catatonit", personality::catatonit},
        {"/run/podman-init", personality::catatonit},
        {"lastcall-init", personality::lastcall},
        {"/tini/init", personality::lastcall},
        {"tini2", personality::lastcall},
        {"", personality::lastcall},
    };
    for (const auto& [name, as] : table) {
        const reading it({name, "--", "a"});
        EXPECT_EQ(it->as, as) << name;
        EXPECT_EQ(it.command(), "a") << name;
        EXPECT_EQ(it->last_line, as == personality::lastcall);
        EXPECT_EQ(it->preflight, as == personality::lastcall);
    }
}

TEST(DropIn, HasTheBudgetOfTheEnvironmentUnderEveryName) {
    for (const char* name : {"tini", "dumb-init", "catatonit"}) {
        EXPECT_EQ(reading(under(name, {"a"}))->plan.grace, 10s);
        const reading longer(under(name, {"a"}), {"LASTCALL_GRACE=60s", "LASTCALL_WAIT_FOR=main",
                                                  "LASTCALL_STOP_SIGNALS=TERM,QUIT"});
        EXPECT_EQ(longer->plan.grace, 60s);
        EXPECT_EQ(longer->plan.reserve, 3s);
        EXPECT_FALSE(longer->waits_for_rest);
        EXPECT_EQ(longer.stop_signals(), "3 15");
        const reading wrong(under(name, {"a"}), {"LASTCALL_GRACE=60"});
        EXPECT_EQ(wrong.status(), 1);
        EXPECT_EQ(wrong.text(),
                  std::string(name) + ": LASTCALL_GRACE: \"60\" has no unit; write 60s\n");
    }
}

TEST(Tini, IsThisWithoutOptions) {
    const reading it = tini({"a", "b"});
    ASSERT_TRUE(it.runs()) << it.text();
    EXPECT_EQ(it->to, reach::main);
    EXPECT_EQ(it->where, placement::own_group);
    EXPECT_EQ(it.stop_signals(), "2 15");
    EXPECT_EQ(it.rewrites(), "");
    EXPECT_FALSE(it->subreaper || it->exit_map_only_after_stop || it->suspends_itself);
    EXPECT_TRUE(it->waits_for_rest);
    EXPECT_EQ(it->exec_failed, 0);
    EXPECT_EQ(it->verbosity, 1);
}

TEST(Tini, TakesEachOfItsOptions) {
    EXPECT_TRUE(tini({"-s", "a"})->subreaper);
    EXPECT_EQ(tini({"-p", "SIGTERM", "a"})->parent_death_signal, SIGTERM);
    EXPECT_EQ(tini({"-pSIGHUP", "a"})->parent_death_signal, SIGHUP);
    EXPECT_EQ(tini({"-v", "a"})->verbosity, 2);
    EXPECT_EQ(tini({"-vvvv", "a"})->verbosity, 3);
    EXPECT_TRUE(tini({"-w", "a"})->warns_of_reaping);
    EXPECT_EQ(tini({"-g", "a"})->to, reach::group);
    EXPECT_EQ(tini({"-e", "3", "-e143", "a"}).exit_map(), "3:0 143:0");
    EXPECT_EQ(tini({"-e", "", "a"}).exit_map(), "0:0");
    EXPECT_EQ(tini({"--version"}).text(),
              "tini version 0.19.0 (lastcall-init " + std::string(version()) + ")\n");
    const reading bundle = tini({"-vsgwe", "5", "a"});
    EXPECT_TRUE(bundle->subreaper && bundle->warns_of_reaping);
    EXPECT_EQ(bundle->to, reach::group);
    EXPECT_EQ(bundle.exit_map(), "5:0");
    EXPECT_EQ(bundle->verbosity, 2);
}

TEST(Tini, FindsItsOptionsBehindTheProgramUpToTheDashes) {
    const reading it = tini({"a", "-g", "b", "-e", "9", "--", "-s", "--", "c"});
    ASSERT_TRUE(it.runs()) << it.text();
    EXPECT_EQ(it.command(), "a b -s -- c");
    EXPECT_EQ(it->to, reach::group);
    EXPECT_EQ(it.exit_map(), "9:0");
    EXPECT_FALSE(it->subreaper);
    const reading posix = tini({"a", "-g"}, {"POSIXLY_CORRECT="});
    EXPECT_EQ(posix.command(), "a -g");
    EXPECT_EQ(posix->to, reach::main);
}

TEST(Tini, TakesItsOptionsFromTheEnvironmentToo) {
    EXPECT_TRUE(tini({"a"}, {"TINI_SUBREAPER="})->subreaper);
    EXPECT_EQ(tini({"a"}, {"TINI_KILL_PROCESS_GROUP=0"})->to, reach::group);
    EXPECT_EQ(tini({"-vvv", "a"}, {"TINI_VERBOSITY=1"})->verbosity, 1);
    EXPECT_EQ(tini({"a"}, {"TINI_VERBOSITY=4"})->verbosity, 3);
    EXPECT_EQ(tini({"a"}, {"TINI_VERBOSITY=loud"})->verbosity, 0);
}

TEST(Tini, SaysWhatToWrite) {
    EXPECT_EQ(tini({"sh", "-c", "x"}).text(),
              "tini: unknown option -c; options of the program go behind --, see tini -h\n");
    EXPECT_EQ(tini({"-p", "TERM", "x"}).text(),
              "tini: -p: \"TERM\" is no signal that tini knows; write SIGTERM\n");
    EXPECT_EQ(tini({"-e", "x", "x"}).text(),
              "tini: -e: \"x\" is no exit status; write a number from 0 to 255\n");
}

TEST(DumbInit, IsThisWithoutOptions) {
    const reading it = dumb_init({"a", "-c"});
    ASSERT_TRUE(it.runs()) << it.text();
    EXPECT_EQ(it.command(), "a -c");
    EXPECT_EQ(it->to, reach::group);
    EXPECT_EQ(it->where, placement::own_session);
    EXPECT_EQ(it.stop_signals(), "2 15");
    EXPECT_EQ(it.rewrites(), "20:19 21:19 22:19");
    EXPECT_TRUE(it->subreaper && it->waits_for_rest && it->suspends_itself);
    EXPECT_EQ(it->exec_failed, 2);
    EXPECT_EQ(it->verbosity, 0);
}

TEST(DumbInit, TakesEachOfItsOptions) {
    for (const words& line : {words{"-c", "a"}, words{"--single-child", "a"}, words{"--si", "a"}}) {
        const reading it = dumb_init(line);
        EXPECT_EQ(it->to, reach::main);
        EXPECT_EQ(it->where, placement::same_group);
        EXPECT_EQ(it.rewrites(), "");
        EXPECT_EQ(it.stop_signals(), "15");
        EXPECT_FALSE(it->subreaper);
        EXPECT_EQ(it.command(), "a");
    }
    EXPECT_EQ(dumb_init({"-v", "a"})->verbosity, 3);
    EXPECT_EQ(dumb_init({"--verbose", "a"})->verbosity, 3);
    EXPECT_EQ(
        dumb_init({"-r", "15:3", "-r2:12", "--rewrite=20:20", "--rewrite", "9:1", "a"}).rewrites(),
        "2:12 9:1 15:3 21:19 22:19");
    EXPECT_EQ(dumb_init({"-cr", "1:15", "--", "a"}).rewrites(), "1:15");
    EXPECT_EQ(dumb_init({"-V"}).text(),
              "dumb-init v1.2.5 (lastcall-init " + std::string(version()) + ")\n");
}

TEST(DumbInit, ThatDropsAStopSignalIsNotStoppedByIt) {
    const reading it = dumb_init({"-r", "15:0", "-c", "a"});
    EXPECT_EQ(it.rewrites(), "15:0");
    EXPECT_EQ(it.stop_signals(), "");
}

TEST(DumbInit, TakesItsOptionsFromTheEnvironmentToo) {
    EXPECT_EQ(dumb_init({"a"}, {"DUMB_INIT_DEBUG=1"})->verbosity, 3);
    EXPECT_EQ(dumb_init({"a"}, {"DUMB_INIT_DEBUG=11"})->verbosity, 0);
    EXPECT_EQ(dumb_init({"a"}, {"DUMB_INIT_SETSID=0"})->where, placement::same_group);
    EXPECT_EQ(dumb_init({"a"}, {"DUMB_INIT_SETSID=no"})->where, placement::own_session);
}

TEST(DumbInit, SaysWhatToWrite) {
    EXPECT_EQ(dumb_init({"-r", "TERM:QUIT", "a"}).text(),
              "dumb-init: -r: \"TERM:QUIT\" is no pair of signals from 1 to 31; write 15:3, or "
              "15:0 to drop it\n");
    EXPECT_EQ(dumb_init({"--ver"}).text(),
              "dumb-init: --ver is short for more than one option; write it out; see dumb-init "
              "--help\n");
    EXPECT_EQ(dumb_init({"--rewite", "1:2", "a"}).text(),
              "dumb-init: unknown option --rewite (did you mean --rewrite?); see dumb-init "
              "--help\n");
}

TEST(Catatonit, IsThisWithoutOptions) {
    const reading it = catatonit({"a"});
    ASSERT_TRUE(it.runs()) << it.text();
    EXPECT_EQ(it->to, reach::main);
    EXPECT_EQ(it->where, placement::own_group);
    EXPECT_EQ(it.stop_signals(), "2 15");
    EXPECT_EQ(it.rewrites(), "20:0 21:0 22:0");
    EXPECT_TRUE(it->subreaper && it->waits_for_rest);
    EXPECT_FALSE(it->suspends_itself);
    EXPECT_EQ(it->exec_failed, 1);
    EXPECT_EQ(it->verbosity, 0);
}

TEST(Catatonit, TakesEachOfItsOptions) {
    EXPECT_EQ(catatonit({"-g", "a"})->to, reach::group);
    EXPECT_EQ(catatonit({"a", "-g", "b"}).command(), "a b");
    EXPECT_EQ(catatonit({"a"}, {"CATATONIT_DEBUG="})->verbosity, 3);
    EXPECT_EQ(catatonit({"-V"}).text(),
              "tini version 0.1.7_catatonit (lastcall-init " + std::string(version()) + ")\n");
}

TEST(Catatonit, RunsNothingWhenItPauses) {
    for (const words& line : {words{"-P"}, words{"-P", "a"}, words{"a", "-gP"}}) {
        const reading it = catatonit(line);
        EXPECT_TRUE(it.runs()) << it.text();
        EXPECT_EQ(it.command(), "(none)");
    }
}

}  // namespace
}  // namespace lastcall::init
