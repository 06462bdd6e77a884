// Shells that have more than one child.
#include <gtest/gtest.h>

#include "doctor/samples.hpp"

namespace lastcall::doctor_test {
namespace {

constexpr int sigint = 2;
constexpr int sigquit = 3;

/// What a shell has started with `&`.
doctor::seen_process in_background(int pid, int shell) {
    auto made = server(pid, shell);
    made.signals.ignored = bit(sigint) | bit(sigquit);
    return made;
}

doctor::seen_process sleep_for(const std::string& time, int pid, int shell) {
    auto made = server(pid, shell);
    made.command = "sleep " + time;
    made.program = "sleep";
    made.arguments = {"sleep", time};
    made.signals.caught = 0;
    made.entry.start_time = 1;  // after what is in the background
    return made;
}

/// A shell with a trap, its server in the background, and a sleep in front.
doctor::seen with_sleep(const std::string& time) {
    auto trapped = shell(50);
    trapped.signals.caught |= bit(sigterm);
    auto of = both({trapped, in_background(51, 50)});
    const auto front = sleep_for(time, 52, 50);
    of.first.processes.emplace(52, front);
    of.second.processes.emplace(52, front);
    return of;
}

TEST(Shells, ATrapWaitsForWhatIsInFront) {
    const auto of = with_sleep("infinity");
    ASSERT_EQ(rules_of(of), "L15");
    const auto found = findings_of(of).front();
    EXPECT_EQ(found.what,
              "a shell waits for `sleep infinity`; its trap for SIGTERM runs only after that");
    EXPECT_EQ(found.fix, "write `sleep infinity & wait $!`: in `wait` a trap runs at once");
    EXPECT_EQ(doctor::make_route(of).front().what, doctor::verdict::defers);
}

TEST(Shells, AMomentInFrontIsNoFault) {
    for (const auto* time : {"1", "0.5", "5s"}) {
        SCOPED_TRACE(time);
        EXPECT_EQ(rules_of(with_sleep(time)), "");
    }
    for (const auto* time : {"30", "1m", "infinity"}) {
        SCOPED_TRACE(time);
        EXPECT_EQ(rules_of(with_sleep(time)), "L15");
        auto loops = with_sleep(time);
        loops.first.processes.erase(52);
        EXPECT_EQ(rules_of(loops), "") << "it is another one at each look";
    }
}

TEST(Shells, InWaitATrapRunsAtOnce) {
    auto of = with_sleep("infinity");
    change(of, 52, [](auto& p) { p.signals.ignored = bit(sigint) | bit(sigquit); });
    of.scripts.push_back({});
    of.scripts.back().shell = 50;
    of.scripts.back().is_wait = true;
    EXPECT_EQ(rules_of(of), "");
}

TEST(Shells, AReaderOfItsOutputIsNotInFront) {
    const auto with_pipe_at = [](int number) {
        auto of = with_sleep("infinity");
        change(of, 52, [&](auto& p) {
            sys::descriptor pipe;
            pipe.number = number;
            pipe.kind = sys::descriptor_kind::pipe;
            pipe.inode = 7;
            p.descriptors.all.push_back(pipe);
        });
        return of;
    };
    EXPECT_EQ(rules_of(with_pipe_at(0)), "") << "it is `>(…)`, or in a pipeline";
    EXPECT_EQ(rules_of(with_pipe_at(2)), "L15");
    auto of = with_pipe_at(1);
    change(of, 50, [&](auto& p) { p.descriptors = of.second.processes.at(52).descriptors; });
    EXPECT_EQ(rules_of(of), "L15") << "it has the output of the shell";
    change(of, 52, [](auto& p) { p.descriptors.is_readable = false; });
    EXPECT_EQ(rules_of(of), "");
}

TEST(Shells, WithoutATrapTheProgramIsToReplaceIt) {
    auto of = with_sleep("infinity");
    change(of, 50, [](auto& p) {
        p.signals.caught = bit(17);
        p.namespace_pid = 1;
    });
    ASSERT_EQ(rules_of(of), "L14");
    EXPECT_EQ(findings_of(of).front().what.find("a shell waits for `sleep infinity`"), 0U);
    EXPECT_EQ(findings_of(of).front().fix, "write `exec /srv/app` as the last line of the script");
}

TEST(Shells, ASleepIsNotToReplaceTheShell) {
    auto of = both({shell(50), sleep_for("infinity", 51, 50)});
    ASSERT_EQ(rules_of(of), "L16");
    EXPECT_EQ(findings_of(of).front().fix,
              "set a trap, as `trap 'exit 143' TERM`, and write `sleep infinity & wait $!`: in "
              "`wait` a trap runs at once");
}

TEST(Shells, NoneOfSeveralProgramsIsTold) {
    auto of = both({shell(50), in_background(51, 50)});
    of.first.processes.emplace(52, in_background(52, 50));
    of.second.processes.emplace(52, in_background(52, 50));
    ASSERT_EQ(rules_of(of), "L16");
    EXPECT_EQ(findings_of(of).front().what,
              "the shell ends by SIGTERM without telling its children, `/srv/app` among them");
    change(of, 50, [](auto& p) { p.signals.caught |= bit(sigterm); });
    EXPECT_EQ(rules_of(of), "") << "it is in its wait";
}

TEST(Shells, ACopyOfTheShellIsNotWhatItIsThereFor) {
    auto of = both({shell(50), shell(51, 50), server(52, 51)});
    ASSERT_EQ(rules_of(of), "L16");
    for (const auto& each : findings_of(of)) {
        EXPECT_EQ(each.what, "a shell waits for `/srv/app`, and does not pass SIGTERM on to it");
        EXPECT_EQ(each.fix, "write `exec /srv/app` as the last line of the script");
    }
}

TEST(Shells, ACopyOfTheShellInAPipelineIsNotNamed) {
    auto of = both({shell(50), server(51, 50)});
    auto reader = shell(52, 50);
    of.first.processes.emplace(52, reader);
    of.second.processes.emplace(52, reader);
    const auto add_pipe = [&](int pid, int number) {
        change(of, pid, [&](auto& p) {
            sys::descriptor pipe;
            pipe.number = number;
            pipe.kind = sys::descriptor_kind::pipe;
            pipe.inode = 7;
            p.descriptors.all.push_back(pipe);
        });
    };
    add_pipe(51, 1);
    add_pipe(52, 0);
    ASSERT_EQ(rules_of(of), "L18");
    EXPECT_EQ(findings_of(of).front().fix,
              "write `exec /srv/app > >(…)` in bash, or leave the output to the platform");
}

}  // namespace
}  // namespace lastcall::doctor_test
