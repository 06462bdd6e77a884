#include "core/stop_cause.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

using namespace lastcall::core;
using kind = stop_cause_kind;

namespace {

struct rule {
    const char* name;
    std::function<void(stop_facts&)> change;
    kind expected;
    const char* says;   // a part of the cause
    const char* fixes;  // a part of the fix
};

/// A server that has caught the signal, sleeps, and holds nothing.
stop_facts server() {
    stop_facts facts;
    facts.pid = 12;
    facts.command = "/srv/app --port 80";
    facts.program = "app";
    facts.state = 'S';
    facts.on_stop = disposition::caught;
    facts.parent_command = "lastcall-init -- /srv/app";
    facts.parent_is_keeper = true;
    facts.system_call = "futex";
    return facts;
}

void make_shell(stop_facts& f) {
    f.command = "/bin/sh -c node server.js; true";
    f.program = "dash";
    f.system_call = "wait4";
    f.children = 1;
    f.child_command = "node server.js";
}

std::string cause_of(const stop_cause& cause, const stop_facts& facts) {
    fixed_text<1000> text;
    write_cause(cause, facts, text);
    return std::string(text.view());
}

std::string fix_of(const stop_cause& cause, const stop_facts& facts) {
    fixed_text<1000> text;
    write_fix(cause, facts, text);
    return std::string(text.view());
}

void check(const std::vector<rule>& rules, stop_cause (*decide)(const stop_facts&) noexcept) {
    for (const rule& one : rules) {
        SCOPED_TRACE(one.name);
        stop_facts facts = server();
        one.change(facts);
        const stop_cause cause = decide(facts);
        EXPECT_EQ(to_string(cause.kind), to_string(one.expected));
        EXPECT_NE(cause_of(cause, facts).find(one.says), std::string::npos)
            << cause_of(cause, facts);
        EXPECT_NE(fix_of(cause, facts).find(one.fixes), std::string::npos) << fix_of(cause, facts);
    }
}

TEST(WhyNotStopped, IsToldByWhatTheKernelShows) {
    check(
        {
            {"zombie",
             [](auto& f) {
                 f.state = 'Z';
                 f.is_dead = true;
                 f.parent_is_keeper = false;
                 f.parent_command = "worker";
             },
             kind::zombie, "`worker` does not reap it", "waitpid"},
            {"zombie of ours",
             [](auto& f) {
                 f.state = 'Z';
                 f.is_dead = true;
             },
             kind::zombie, "about to be reaped", "none"},
            {"leader", [](auto& f) { f.state = 'Z'; }, kind::zombie_leader, "other threads",
             "join"},
            {"leader of one that was killed, and sleeps",
             [](auto& f) {
                 f.state = 'Z';
                 f.sleeps_in_kernel = true;
             },
             kind::uninterruptible, "no signal reaches it", "disk"},
            {"frozen",
             [](auto& f) {
                 f.is_frozen = true;
                 f.state = 'D';
             },
             kind::frozen, "no handler can run", "docker unpause"},
            {"frozen v1",
             [](auto& f) {
                 f.is_frozen = true;
                 f.is_frozen_v1 = true;
             },
             kind::frozen, "not even SIGKILL", "thaw"},
            {"frozen and ignoring",
             [](auto& f) {
                 f.is_frozen = true;
                 f.on_stop = disposition::ignored;
             },
             kind::frozen, "frozen", "thaw"},
            {"core",
             [](auto& f) {
                 f.dumps_core = true;
                 f.state = 'D';
             },
             kind::core_dump, "core", "LimitCORE"},
            {"traced",
             [](auto& f) {
                 f.state = 't';
                 f.tracer = 7;
                 f.tracer_name = "gdb";
             },
             kind::traced, "pid 7 `gdb`", "detach"},
            {"stopped", [](auto& f) { f.state = 'T'; }, kind::stopped, "SIGCONT", "kill -CONT 12"},
            {"D",
             [](auto& f) {
                 f.state = 'D';
                 f.wchan = "nfs_wait";
                 f.system_call = "fsync";
             },
             kind::uninterruptible, "fsync (nfs_wait)", "file system"},
            {"D in a thread", [](auto& f) { f.sleeps_in_kernel = true; }, kind::uninterruptible,
             "one of its threads", "file system"},
            {"kill pending", [](auto& f) { f.kill_is_pending = true; }, kind::kill_pending,
             "SIGKILL was sent", "no more"},
            {"exiting", [](auto& f) { f.is_exiting = true; }, kind::exiting, "exiting", "disk"},
        },
        why_not_stopped);
}

TEST(WhyNotStopped, FollowsTheSignal) {
    check(
        {
            {"ignored", [](auto& f) { f.on_stop = disposition::ignored; }, kind::ignored,
             "ignores SIGTERM", "add a handler for SIGTERM"},
            {"ignored, another signal",
             [](auto& f) {
                 f.on_stop = disposition::ignored;
                 f.stop_signal = "SIGQUIT";
             },
             kind::ignored, "ignores SIGQUIT", "SIGQUIT"},
            {"ignored by a shell",
             [](auto& f) {
                 make_shell(f);
                 f.on_stop = disposition::ignored;
             },
             kind::ignored, "ignores", "take `trap '' TERM` out, or write `exec node server.js`"},
            {"inside of its handler", [](auto& f) { f.is_blocked = true; }, kind::slow_handler,
             "SIGTERM", "deadline"},
            {"blocked and pending",
             [](auto& f) {
                 f.is_blocked = true;
                 f.is_pending = true;
             },
             kind::blocked, "which is pending", "unblock"},
            {"blocked by default",
             [](auto& f) {
                 f.is_blocked = true;
                 f.on_stop = disposition::by_default;
             },
             kind::blocked, "blocks SIGTERM", "sigwait or signalfd"},
            {"signalfd unread",
             [](auto& f) {
                 f.is_blocked = true;
                 f.is_pending = true;
                 f.reads_signalfd = true;
             },
             kind::signalfd_not_read, "nobody reads", "event loop"},
            {"pid 1",
             [](auto& f) {
                 f.on_stop = disposition::by_default;
                 f.is_namespace_init = true;
             },
             kind::init_default, "pid 1", "pid 1 has no default action"},
            {"pid 1, python",
             [](auto& f) {
                 f.on_stop = disposition::by_default;
                 f.is_namespace_init = true;
                 f.program = "python3.11";
             },
             kind::init_default, "pid 1", "signal.signal(signal.SIGTERM"},
            {"pid 1, node",
             [](auto& f) {
                 f.on_stop = disposition::by_default;
                 f.is_namespace_init = true;
                 f.program = "node";
             },
             kind::decoy_handler, "drops SIGTERM", "process.on('SIGTERM'"},
            {"default", [](auto& f) { f.on_stop = disposition::by_default; },
             kind::should_have_ended, "by default", "again"},
            {"not told, below a shell",
             [](auto& f) {
                 f.was_signalled = false;
                 f.parent_is_keeper = false;
                 f.parent_is_shell = true;
                 f.parent_command = "sh run.sh";
             },
             kind::not_signalled, "went to `sh run.sh`", "exec"},
            {"not told, below npm",
             [](auto& f) {
                 f.was_signalled = false;
                 f.parent_is_keeper = false;
                 f.parent_command = "npm start";
             },
             kind::not_signalled, "`npm start`", "directly"},
            {"setsid",
             [](auto& f) {
                 f.was_signalled = false;
                 f.left_session = true;
             },
             kind::left_session, "setsid", "whole tree"},
            {"not told, below a master that may have passed it on",
             [](auto& f) {
                 f.was_signalled = false;
                 f.parent_is_keeper = false;
                 f.parent_handles = true;
                 f.parent_command = "nginx: master process nginx";
                 f.clients = 5;
             },
             kind::clients_remain, "`nginx: master process nginx` above it has taken SIGTERM",
             "have sent nothing"},
            {"not told, below somebody",
             [](auto& f) {
                 f.was_signalled = false;
                 f.parent_is_keeper = false;
                 f.parent_command = "supervise web";
             },
             kind::not_signalled, "can not be seen", "passes SIGTERM on"},
            {"not told", [](auto& f) { f.was_signalled = false; }, kind::not_signalled,
             "was not sent", "whole tree"},
        },
        why_not_stopped);
}

TEST(WhyNotStopped, SeesShellsAndLaunchersInFront) {
    check(
        {
            {"deferred trap", [](auto& f) { make_shell(f); }, kind::shell_in_front,
             "`node server.js`; its trap for SIGTERM runs only after that",
             "write `exec node server.js` as the last command of `-c`"},
            {"as pid 1",
             [](auto& f) {
                 make_shell(f);
                 f.on_stop = disposition::by_default;
                 f.is_namespace_init = true;
             },
             kind::shell_in_front, "as pid 1 without a trap", "exec"},
            {"a script",
             [](auto& f) {
                 make_shell(f);
                 f.command = "/bin/bash /run.sh";
                 f.program = "bash";
             },
             kind::shell_in_front, "shell", "as the last line of the script"},
            {"unreadable call",
             [](auto& f) {
                 make_shell(f);
                 f.system_call = {};
             },
             kind::shell_in_front, "shell", "exec"},
            {"npm",
             [](auto& f) {
                 make_shell(f);
                 f.command = "npm run start";
                 f.program = "node";
             },
             kind::launcher_in_front, "npm waits for `node server.js`",
             "start the program itself: `node server.js`"},
            {"yarn",
             [](auto& f) {
                 make_shell(f);
                 f.command = "node /usr/bin/yarn.js start";
                 f.program = "node";
             },
             kind::launcher_in_front, "yarn", "itself"},
            {"ignoring child",
             [](auto& f) {
                 f.children = 1;
                 f.system_call = "waitid";
                 f.child_command = "job";
                 f.child_on_stop = disposition::ignored;
             },
             kind::waits_for_child, "`job`, which ignores SIGTERM", "child"},
        },
        why_not_stopped);
}

TEST(WhyNotStopped, LooksAtWhatTheHandlerWaitsFor) {
    check(
        {
            {"clients",
             [](auto& f) {
                 f.clients = 2;
                 f.connected = 2;
                 f.system_call = "epoll_wait";
             },
             kind::clients_remain, "2 clients are still connected", "Connection: close"},
            {"one client, and listening",
             [](auto& f) {
                 f.clients = 1;
                 f.listening = 1;
             },
             kind::clients_remain, "1 client is still connected", "close"},
            {"listening", [](auto& f) { f.listening = 1; }, kind::still_listening,
             "still listens on 1 socket:", "main loop"},
            {"busy", [](auto& f) { f.state = 'R'; }, kind::busy, "computes", "pieces"},
            {"others", [](auto& f) { f.connected = 3; }, kind::peers_remain, "3 connections",
             "deadline"},
            {"lock", [](auto& f) { f.wchan = "futex_do_wait"; }, kind::slow_handler,
             "futex (futex_do_wait)", "deadline"},
            {"signalfd was read",
             [](auto& f) {
                 f.is_blocked = true;
                 f.reads_signalfd = true;
                 f.clients = 1;
             },
             kind::clients_remain, "client", "close"},
        },
        why_not_stopped);
}

TEST(WhyNotStopped, ClaimsNothingWithoutFacts) {
    stop_facts facts;
    EXPECT_EQ(why_not_stopped(facts).kind, kind::unknown);
    EXPECT_EQ(why_not_stopped(facts).sure, confidence::hint);
}

TEST(WhatWillFail, IsSaidBeforeItDoes) {
    check(
        {
            {"sh -c",
             [](auto& f) {
                 make_shell(f);
                 f.on_stop = disposition::by_default;
             },
             kind::shell_in_front, "does not pass SIGTERM on", "`exec node server.js`"},
            {"no handler", [](auto& f) { f.on_stop = disposition::by_default; }, kind::no_handler,
             "ends at once", "add a handler"},
            {"no handler as pid 1",
             [](auto& f) {
                 f.on_stop = disposition::by_default;
                 f.is_namespace_init = true;
             },
             kind::init_default, "drops the signal", "add a handler"},
            {"ignored", [](auto& f) { f.on_stop = disposition::ignored; }, kind::ignored, "ignores",
             "handler"},
            {"blocked", [](auto& f) { f.is_blocked = true; }, kind::blocked, "blocks", "unblock"},
            {"npm",
             [](auto& f) {
                 make_shell(f);
                 f.command = "npm start";
                 f.program = "node";
             },
             kind::launcher_in_front, "npm", "itself"},
        },
        what_will_fail);
}

TEST(WhatWillFail, IsNothingForAServerThatListensToTheSignal) {
    stop_facts facts = server();
    facts.listening = 1;
    facts.clients = 3;
    EXPECT_EQ(what_will_fail(facts).kind, kind::unknown);
    facts.is_blocked = true;
    facts.reads_signalfd = true;
    facts.on_stop = disposition::by_default;
    EXPECT_EQ(what_will_fail(facts).kind, kind::unknown);
}

TEST(WhatWillFail, IsNothingForAProgramThatEndsAlready) {
    stop_facts facts = server();
    facts.on_stop = disposition::by_default;
    facts.is_exiting = true;
    EXPECT_EQ(what_will_fail(facts).kind, kind::unknown);
}

TEST(WhatWillFail, IsNothingForAShellThatHandlesTheSignalOrRunsSeveral) {
    stop_facts facts = server();
    make_shell(facts);
    EXPECT_EQ(what_will_fail(facts).kind, kind::unknown);  // it may be inside `wait`
    facts.children = 2;
    EXPECT_EQ(what_will_fail(facts).kind, kind::unknown);
    facts.on_stop = disposition::by_default;
    EXPECT_EQ(what_will_fail(facts).kind, kind::no_handler);
}

TEST(Launchers, AreKnownByTheNameOfTheirScript) {
    EXPECT_EQ(launcher_in("npm run start"), "npm");
    EXPECT_EQ(launcher_in("node /usr/lib/node_modules/npm/bin/npm-cli.js start"), "npm");
    EXPECT_EQ(launcher_in("/usr/bin/pnpm.cjs start"), "pnpm");
    EXPECT_EQ(launcher_in("node server.js"), "");
    EXPECT_EQ(launcher_in("cat npm"), "");
    EXPECT_EQ(launcher_in(""), "");
}

TEST(Causes, HaveDifferentNames) {
    std::vector<std::string> names;
    for (int i = 0; i <= static_cast<int>(kind::should_have_ended); ++i) {
        names.emplace_back(to_string(static_cast<kind>(i)));
        EXPECT_EQ(std::count(names.begin(), names.end(), names.back()), 1) << names.back();
    }
}

TEST(Causes, FitTheirRoomWhateverTheCommand) {
    const std::string endless(5000, 'x');
    stop_facts facts = server();
    facts.command = facts.child_command = facts.parent_command = endless;
    facts.program = "sh";
    facts.children = 1;
    facts.system_call = "wait4";
    const stop_cause cause = why_not_stopped(facts);
    EXPECT_EQ(cause.kind, kind::shell_in_front);
    EXPECT_LT(cause_of(cause, facts).size(), 300U);
    EXPECT_LT(fix_of(cause, facts).size(), 300U);
}

}  // namespace
