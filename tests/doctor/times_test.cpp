// L21 and L53: chains of times, as tables.
#include <gtest/gtest.h>

#include "doctor/rules/budget.hpp"
#include "doctor/samples.hpp"

namespace lastcall::doctor_test {
namespace {

using namespace std::chrono_literals;
using doctor::own_time;
using doctor::platform_kind;
using doctor::seen;
using doctor::supervised;

constexpr auto endless = std::chrono::nanoseconds::max();

void set_own(seen& of, int pid, std::optional<std::chrono::nanoseconds> time, bool is_sure = true) {
    of.second.processes.at(pid).own =
        own_time{"gunicorn", time, "graceful_timeout of /srv/a.py:3", is_sure};
}

void set_platform(seen& of, std::chrono::nanoseconds grace) {
    of.platform.kind = platform_kind::docker;
    of.platform.name = "container web";
    of.platform.grace = grace;
    of.platform.grace_source = "StopTimeout";
    of.platform.grace_setting = "--stop-timeout";
}

supervised by_supervisord(int supervisor, int program, std::chrono::nanoseconds wait) {
    supervised made;
    made.supervisor = supervisor;
    made.program = program;
    made.name = "supervisord";
    made.wait = wait;
    made.source = "stopwaitsecs of /etc/a.conf:7";
    made.setting = "stopwaitsecs";
    made.is_known = true;
    made.is_default = false;
    return made;
}

/// supervisord in front of a program.
seen pair_of() {
    auto above = server(50);
    above.program = "python3.11";
    above.name = "supervisord";
    auto of = both({above, server(51, 50)});
    of.supervisions.push_back(by_supervisord(50, 51, 20s));
    return of;
}

TEST(Times, TheProgramTakesMoreThanThePlatformGrants) {
    auto of = both({server(50)});
    set_platform(of, 10s);
    EXPECT_EQ(rules_of(of), "") << "nothing is known of it";
    set_own(of, 50, 30s);
    ASSERT_EQ(rules_of(of), "L53");
    const auto found = findings_of(of).front();
    EXPECT_EQ(found.sure, core::confidence::likely);
    EXPECT_EQ(found.by.front().field, "graceful_timeout of /srv/a.py:3");
    EXPECT_EQ(found.fix,
              "raise --stop-timeout above 30s, or lower graceful_timeout of /srv/a.py:3");
    set_own(of, 50, 30s, false);
    EXPECT_EQ(findings_of(of).front().sure, core::confidence::hint) << "its options are lost";
    set_platform(of, 35s);
    EXPECT_EQ(rules_of(of), "");
    set_platform(of, endless);
    EXPECT_EQ(rules_of(of), "");
}

TEST(Times, OfASignalThatEndsItAtOnceDoNotMatter) {
    auto of = both({server(50)});
    for (auto* each : {&of.first, &of.second}) {
        each->processes.at(50).program = "nginx";
    }
    set_own(of, 50, 30s);
    set_platform(of, 10s);
    EXPECT_EQ(rules_of(of), "L10");
    of.signal = 3;
    of.signal_name = "SIGQUIT";
    for (auto* each : {&of.first, &of.second}) {
        each->processes.at(50).signals.caught |= bit(3);
    }
    EXPECT_EQ(rules_of(of), "L53");
}

TEST(Times, WithoutALimitMatterWhereRequestsAreInFlight) {
    auto of = both({server(50)});
    set_own(of, 50, endless);
    set_platform(of, 10s);
    EXPECT_EQ(rules_of(of), "") << "nobody is connected";
    auto idle = of;
    add_socket(idle, 50, client(100, 9s, 5s));
    EXPECT_EQ(rules_of(idle), "") << "it closes those itself";
    add_socket(of, 50, client(100, 5s, 9s));
    ASSERT_EQ(rules_of(of), "L53");
    EXPECT_EQ(findings_of(of).front().sure, core::confidence::hint);
    of.first.sockets.clear();
    EXPECT_EQ(rules_of(of), "") << "it has come between the looks";
}

TEST(Times, TheSupervisorKillsBeforeTheProgramIsDone) {
    auto of = pair_of();
    EXPECT_EQ(rules_of(of), "");
    set_own(of, 51, 30s);
    ASSERT_EQ(rules_of(of), "L21");
    auto found = findings_of(of).front();
    EXPECT_EQ(found.pid, 51);
    EXPECT_EQ(found.sure, core::confidence::likely);
    EXPECT_EQ(found.by.back().field, "stopwaitsecs of /etc/a.conf:7");
    of.supervisions.front().is_known = false;
    EXPECT_EQ(findings_of(of).front().sure, core::confidence::hint) << "its file was not found";
    of.supervisions.front().wait = 31s;
    EXPECT_EQ(rules_of(of), "");
    of.supervisions.front().wait = endless;
    EXPECT_EQ(rules_of(of), "") << "runsv never kills";
}

TEST(Times, OfASupervisorThatHasNoSetting) {
    auto of = pair_of();
    set_own(of, 51, 30s);
    auto& su = of.supervisions.front();
    su.name = "su";
    su.wait = 2s;
    su.source = "su, by default";
    su.setting = "";
    ASSERT_EQ(rules_of(of), "L21");
    EXPECT_EQ(findings_of(of).front().fix, "start gunicorn without su, whose time cannot be set");
}

TEST(Times, ThePlatformKillsTheSupervisorFirst) {
    auto of = pair_of();
    set_platform(of, 15s);
    ASSERT_EQ(rules_of(of), "L21");
    EXPECT_EQ(findings_of(of).front().pid, 50);
    set_own(of, 51, 5s);
    EXPECT_EQ(rules_of(of), "") << "the program is done before";
    set_own(of, 51, 30s);
    EXPECT_EQ(rules_of(of), "L21 L21") << "on the program and on the supervisor";
    set_own(of, 51, std::nullopt);
    of.supervisions.front().wait = 15s;
    EXPECT_EQ(rules_of(of), "L21");
    of.supervisions.front().is_default = true;
    EXPECT_EQ(rules_of(of), "") << "two defaults that are the same";
    of.supervisions.front().wait = endless;
    set_own(of, 51, 20s);
    ASSERT_EQ(rules_of(of), "L53") << "who never kills changes nothing";
}

TEST(Times, GroupsStopOneAfterAnother) {
    auto of = pair_of();
    set_platform(of, 30s);
    of.supervisions.front().groups = 2;
    of.supervisions.front().all = 40s;
    ASSERT_EQ(rules_of(of), "L21");
    EXPECT_EQ(findings_of(of).front().sure, core::confidence::hint);
    of.supervisions.front().is_default = true;
    EXPECT_EQ(rules_of(of), "") << "nobody has chosen these times";
    of.supervisions.front().is_default = false;
    set_platform(of, 40s);
    EXPECT_EQ(rules_of(of), "");
}

TEST(Times, TheSupervisorIsALinkOfTheChain) {
    auto of = pair_of();
    set_own(of, 51, 5s);
    set_platform(of, 30s);
    const auto chain = doctor::make_budget(of);
    ASSERT_EQ(chain.size(), 3U);
    EXPECT_EQ(chain[0].who, "gunicorn");
    EXPECT_EQ(chain[1].who, "supervisord");
    EXPECT_EQ(chain[1].time, 20s);
    EXPECT_EQ(chain[2].who, "container web");
}

TEST(Route, ASupervisorSendsASignalOfItsOwn) {
    auto of = pair_of();
    of.supervisions.front().signal = 3;
    of.supervisions.front().signal_name = "SIGQUIT";
    of.supervisions.front().signal_source = "stopsignal of /etc/a.conf:8";
    auto route = doctor::make_route(of);
    EXPECT_EQ(route[0].what, doctor::verdict::forwards);
    EXPECT_EQ(route[0].why, "it sends SIGQUIT to pid 51, and SIGKILL 20s later");
    EXPECT_EQ(route[1].what, doctor::verdict::dies) << "it has no handler for that one";
    of.supervisions.front().kills_group = true;
    EXPECT_EQ(doctor::make_route(of)[0].why,
              "it sends SIGQUIT to pid 51, and SIGKILL to its group 20s later");
    of.supervisions.front().to_group = true;
    EXPECT_EQ(doctor::make_route(of)[0].why,
              "it sends SIGQUIT to the group of pid 51, and SIGKILL 20s later");
    of.supervisions.front().to_group = false;
    for (auto* each : {&of.first, &of.second}) {
        each->processes.at(51).signals.caught |= bit(3);
        each->processes.at(51).program = "nginx";
    }
    EXPECT_EQ(doctor::make_route(of)[1].what, doctor::verdict::handles);
    EXPECT_EQ(rules_of(of), "");
    of.supervisions.front().signal = sigterm;
    of.supervisions.front().signal_name = "SIGTERM";
    ASSERT_EQ(rules_of(of), "L10");
    const auto found = findings_of(of).front();
    EXPECT_EQ(found.sure, core::confidence::proven);
    EXPECT_EQ(found.by.back().field, "stopsignal of /etc/a.conf:8");
    of.platform.kind = platform_kind::systemd;
    of.platform.kill_mode = "control-group";
    of.supervisions.front().signal = 3;
    EXPECT_EQ(of.signal_to(51), sigterm) << "systemd signals everybody";
}

/// It keeps idle connections for 65 s, and has `count` of them.
seen keeper_of(int count) {
    auto of = both({server(50)});
    add_socket(of, 50, listener());
    for (int i = 0; i < count; ++i) {
        add_socket(of, 50, client(100, 9s, 5s));
    }
    of.second.processes.at(50).keeps_idle = doctor::idle_limit{65s, "/srv/web/server.js", 8};
    return of;
}

TEST(Times, ConnectionsThatAreKeptLongerThanTheScriptWaits) {
    auto of = keeper_of(3);
    set_platform(of, 90s);
    EXPECT_EQ(rules_of(of), "");
    of.stopped_by = doctor::stopper{"deploy.sh", 4, "timeout 30 docker stop web", 30s};
    ASSERT_EQ(rules_of(of), "L53");
    const auto found = findings_of(of).front();
    EXPECT_EQ(found.sure, core::confidence::hint) << "it may close them";
    EXPECT_EQ(found.what,
              "a stop may wait for 3 connections of clients, each of which is kept for "
              "65s without a request, and deploy.sh:4 gives up after 30s");
    ASSERT_EQ(found.by.size(), 3U);
    EXPECT_EQ(found.by.front().field, "keepAliveTimeout in /srv/web/server.js:8");
    EXPECT_EQ(found.by.back().field, "timeout 30 docker stop web");
    of.stopped_by->leaves = 100s;
    EXPECT_EQ(rules_of(of), "");
    set_platform(of, 20s);
    EXPECT_EQ(rules_of(of), "L53");
    auto idle = keeper_of(0);
    set_platform(idle, 20s);
    EXPECT_EQ(rules_of(idle), "") << "nobody is connected";
    set_own(of, 50, 5s);
    EXPECT_EQ(rules_of(of), "") << "it has a limit of its own";
}

TEST(Times, AScriptThatDoesNotWaitForThePlatform) {
    auto of = both({server(50)});
    set_platform(of, 90s);
    of.stopped_by = doctor::stopper{"deploy.sh", 4, "timeout 30 docker stop web", 30s};
    ASSERT_EQ(rules_of(of), "L53");
    EXPECT_EQ(findings_of(of).front().what,
              "container web may take 90s to stop, and deploy.sh:4 gives up after 30s");
    of.stopped_by->leaves.reset();
    EXPECT_EQ(rules_of(of), "") << "it waits for as long as it takes";
    EXPECT_EQ(doctor::make_budget(of).back().time, endless);
    of.stopped_by->line = 0;
    EXPECT_EQ(doctor::make_budget(of).size(), 2U) << "it does not stop this";
}

TEST(Route, AGroupGetsItBehindAShell) {
    auto above = server(50);
    above.name = "supervisord";
    auto of = both({above, shell(51, 50), server(52, 51)});
    of.supervisions.push_back(by_supervisord(50, 51, 20s));
    EXPECT_EQ(rules_of(of), "L16") << "only the shell gets it";
    of.supervisions.front().to_group = true;
    EXPECT_EQ(rules_of(of), "");
    EXPECT_TRUE(doctor::make_route(of)[2].is_by_group);
}

TEST(Route, ASupervisorThatIsNotOnItSaysWhoSendsIt) {
    auto of = both({server(51, 50)});
    for (auto* each : {&of.first, &of.second}) {
        each->processes.at(51).program = "nginx";
    }
    EXPECT_EQ(findings_of(of).front().sure, core::confidence::hint);
    of.supervisions.push_back(by_supervisord(50, 51, 20s));
    EXPECT_EQ(findings_of(of).front().sure, core::confidence::proven);
}

}  // namespace
}  // namespace lastcall::doctor_test
