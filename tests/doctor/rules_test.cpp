// The rules, each with a case that it is for and with one that it must leave alone.
#include <gtest/gtest.h>

#include <functional>

#include "doctor/samples.hpp"

namespace lastcall::doctor_test {
namespace {

using namespace std::chrono_literals;
using doctor::platform_kind;
using doctor::seen;
using doctor::seen_process;

/// Changes the process at both looks.
struct row {
    const char* name;
    std::function<void(seen_process&)> how;
    const char* before;  ///< the rules that it breaks before a stop
    const char* during;  ///< and 20 s after the signal
};

TEST(Rules, OfOneProcess) {
    const std::vector<row> rows{
        {"a handler", [](auto&) {}, "", "L09"},
        {"no handler", [](auto& p) { p.signals.caught = 0; }, "", "L11"},
        {"ignored", [](auto& p) { p.signals.ignored = bit(sigterm); }, "L03", "L03"},
        {"blocked",
         [](auto& p) {
             p.signals.blocked = p.signals.blocked_by_all = bit(sigterm);
             p.signals.caught = 0;
         },
         "L05", "L05"},
        {"blocked by its handler, or by itself",
         [](auto& p) { p.signals.blocked = p.signals.blocked_by_all = bit(sigterm); }, "L05",
         "L09"},
        {"blocked, with a signalfd",
         [](auto& p) { p.signals.blocked = p.signals.blocked_by_all = p.signalfds = bit(sigterm); },
         "", "L09"},
        {"signalfd not read",
         [](auto& p) {
             p.signals.blocked = p.signals.blocked_by_all = p.signalfds = bit(sigterm);
             p.signals.pending_shared = bit(sigterm);
         },
         "L06", "L06"},
        {"pid 1 without a handler",
         [](auto& p) {
             p.signals.caught = 0;
             p.namespace_pid = 1;
         },
         "L01", "L01"},
        {"pid 1 of the host",
         [](auto& p) {
             p.signals.caught = 0;
             p.namespace_pid = 1;
             p.is_host_init = true;
         },
         "", "L11"},
        {"pid 1, just started",
         [](auto& p) {
             p.signals.caught = 0;
             p.namespace_pid = 1;
             p.age = 1s;
         },
         "L12", "L12"},
        {"pid 1 that waits in sigwait",
         [](auto& p) {
             p.signals.caught = 0;
             p.namespace_pid = 1;
             p.threads.threads.front().call_name = "rt_sigtimedwait";
         },
         "", "L09"},
        {"stopped", [](auto& p) { p.entry.state = 'T'; }, "L22", "L22"},
        {"held by a debugger",
         [](auto& p) {
             p.entry.state = 't';
             p.tracer = 9;
         },
         "L23", "L23"},
        {"frozen", [](auto& p) { p.is_frozen = true; }, "L24", "L24"},
        {"frozen, version 1", [](auto& p) { p.is_frozen = p.is_frozen_v1 = true; }, "L25", "L25"},
        {"asleep on a disk",
         [](auto& p) {
             p.entry.state = p.threads.threads.front().state = 'D';
             p.threads.threads.front().wchan = "io_schedule";
         },
         "L26", "L26"},
        {"in vfork",
         [](auto& p) {
             p.entry.state = p.threads.threads.front().state = 'D';
             p.threads.threads.front().wchan = "kernel_clone";
         },
         "", ""},
        {"a zombie", [](auto& p) { p.entry.state = 'Z'; }, "L28", "L28"},
        {"a leader that has ended",
         [](auto& p) {
             p.entry.state = 'Z';
             p.entry.threads = 3;
         },
         "L29", "L29"},
        {"a core dump", [](auto& p) { p.dumps_core = true; }, "L30", "L30"},
        {"exiting", [](auto& p) { p.entry.is_exiting = true; }, "L31", "L31"},
        {"SIGKILL pending", [](auto& p) { p.signals.pending_shared = bit(9); }, "L08", "L08"},
    };
    for (const row& one : rows) {
        SCOPED_TRACE(one.name);
        auto of = both({server(50)});
        change(of, 50, one.how);
        EXPECT_EQ(rules_of(of), one.before);
        of.since = 20s;
        EXPECT_EQ(rules_of(of), one.during);
    }
}

TEST(Rules, WhatIsOverAtTheSecondLookIsNoFinding) {
    auto of = both({server(50)});
    auto& first = of.first.processes.at(50);
    first.entry.state = first.threads.threads.front().state = 'D';
    EXPECT_EQ(rules_of(of), "");
    auto& second = of.second.processes.at(50);
    second.entry.state = second.threads.threads.front().state = 'D';
    second.threads.threads.front().wchan = "elsewhere";
    EXPECT_EQ(rules_of(of), "") << "it moves";
}

TEST(Rules, OfJavaThatWasToldToHandleNothing) {
    auto of = both({server(50)});
    change(of, 50, [](auto& p) {
        p.signals.caught = 0;
        p.namespace_pid = 1;
        p.program = "java";
        p.command = "java -Xrs -jar app.jar";
    });
    ASSERT_EQ(rules_of(of), "L01");
    EXPECT_EQ(findings_of(of).front().fix.find("start it without -Xrs"), 0U);
}

TEST(Rules, OfManyThatAreDead) {
    auto of = both({server(50)});
    for (int pid = 51; pid < 56; ++pid) {
        auto dead = server(pid, 50);
        dead.entry.state = 'Z';
        dead.parent_command = "/srv/app";
        of.first.processes.emplace(pid, dead);
        of.second.processes.emplace(pid, dead);
    }
    ASSERT_EQ(rules_of(of), "L28");
    EXPECT_EQ(findings_of(of).front().what,
              "5 children of `/srv/app` are dead, and it does not reap them");
}

TEST(Rules, TheHandlerOfNodeProvesItselfADecoy) {
    auto of = both({server(50)});
    change(of, 50, [](auto& p) {
        p.program = "node";
        p.namespace_pid = 1;
        p.names_signal = true;
    });
    EXPECT_EQ(rules_of(of), "") << "its script has a handler";
    of.second.processes.at(50).signals.caught = 0;
    const auto found = findings_of(of);
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found.front().rule, "L02");
    EXPECT_EQ(found.front().sure, core::confidence::proven);
}

TEST(Rules, OfAShellInFront) {
    const auto make = [](const std::function<void(seen_process&)>& how) {
        auto of = both({shell(50), server(51, 50)});
        change(of, 50, how);
        return of;
    };
    EXPECT_EQ(rules_of(make([](auto&) {})), "L16");
    EXPECT_EQ(rules_of(make([](auto& p) { p.namespace_pid = 1; })), "L14");
    EXPECT_EQ(rules_of(make([](auto& p) { p.signals.ignored = bit(sigterm); })), "L03");

    auto trap = make([](auto& p) { p.signals.caught |= bit(sigterm); });
    EXPECT_EQ(rules_of(trap), "") << "it may be in its wait";
    trap.scripts.push_back({50, "/start.sh", 7, "server", true, false, false});
    EXPECT_EQ(rules_of(trap), "L15");
    trap.scripts.front().is_wait = true;
    EXPECT_EQ(rules_of(trap), "");

    auto unit = make([](auto&) {});
    unit.platform.kind = platform_kind::systemd;
    unit.platform.kill_mode = "control-group";
    EXPECT_EQ(rules_of(unit), "") << "everybody gets the signal";
    unit.platform.kill_mode = "mixed";
    EXPECT_EQ(rules_of(unit), "L16");
}

TEST(Rules, OfAProgramThatStartsAnother) {
    auto of = both({server(50), server(51, 50)});
    EXPECT_EQ(rules_of(of), "") << "a master stops its workers";
    change(of, 50, [](auto& p) { p.signals.caught = 0; });
    EXPECT_EQ(rules_of(of), "L11");
    change(of, 50, [](auto& p) {
        p.command = "flock /lock /srv/app";
        p.program = "flock";
    });
    EXPECT_EQ(rules_of(of), "L19");
}

TEST(Rules, OfAProgramThatHasEndedMeanwhile) {
    auto of = both({server(50), server(51, 50)});
    change(of, 50, [](auto& p) { p.signals.caught = 0; });
    ASSERT_EQ(rules_of(of), "L11");
    of.second.processes.erase(51);
    EXPECT_EQ(rules_of(of), "") << "nobody is left to be told";
}

TEST(Rules, OfAnInitAndAShell) {
    auto init = server(49);
    init.command = "tini -- sh -c app";
    init.program = "tini";
    init.arguments = {"tini", "--", "sh", "-c", "app"};
    auto of = both({init, shell(50, 49), server(51, 50)});
    EXPECT_EQ(rules_of(of), "L20");
    change(of, 49, [](auto& p) { p.arguments.insert(p.arguments.begin() + 1, "-g"); });
    EXPECT_EQ(rules_of(of), "");
    change(of, 49, [](auto& p) {
        p.program = "dumb-init";
        p.arguments = {"dumb-init", "sh", "-c", "app", "-c"};
    });
    EXPECT_EQ(rules_of(of), "") << "what is behind the program is none of its options";
}

TEST(Rules, OfTheMeaningOfASignal) {
    auto of = both({server(50)});
    change(of, 50, [](auto& p) { p.program = "nginx"; });
    auto found = findings_of(of);
    ASSERT_EQ(rules_of(of), "L10");
    EXPECT_EQ(found.front().sure, core::confidence::hint) << "who stops it is not known";
    of.platform.kind = platform_kind::docker;
    of.platform.stop_signal = sigterm;
    EXPECT_EQ(findings_of(of).front().sure, core::confidence::proven);
    of.signal = of.platform.stop_signal = 3;
    of.signal_name = "SIGQUIT";
    change(of, 50, [](auto& p) { p.signals.caught |= bit(3); });
    EXPECT_EQ(rules_of(of), "");
    change(of, 50, [](auto& p) {
        p.program = "uwsgi";
        p.ends_by_term = true;
    });
    of.signal = sigterm;
    of.signal_name = "SIGTERM";
    EXPECT_EQ(rules_of(of), "");
    change(of, 50, [](auto& p) { p.ends_by_term = false; });
    EXPECT_EQ(rules_of(of), "L10") << "it reloads";
}

TEST(Rules, OfASignalThatEndsNothing) {
    auto of = both({server(50)});
    of.signal = 28;
    of.signal_name = "SIGWINCH";
    ASSERT_EQ(rules_of(of), "L03");
    EXPECT_EQ(findings_of(of).front().what,
              "it has no handler for SIGWINCH, and by default that does nothing");
    EXPECT_EQ(doctor::make_route(of).front().what, doctor::verdict::swallows);
    change(of, 50, [](auto& p) { p.signals.caught |= bit(28); });
    EXPECT_EQ(rules_of(of), "");
}

TEST(Rules, OfASignalThatNobodyCanTake) {
    auto of = both({server(50)});
    of.signal = 9;
    of.signal_name = "SIGKILL";
    EXPECT_EQ(rules_of(of), "L10");
    EXPECT_EQ(doctor::make_route(of).front().why,
              "SIGKILL ends it at once, whatever handlers it has");
}

TEST(Rules, OfABusyLoop) {
    auto of = both({server(50)});
    add_socket(of, 50, listener(2));
    change(of, 50, [](auto& p) {
        p.threads.threads.front().state = 'R';
        p.threads.threads.front().call_name = {};
    });
    of.second.processes.at(50).threads.threads.front().ticks = 100;
    EXPECT_EQ(rules_of(of), "L35");
    of.second.processes.at(50).threads.threads.front().ticks = 40;
    EXPECT_EQ(rules_of(of), "L42") << "it has slept between";
    of.second.processes.at(50).threads.threads.front().queued_ns = 550'000'000;
    EXPECT_EQ(rules_of(of), "L35") << "others had the processor";
    sys::thread_facts loop;
    loop.call_name = "epoll_wait";
    loop.state = 'S';
    change(of, 50, [&](auto& p) { p.threads.threads.push_back(loop); });
    EXPECT_EQ(rules_of(of), "L42") << "another thread waits for connections";
}

TEST(Rules, OfAStopThatComputes) {
    auto of = both({server(50)});
    change(of, 50, [](auto& p) { p.entry.state = 'R'; });
    of.since = 20s;
    EXPECT_EQ(rules_of(of), "") << "it was at work at both looks by chance";
    of.second.processes.at(50).ticks = 60;
    ASSERT_EQ(rules_of(of), "L35");
    EXPECT_EQ(findings_of(of).front().sure, core::confidence::hint);
    of.since.reset();
    EXPECT_EQ(rules_of(of), "") << "nobody stops it";
}

TEST(Rules, OfABusyLoopBesideOthers) {
    auto of = both({server(50)});
    add_socket(of, 50, listener(2));
    change(of, 50, [](auto& p) {
        p.threads.threads.front().state = 'R';
        p.threads.threads.front().call_name = "";
        sys::thread_facts other;  // as the one of V8 for what is due later
        other.id = 51;
        other.call_name = "epoll_wait";
        other.first_argument = 4;
        p.threads.threads.push_back(other);
    });
    auto& now = of.second.processes.at(50);
    now.threads.threads.front().ticks = 100;
    EXPECT_EQ(rules_of(of), "L42") << "what the other one waits for is not known";
    now.watched[4] = {7};
    sys::descriptor timer;
    timer.number = 7;
    now.descriptors.all.push_back(timer);
    EXPECT_EQ(rules_of(of), "L35");
    now.watched[4] = {11};
    EXPECT_EQ(rules_of(of), "L42") << "it has the listening socket";
}

TEST(Rules, OfALoopInABlockingCall) {
    auto of = both({server(50)});
    add_socket(of, 50, listener(2));
    change(of, 50, [](auto& p) { p.threads.threads.front().call_name = "flock"; });
    EXPECT_EQ(rules_of(of), "L36");
    of.second.processes.at(50).threads.threads.front().call_arguments = "0x5";
    EXPECT_EQ(rules_of(of), "L42") << "it goes on";
}

TEST(Rules, OfConnectionsThatWait) {
    auto of = both({server(50)});
    add_socket(of, 50, listener(2));
    EXPECT_EQ(rules_of(of), "L42");
    of.second.sockets.front().line.waiting = 1;
    EXPECT_EQ(rules_of(of), "") << "it accepts";
}

TEST(Rules, OfConnectionsDuringAStop) {
    auto of = both({server(50)});
    add_socket(of, 50, client(100, 5s, 9s));
    add_socket(of, 50, client(100, 9s, 5s));
    EXPECT_EQ(rules_of(of), "") << "nobody stops it";
    of.since = 1s;
    EXPECT_EQ(rules_of(of), "L44 L43");
    for (auto* each : {&of.first, &of.second}) {
        each->sockets.front().detail->not_sent = 700;
    }
    EXPECT_EQ(rules_of(of), "L45 L43");
    of.second.sockets.front().detail->acknowledged = 700;
    EXPECT_EQ(rules_of(of), "L44 L43") << "it takes some";
}

TEST(Rules, AStopDoesNotWaitForWhatEndsByDefault) {
    auto of = both({server(50)});
    change(of, 50, [](auto& p) {
        p.signals.caught = 0;
        p.threads.threads.front().call_name = "read";
    });
    add_socket(of, 50, listener(3));
    add_socket(of, 50, client(100, 5s, 9s));
    EXPECT_EQ(rules_of(of), "L42") << "who waits is reset, and the stop does not wait";
    of.since = 20s;
    EXPECT_EQ(rules_of(of), "L11 L42") << "it was never told";
}

TEST(Rules, OfASocketThatStillListens) {
    auto of = both({server(50)});
    add_socket(of, 50, listener());
    of.since = 1s;
    EXPECT_EQ(rules_of(of), "") << "it may announce its stop first";
    of.since = 5s;
    EXPECT_EQ(rules_of(of), "L41");
    change(of, 50, [](auto& p) { p.is_given_sockets = true; });
    EXPECT_EQ(rules_of(of), "L09") << "the socket is systemd's";
}

TEST(Rules, WhoeverIsBehindAMasterMayNotHaveBeenTold) {
    auto of = both({server(50), server(51, 50)});
    add_socket(of, 51, listener());
    of.since = 20s;
    ASSERT_EQ(rules_of(of), "L41");
    EXPECT_EQ(findings_of(of).front().what.find("pid 50 above it was told to stop, and it still"),
              0U);
}

TEST(Rules, OfAListenerThatWasInherited) {
    auto sleeper = server(51, 50);
    sleeper.program = "sleep";
    sleeper.command = "sleep 1000";
    sleeper.threads.threads.front().call_name = "clock_nanosleep";
    auto of = both({server(50)});
    for (auto* each : {&of.first, &of.second}) {
        each->processes.emplace(51, sleeper);
    }
    add_socket(of, 50, listener());
    EXPECT_EQ(rules_of(of), "");
    for (auto* each : {&of.first, &of.second}) {
        each->sockets.front().owners = {50, 51};
    }
    EXPECT_EQ(rules_of(of), "L49");
    change(of, 51, [](auto& p) { p.threads.threads.front().call_name = "accept4"; });
    EXPECT_EQ(rules_of(of), "") << "it serves";
}

TEST(Rules, OfAUnit) {
    auto of = both({server(50)});
    of.platform.kind = platform_kind::systemd;
    of.platform.main_pid = 50;
    of.platform.kill_mode = "process";
    of.platform.members = {50};
    EXPECT_EQ(rules_of(of), "");
    of.platform.members = {50, 51};
    EXPECT_EQ(rules_of(of), "L55");
    of.platform.kill_mode = "none";
    of.platform.members = {50};
    EXPECT_EQ(rules_of(of), "L55") << "it signals not even the main process";
    EXPECT_FALSE(doctor::make_route(of).front().is_reached);
    of.platform.kill_mode = "process";
    of.platform.main_pid = 0;
    of.platform.active = "failed";
    EXPECT_EQ(rules_of(of), "L57") << "that says more";
    of.platform.kill_mode = "control-group";
    EXPECT_EQ(rules_of(of), "L57");
    of.platform.main_pid = 50;
    of.platform.active = "active";
    of.platform.pid_file = "/run/x.pid";
    of.platform.pid_in_file = 49;
    EXPECT_EQ(rules_of(of), "L61");
}

TEST(Rules, ProvenComesBeforeLikely) {
    auto of = both({shell(50), server(51, 50)});
    change(of, 51, [](auto& p) { p.is_frozen = true; });
    EXPECT_EQ(rules_of(of), "L24 L16");
}

}  // namespace
}  // namespace lastcall::doctor_test
