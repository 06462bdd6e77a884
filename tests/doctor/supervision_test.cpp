// How supervisors stop their programs, and what uWSGI does on SIGTERM: files as tables.
#include "doctor/settings/supervision.hpp"

#include <gtest/gtest.h>

#include "doctor/rules/budget.hpp"
#include "doctor/settings/uwsgi_settings.hpp"
#include "doctor/settings_samples.hpp"

namespace lastcall::doctor_test {
namespace {

using doctor::supervised;
using words = std::vector<std::string>;

struct pair_case {
    words above;
    words below{"/srv/app"};
    text_files files{};
    words environment{};
    words above_environment{};
};

supervised how(const pair_case& of) {
    const auto above = program(of.above, 49);
    const auto below = program(of.below, 50);
    return doctor::supervision_of(*core::find_supervisor(above.name),
                                  {above, around(of.files, of.above_environment)},
                                  {below, around(of.files, of.environment)});
}

/// "SIGTERM, 10s; stopwaitsecs of /srv/s.conf:3", "(hint)" where nothing is known for sure.
std::string text_of(const pair_case& of) {
    const auto found = how(of);
    return found.signal_name + (found.to_group ? " to the group, " : ", ") +
           doctor::budget_text(found.wait) + "; " + found.source +
           (found.is_known ? "" : " (hint)");
}

const std::string sections =
    "[supervisord]\nnodaemon=true\n"
    "[program:web]\ncommand=/srv/app --fast\nstopwaitsecs=25\nstopsignal=SIGQUIT\n"
    "stopasgroup=true\n"
    "[program:jobs]\ncommand=/srv/worker\n";

TEST(Supervision, OfSupervisord) {
    const words above{"supervisord", "-c", "s.conf"};
    const text_files file{{"/srv/s.conf", sections}};
    EXPECT_EQ(text_of({above, {"/srv/app"}, file}),
              "SIGQUIT to the group, 25s; stopwaitsecs of /srv/s.conf:5");
    EXPECT_EQ(text_of({above, {"/srv/worker"}, file}),
              "SIGTERM, 10s; stopwaitsecs, by default: not in program:jobs of /srv/s.conf:8");
    EXPECT_EQ(text_of({above, {"other"}, file, {"SUPERVISOR_PROCESS_NAME=web"}}),
              "SIGQUIT to the group, 25s; stopwaitsecs of /srv/s.conf:5");
    EXPECT_EQ(text_of({above,
                       {"other"},
                       file,
                       {"SUPERVISOR_PROCESS_NAME=web_00", "SUPERVISOR_GROUP_NAME=web"}}),
              "SIGQUIT to the group, 25s; stopwaitsecs of /srv/s.conf:5");
    EXPECT_EQ(text_of({above, {"other"}, file}), "SIGTERM, 10s; stopwaitsecs, by default (hint)");
    EXPECT_EQ(text_of({above, {"/srv/app"}, {}}), "SIGTERM, 10s; stopwaitsecs, by default (hint)");
    EXPECT_EQ(text_of({{"supervisord"}, {"/srv/app"}, {{"/etc/supervisord.conf", sections}}}),
              "SIGQUIT to the group, 25s; stopwaitsecs of /etc/supervisord.conf:5");
    EXPECT_TRUE(how({above, {"/srv/app"}, file}).kills_group) << "as the signal does";
    EXPECT_FALSE(how({above, {"/srv/worker"}, file}).kills_group);
    const text_files more{{"/srv/s.conf", sections + "killasgroup=true\n"}};
    EXPECT_TRUE(how({above, {"/srv/worker"}, more}).kills_group);
    EXPECT_FALSE(how({above, {"/srv/worker"}, more}).to_group);
    EXPECT_EQ(how({above, {"/srv/app"}, file}).signal_source, "stopsignal of /srv/s.conf:6");
}

TEST(Supervision, OfSupervisordIsInTheFilesThatItIncludes) {
    const text_files files{
        {"/etc/supervisor/supervisord.conf", "[include]\nfiles = conf.d/*.conf /srv/none/*\n"},
        {"/etc/supervisor/conf.d/web.conf",
         "[program:web]\ncommand=app\nstopwaitsecs = 7 ; short\n"}};
    EXPECT_EQ(text_of({{"supervisord"}, {"/srv/app"}, files}),
              "SIGTERM, 7s; stopwaitsecs of /etc/supervisor/conf.d/web.conf:3");
}

TEST(Supervision, SupervisordStopsGroupsOneAfterAnother) {
    const words above{"supervisord", "-c", "s.conf"};
    auto found = how({above, {"/srv/app"}, {{"/srv/s.conf", sections}}});
    EXPECT_EQ(found.groups, 2U);
    EXPECT_EQ(found.all, std::chrono::seconds(35));
    found = how(
        {above, {"/srv/app"}, {{"/srv/s.conf", sections + "[group:all]\nprograms=web,jobs\n"}}});
    EXPECT_EQ(found.groups, 1U);
    EXPECT_EQ(found.all, std::chrono::seconds(25));
}

TEST(Supervision, OfPm2) {
    const words god{"PM2 v5.3.0: God Daemon (/var/lib/pm2)"};
    EXPECT_EQ(text_of({god, {"node"}, {}, {"pm_id=0"}}),
              "SIGINT to the group, 1.6s; kill_timeout, by default");
    EXPECT_EQ(text_of({god, {"node"}, {}, {"pm_id=0", "kill_timeout=8000", "treekill=false"}}),
              "SIGINT, 8s; kill_timeout in the environment of the program");
    EXPECT_EQ(
        text_of({god, {"node"}, {}, {}, {"PM2_KILL_TIMEOUT=3000", "PM2_KILL_SIGNAL=SIGTERM"}}),
        "SIGTERM to the group, 3s; PM2_KILL_TIMEOUT");
}

TEST(Supervision, OfS6) {
    const words above{"s6-supervise", "web"};
    EXPECT_EQ(text_of({above}), "SIGTERM, without end; timeout-kill, by default");
    EXPECT_EQ(
        text_of(
            {above, {"app"}, {{"/srv/timeout-kill", "5000\n"}, {"/srv/down-signal", "SIGQUIT\n"}}}),
        "SIGQUIT, 5s; timeout-kill of /srv");
    EXPECT_EQ(text_of({above, {"app"}, {}, {"S6_KILL_GRACETIME=9000"}}),
              "SIGTERM, 12s; S6_SERVICES_GRACETIME and S6_KILL_GRACETIME");
    EXPECT_EQ(
        text_of(
            {above, {"app"}, {{"/run/s6/container_environment/S6_SERVICES_GRACETIME", "1000"}}}),
        "SIGTERM, 4s; S6_SERVICES_GRACETIME and S6_KILL_GRACETIME");
}

TEST(Supervision, OfRunit) {
    EXPECT_EQ(text_of({{"runsv", "web"}}), "SIGTERM, without end; runsv, by default");
    EXPECT_EQ(text_of({{"runsv", "web"}, {"app"}, {{"/srv/control/t", "#!/bin/sh\n"}}}),
              "SIGTERM, without end; runsv, by default (hint)");
}

TEST(Supervision, OfForemanAndCircus) {
    EXPECT_EQ(text_of({{"foreman: master"}}), "SIGTERM, 5s; --timeout, by default (hint)");
    EXPECT_EQ(text_of({{"foreman: master"}, {"app"}, {{"/srv/.foreman", "port: 1\ntimeout: 9\n"}}}),
              "SIGTERM, 9s; timeout of /srv/.foreman:2 (hint)");
    const text_files file{{"/srv/c.ini",
                           "[circus]\n[watcher:web]\ncmd = /srv/app\n"
                           "graceful_timeout = 4\nstop_signal = INT\n"}};
    EXPECT_EQ(text_of({{"circusd", "c.ini"}, {"/srv/app"}, file}),
              "SIGINT, 4s; graceful_timeout of /srv/c.ini:4");
    EXPECT_EQ(text_of({{"circusd", "c.ini"}}), "SIGTERM, 30s; graceful_timeout, by default (hint)");
}

TEST(Uwsgi, TakesSigtermAsItsSettingsSay) {
    struct row {
        words started;
        const char* ini;
        bool ends;
    };
    const std::vector<row> rows{
        {{"uwsgi", "app.ini"}, "[uwsgi]\nmaster = true\n", false},
        {{"uwsgi", "app.ini"}, "[uwsgi]\nmaster = true\ndie-on-term = true\n", true},
        {{"uwsgi", "app.ini"}, "[uwsgi]\nmaster = true\ndie-on-term = false\n", false},
        {{"uwsgi", "--ini", "app.ini", "--die-on-term"}, "[uwsgi]\nmaster = 1\n", true},
        {{"uwsgi", "--ini=app.ini"}, "[uwsgi]\nhttp = :80\n", true},
        {{"uwsgi", "app.ini"}, "[uwsgi]\nmaster = true\ninclude = more.ini\n", true},
        {{"uwsgi", "app.ini"},
         "[uwsgi]\nmaster = 1\nhook-master-start = unix_signal:15 gracefully_kill_them_all\n",
         true},
        {{"uwsgi", "--master", "--http", ":80"}, "", false},
        {{"uwsgi", "--master", "app.xml"}, "", true},
    };
    for (const row& one : rows) {
        const auto process = program(one.started);
        const auto files = around({{"/srv/app.ini", one.ini}});
        EXPECT_EQ(doctor::uwsgi_settings(process, files).ends_by_term(), one.ends)
            << process.command << "\n"
            << one.ini;
    }
    const auto files = around({}, {"UWSGI_DIE_ON_TERM=1"});
    EXPECT_TRUE(doctor::uwsgi_settings(program({"uwsgi", "--master"}), files).ends_by_term());
}

TEST(Pattern, StandsForAnyText) {
    EXPECT_TRUE(doctor::fits_pattern("web.conf", "*.conf"));
    EXPECT_TRUE(doctor::fits_pattern("a.conf.conf", "a*.conf"));
    EXPECT_TRUE(doctor::fits_pattern("", "*"));
    EXPECT_FALSE(doctor::fits_pattern("web.conf~", "*.conf"));
    EXPECT_FALSE(doctor::fits_pattern("ab", "?"));
}

}  // namespace
}  // namespace lastcall::doctor_test
