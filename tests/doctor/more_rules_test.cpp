// Rules about threads, limits, connections and units that no small program shows at will.
#include <gtest/gtest.h>

#include <functional>

#include "doctor/samples.hpp"

namespace lastcall::doctor_test {
namespace {

using namespace std::chrono_literals;
using doctor::platform_kind;
using doctor::seen;
using doctor::seen_process;

sys::thread_facts thread_in(int id, std::string_view call) {
    sys::thread_facts made;
    made.id = id;
    made.name = "worker";
    made.state = 'S';
    made.call_name = call;
    return made;
}

TEST(Rules, OfASignalThatIsNotDelivered) {
    auto of = both({server(50)});
    of.second.processes.at(50).signals.pending_shared = bit(sigterm);
    EXPECT_EQ(rules_of(of), "") << "it has just come";
    of.first.processes.at(50).signals.pending_shared = bit(sigterm);
    EXPECT_EQ(rules_of(of), "L07");
    change(of, 50, [](auto& p) { p.entry.state = 'T'; });
    EXPECT_EQ(rules_of(of), "L22") << "that says why";
}

TEST(Rules, OfTheRightToSignal) {
    auto of = both({server(50)});
    change(of, 50, [](auto& p) { p.may_be_signalled = false; });
    EXPECT_EQ(rules_of(of), "L13");
    of.platform.kind = platform_kind::docker;
    EXPECT_EQ(rules_of(of), "") << "the platform stops it, as root";
}

TEST(Rules, SayNothingAboutWhatMayNotBeLookedAt) {
    auto of = both({server(50)});
    change(of, 50, [](auto& p) {
        p.signals.blocked = p.signals.blocked_by_all = bit(sigterm);
        p.descriptors.is_readable = false;
    });
    EXPECT_EQ(rules_of(of), "") << "it may have a signalfd";
    EXPECT_EQ(doctor::make_route(of).front().what, doctor::verdict::unknown);

    of = both({server(50)});
    change(of, 50, [](auto& p) {
        p.namespace_pid = 1;
        p.signals.caught = 0;
        p.threads.has_calls = false;
        p.threads.threads.front().blocked = bit(1);
    });
    EXPECT_EQ(rules_of(of), "") << "it may be in sigwait, as tini is";
    change(of, 50, [](auto& p) { p.threads.threads.front().blocked = 0; });
    ASSERT_EQ(rules_of(of), "L01");
    EXPECT_EQ(findings_of(of).front().sure, core::confidence::likely);
}

TEST(Rules, OfAProcessorLimit) {
    auto of = both({server(50)});
    of.second.processes.at(50).group_periods = 10;
    of.second.processes.at(50).group_throttled = 9;
    EXPECT_EQ(rules_of(of), "") << "it does not want to run";
    change(of, 50, [](auto& p) {
        auto busy = thread_in(51, "");
        busy.state = 'R';
        p.threads.threads.push_back(busy);
    });
    EXPECT_EQ(rules_of(of), "L32");
    of.second.processes.at(50).group_throttled = 2;
    EXPECT_EQ(rules_of(of), "");
}

TEST(Rules, OfAMemoryLimit) {
    auto of = both({server(50)});
    change(of, 50, [](auto& p) { p.group_reclaims = 7; });
    EXPECT_EQ(rules_of(of), "") << "long ago";
    of.second.processes.at(50).group_reclaims = 9;
    EXPECT_EQ(rules_of(of), "L33");
}

TEST(Rules, OfAThreadThatNobodyHasWoken) {
    auto of = both({server(50)});
    change(of, 50, [](auto& p) {
        p.threads.threads.front().call_name = "futex";
        p.threads.threads.push_back(thread_in(51, "accept4"));
    });
    EXPECT_EQ(rules_of(of), "");
    of.since = 5s;
    EXPECT_EQ(rules_of(of), "L37");
    of.second.processes.at(50).ticks = 3;
    EXPECT_EQ(rules_of(of), "L09") << "it works";
}

TEST(Rules, OfALockOfAFile) {
    auto of = both({server(50)});
    change(of, 50, [](auto& p) {
        p.threads.threads.front().call_name = "flock";
        p.threads.threads.front().first_argument = 3;
        p.lock_holder = 60;
        p.lock_holder_command = "backup";
        sys::descriptor file;
        file.number = 3;
        file.target = "/srv/lock";
        p.descriptors.all.push_back(file);
    });
    EXPECT_EQ(rules_of(of), "");
    of.since = 20s;
    ASSERT_EQ(rules_of(of), "L09");
    const auto found = findings_of(of).front();
    EXPECT_NE(found.what.find("the lock is held by pid 60 `backup`"), std::string::npos);
    EXPECT_EQ(found.by[1].value, "/srv/lock");
}

TEST(Rules, OfAShutdownHookOfJava) {
    auto of = both({server(50)});
    auto hook = thread_in(51, "futex");
    hook.name = "SIGTERM handler";
    of.second.processes.at(50).threads.threads.push_back(hook);
    EXPECT_EQ(rules_of(of), "") << "it has begun just now";
    of.first.processes.at(50).threads.threads.push_back(hook);
    EXPECT_EQ(rules_of(of), "L39");
}

TEST(Rules, OfAPipeThatNobodyEmpties) {
    auto of = both({server(50)});
    change(of, 50, [](auto& p) {
        sys::descriptor pipe;
        pipe.number = 1;
        pipe.kind = sys::descriptor_kind::pipe;
        pipe.inode = 7;
        p.descriptors.all.push_back(pipe);
        auto writer = thread_in(51, "write");
        writer.first_argument = 1;
        p.threads.threads.push_back(writer);
    });
    EXPECT_EQ(rules_of(of), "L40");
    change(of, 50, [](auto& p) { p.is_frozen = true; });
    EXPECT_EQ(rules_of(of), "L24") << "it was in the call when it was frozen";
    change(of, 50, [](auto& p) { p.is_frozen = false; });
    of.second.processes.at(50).threads.threads.back().ticks = 1;
    EXPECT_EQ(rules_of(of), "") << "it gets on";
}

TEST(Rules, OfConnectionsThatThePeerHasClosed) {
    auto of = both({server(50)});
    auto closed = client(10, 9s, 9s);
    closed.line.state = 8;
    add_socket(of, 50, closed);
    add_socket(of, 50, closed);
    EXPECT_EQ(rules_of(of), "") << "a few may be on their way";
    add_socket(of, 50, closed);
    EXPECT_EQ(rules_of(of), "L47");
}

TEST(Rules, AConnectionOfItsOwnIsOneToAPortThatSomebodyHas) {
    const auto with_peer_at = [](std::uint16_t port) {
        auto of = both({server(50)});
        auto one = client(100, 5s, 3s);
        one.is_client = false;
        one.line.local_port = 50000;
        one.line.peer_port = port;
        add_socket(of, 50, one);
        of.since = 20s;
        return of;
    };
    EXPECT_EQ(rules_of(with_peer_at(5432)), "L48");
    EXPECT_EQ(rules_of(with_peer_at(40000)), "L09") << "it may be a client, too";
}

TEST(Rules, OfAnAnswerThatDoesNotCome) {
    auto of = both({server(50)});
    auto database = client(500, 30s, 20s);
    database.is_client = false;
    database.detail->acknowledged = 900;
    add_socket(of, 50, database);
    EXPECT_EQ(rules_of(of), "");
    of.since = 20s;
    EXPECT_EQ(rules_of(of), "L48");
    for (auto* each : {&of.first, &of.second}) {
        each->sockets.front().detail->since_received = 1s;
    }
    ASSERT_EQ(rules_of(of), "L48");
    EXPECT_EQ(findings_of(of).front().sure, core::confidence::hint) << "the answer has come";
    for (auto* each : {&of.first, &of.second}) {
        each->sockets.front().detail->since_received = 20s;
        each->sockets.front().detail->received = 0;
    }
    EXPECT_EQ(findings_of(of).front().sure, core::confidence::likely) << "asked when it connected";
}

TEST(Rules, OfAUnitThatStops) {
    auto of = both({server(50)});
    of.platform.kind = platform_kind::systemd;
    of.platform.main_pid = 50;
    of.platform.kill_mode = "mixed";
    of.platform.active = "deactivating";
    of.platform.sub = "stop";
    of.platform.control_pid = 60;
    const auto found = findings_of(of);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().rule, "L54");
    EXPECT_NE(found.front().what.find("ExecStop="), std::string::npos);
    of.platform.sub = "stop-sigterm";
    of.platform.sub_age = 40'200ms;
    EXPECT_EQ(rules_of(of), "L54 L09");
    EXPECT_EQ(findings_of(of).front().by.back().value, "stop-sigterm, for 40s");
}

TEST(Rules, OfWorkersThatStay) {
    auto of = both({server(50), server(51, 50)});
    of.second.processes.at(51).command = "nginx: worker process is shutting down";
    EXPECT_EQ(rules_of(of), "");
    of.first.processes.at(51).command = "nginx: worker process is shutting down";
    EXPECT_EQ(rules_of(of), "L59");

    of = both({server(60), server(61, 60), server(62, 60)});
    of.signal = 10;
    of.signal_name = "SIGUSR1";
    for (const int pid : {60, 61, 62}) {
        change(of, pid, [](auto& p) { p.signals.caught = bit(10); });
    }
    change(of, 61, [](auto& p) { p.program = "haproxy"; });
    change(of, 62, [](auto& p) {
        p.program = "haproxy";
        p.arguments = {"haproxy", "-sf", "7", "8", "-x", "sockpair@3"};
    });
    EXPECT_EQ(rules_of(of), "") << "those have ended";
    change(of, 62, [](auto& p) { p.arguments[3] = "61"; });
    EXPECT_EQ(rules_of(of), "L59");
    change(of, 62, [](auto& p) { p.arguments[1] = "-f"; });
    EXPECT_EQ(rules_of(of), "");
}

TEST(Rules, OfAHandlerThatDoesNotEnd) {
    auto of = both({server(50)});
    change(of, 50, [](auto& p) { p.signals.blocked = p.signals.blocked_by_all = bit(sigterm); });
    ASSERT_EQ(rules_of(of), "L05");
    EXPECT_EQ(findings_of(of).front().sure, core::confidence::hint) << "it may be in its handler";
    of.since = 5s;
    EXPECT_EQ(rules_of(of), "L09") << "the signal has come";
    EXPECT_EQ(doctor::make_route(of).front().what, doctor::verdict::handles);
    change(of, 50, [](auto& p) { p.signals.pending_shared = bit(sigterm); });
    ASSERT_EQ(rules_of(of), "L05") << "it has not";
    EXPECT_EQ(findings_of(of).front().sure, core::confidence::proven);
}

}  // namespace
}  // namespace lastcall::doctor_test
