// How long a program may take by its own settings: command lines, variables and files as tables.
#include "doctor/settings/own_time.hpp"

#include <gtest/gtest.h>

#include "doctor/rules/budget.hpp"
#include "doctor/settings_samples.hpp"

namespace lastcall::doctor_test {
namespace {

using doctor::own_time;
using words = std::vector<std::string>;

/// "30s; graceful_timeout of /srv/gunicorn.conf.py:1"; "nothing".
std::string time_of(const words& started, const text_files& files = {},
                    const words& environment = {}) {
    const auto found = own_time_of(program(started), around(files, environment));
    return !found ? "nothing"
                  : doctor::budget_text(found->time) + "; " + found->source +
                        (found->is_sure ? "" : " (unsure)");
}

TEST(OwnTime, OfAnUnknownProgramIsNotKnown) {
    EXPECT_EQ(time_of({"/srv/app", "--graceful-timeout", "3"}), "nothing");
    EXPECT_EQ(time_of({"java", "-jar", "app.jar"}), "nothing") << "it may be no Spring";
    EXPECT_EQ(time_of({"supervisord", "-n"}), "nothing") << "it is a link of its own";
}

TEST(OwnTime, OfGunicorn) {
    const words plain{"/usr/bin/python3", "/usr/bin/gunicorn", "app"};
    const text_files file{{"/srv/gunicorn.conf.py", "workers = 2\ngraceful_timeout = 45\n"}};
    EXPECT_EQ(time_of(plain), "30s; graceful_timeout, by default");
    EXPECT_EQ(time_of(plain, file), "45s; graceful_timeout of /srv/gunicorn.conf.py:2");
    EXPECT_EQ(time_of(plain, file, {"GUNICORN_CMD_ARGS=--bind :80 --graceful-timeout 50"}),
              "50s; --graceful-timeout in GUNICORN_CMD_ARGS");
    auto more = plain;
    more.insert(more.end(), {"--graceful-timeout=55"});
    EXPECT_EQ(time_of(more, file, {"GUNICORN_CMD_ARGS=--graceful-timeout 50"}),
              "55s; --graceful-timeout");
    more.back() = "--config=file:conf/own.py";
    EXPECT_EQ(time_of(more, file), "not known; graceful_timeout: its configuration was not found");
    EXPECT_EQ(time_of(more, {{"/srv/conf/own.py", "graceful_timeout = 5\n"}}),
              "5s; graceful_timeout of /srv/conf/own.py:1");
    EXPECT_EQ(time_of(more, {{"/srv/conf/own.py", "graceful_timeout = 5 * minutes\n"}}),
              "not known; graceful_timeout: not told by /srv/conf/own.py");
    more.back() = "--config=python:own.settings";
    EXPECT_EQ(time_of(more, file), "not known; graceful_timeout: not told by what is read");
    EXPECT_EQ(time_of({"gunicorn: master [app]"}), "30s; graceful_timeout, by default (unsure)");
}

TEST(OwnTime, IsNotKnownWhereTheFilesMayNotBeRead) {
    auto nothing = around({});
    nothing.folder.clear();
    const auto found = own_time_of(program({"gunicorn", "app"}), nothing);
    EXPECT_EQ(found->time, std::nullopt);
    EXPECT_EQ(found->source, "graceful_timeout: its files may not be read");
    EXPECT_EQ(own_time_of(program({"gunicorn", "--graceful-timeout", "4"}), nothing)->source,
              "--graceful-timeout");
}

TEST(OwnTime, OfUvicorn) {
    EXPECT_EQ(time_of({"python3", "-m", "uvicorn", "app:app"}),
              "without end; --timeout-graceful-shutdown, by default");
    EXPECT_EQ(time_of({"uvicorn", "app:app"}, {}, {"UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN=9"}),
              "9s; UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN");
}

TEST(OwnTime, OfNginx) {
    const words master{"nginx: master process nginx -c /srv/n.conf -g daemon off;"};
    EXPECT_EQ(time_of(master),
              "not known; worker_shutdown_timeout: its configuration was not found");
    EXPECT_EQ(time_of(master, {{"/srv/n.conf", "worker_shutdown_timeout 1m;\nevents {}\n"}}),
              "60s; worker_shutdown_timeout of /srv/n.conf:1");
    EXPECT_EQ(time_of(master, {{"/srv/n.conf", "include modules-enabled/*.conf;\nevents {}\n"}}),
              "without end; worker_shutdown_timeout, by default: not in /srv/n.conf");
    EXPECT_EQ(time_of(master, {{"/srv/n.conf", "include more/*.conf;\nevents {}\n"}}),
              "not known; worker_shutdown_timeout: not told by /srv/n.conf");
    EXPECT_EQ(time_of({"nginx: master process nginx -g worker_shutdown_timeout 5s; daemon off;"}),
              "5s; worker_shutdown_timeout behind -g");
    EXPECT_EQ(time_of({"nginx: master process nginx"}, {{"/etc/nginx/nginx.conf", "events {}\n"}}),
              "without end; worker_shutdown_timeout, by default: not in /etc/nginx/nginx.conf");
    EXPECT_EQ(time_of({"nginx: master process nginx -p /opt/n"},
                      {{"/opt/n/conf/nginx.conf", "worker_shutdown_timeout 2s;\n"}}),
              "2s; worker_shutdown_timeout of /opt/n/conf/nginx.conf:1");
}

TEST(OwnTime, OfPhpFpm) {
    const words master{"php-fpm: master process (/etc/php/8.2/fpm/php-fpm.conf)"};
    const std::string path = "/etc/php/8.2/fpm/php-fpm.conf";
    const std::string pools = "include=/etc/php/8.2/fpm/pool.d/*.conf\n";
    EXPECT_EQ(time_of(master, {{path, "[global]\nprocess_control_timeout = 20s\n" + pools}}),
              "20s; process_control_timeout of " + path + ":2");
    EXPECT_EQ(time_of(master, {{path, "[global]\n" + pools},
                               {"/etc/php/8.2/fpm/pool.d/www.conf", "[www]\npm = static\n"}}),
              "0ms; process_control_timeout, by default: not in " + path);
    EXPECT_EQ(time_of(master, {{path, "[global]\n" + pools},
                               {"/etc/php/8.2/fpm/pool.d/www.conf",
                                "[global]\nprocess_control_timeout = 9\n"}}),
              "not known; process_control_timeout: not told by " + path);
    EXPECT_EQ(time_of({"/usr/sbin/php-fpm8.2", "-F"}, {{path, "[global]\n"}}),
              "0ms; process_control_timeout, by default: not in " + path);
}

TEST(OwnTime, OfHaproxy) {
    const words two{"haproxy", "-Ws", "-f", "/srv/a.cfg", "-f", "b.cfg"};
    const std::string key = "hard-stop-after";
    EXPECT_EQ(
        time_of(two, {{"/srv/a.cfg", "global\n"}, {"/srv/b.cfg", "global\n " + key + " 30s\n"}}),
        "30s; " + key + " of /srv/b.cfg:2");
    EXPECT_EQ(
        time_of({"haproxy", "-f", "conf.d"}, {{"/srv/conf.d/a.cfg", "global\n " + key + " 500\n"}}),
        "500ms; " + key + " of /srv/conf.d/a.cfg:2");
    EXPECT_EQ(time_of(two, {{"/srv/a.cfg", "global\n"}}),
              "without end; " + key + ", by default: not in /srv/a.cfg");
    EXPECT_EQ(time_of(two, {{"/srv/a.cfg", "global\n.if defined(A)\n.endif\n"}}),
              "not known; " + key + ": not told by /srv/a.cfg");
}

TEST(OwnTime, OfUwsgi) {
    const std::string cut = "0ms; it ends its workers in the middle of requests";
    EXPECT_EQ(time_of({"uwsgi", "--http", ":80"}), cut);
    EXPECT_EQ(time_of({"uwsgi", "--ini", "app.ini"}),
              "not known; not all of its settings could be read");
    const std::string hook = "hook-master-start = unix_signal:15 gracefully_kill_them_all\n";
    EXPECT_EQ(time_of({"uwsgi", "app.ini"}, {{"/srv/app.ini", "[uwsgi]\n" + hook}}),
              "60s; worker-reload-mercy, by default");
    EXPECT_EQ(time_of({"uwsgi", "--ini=app.ini"},
                      {{"/srv/app.ini", "[uwsgi]\n" + hook + "worker-reload-mercy = 8\n"}}),
              "8s; worker-reload-mercy of /srv/app.ini:3");
}

TEST(OwnTime, OfPuma) {
    const words title{"puma 5.6.5 (tcp://0.0.0.0:9292) [app]"};
    EXPECT_EQ(time_of(title), "without end; force_shutdown_after, by default (unsure)");
    EXPECT_EQ(time_of(title, {{"/srv/config/puma.rb", "threads 1, 2\nforce_shutdown_after 25\n"}}),
              "25s; force_shutdown_after of /srv/config/puma.rb:2 (unsure)");
    EXPECT_EQ(time_of(title, {{"/srv/config/puma.rb", "force_shutdown_after :forever\n"}}),
              "without end; force_shutdown_after of /srv/config/puma.rb:1 (unsure)");
    EXPECT_EQ(time_of({"puma", "-C", "own.rb"}, {{"/srv/own.rb", "force_shutdown_after 3.5\n"}}),
              "3.5s; force_shutdown_after of /srv/own.rb:1");
}

TEST(OwnTime, OfCaddy) {
    const words run{"caddy", "run", "--config", "/etc/caddy/Caddyfile"};
    EXPECT_EQ(time_of(run, {{"/etc/caddy/Caddyfile", "{\n\tgrace_period 10s\n}\n"}}),
              "10s; grace_period of /etc/caddy/Caddyfile:2");
    EXPECT_EQ(time_of({"caddy", "run"}, {{"/srv/Caddyfile", ":80\nfile_server\n"}}),
              "without end; grace_period, by default: not in /srv/Caddyfile");
    const words json{"caddy", "run", "--config", "c.json"};
    const std::string begin = "{\"apps\": {\"http\": {\"grace_period\": ";
    EXPECT_EQ(time_of(json, {{"/srv/c.json", begin + "3000000000}}}"}}),
              "3s; apps.http.grace_period of /srv/c.json:1");
    EXPECT_EQ(time_of(json, {{"/srv/c.json", begin + "\"4s\"}}}"}}),
              "4s; apps.http.grace_period of /srv/c.json:1");
}

TEST(OwnTime, OfRedis) {
    const text_files file{
        {"/etc/redis/redis.conf", "bind 127.0.0.1\nport 6380\nshutdown-timeout 4\n"}};
    EXPECT_EQ(time_of({"redis-server 127.0.0.1:6380"}, file),
              "4s; shutdown-timeout of /etc/redis/redis.conf:3 (unsure)");
    EXPECT_EQ(time_of({"redis-server *:6379"}, file), "10s; shutdown-timeout, by default (unsure)")
        << "that file is of another one";
    EXPECT_EQ(time_of({"redis-server", "/etc/redis/redis.conf"}, file),
              "4s; shutdown-timeout of /etc/redis/redis.conf:3");
}

TEST(OwnTime, OfSpring) {
    const std::string key = "spring.lifecycle.timeout-per-shutdown-phase";
    const words run{"java", "-jar", "app.jar"};
    const text_files both{{"/srv/config/application.properties", key + "=20s\n"},
                          {"/srv/application.yml", "spring: {lifecycle: {x: 1}}\n"}};
    EXPECT_EQ(time_of(run, both), "20s; " + key + " of /srv/config/application.properties:1");
    EXPECT_EQ(time_of(run, {{"/srv/application.yml",
                             "spring:\n  lifecycle:\n    timeout-per-shutdown-phase: 15s\n"}}),
              "15s; " + key + " of /srv/application.yml:3");
    EXPECT_EQ(time_of(run, both, {"SPRING_LIFECYCLE_TIMEOUT_PER_SHUTDOWN_PHASE=25s"}),
              "25s; SPRING_LIFECYCLE_TIMEOUT_PER_SHUTDOWN_PHASE");
    EXPECT_EQ(time_of({"java", "-D" + key + "=40s", "-jar", "app.jar"}, both), "40s; -D" + key);
    EXPECT_EQ(time_of({"java", "-jar", "app.jar", "--" + key + "=5000"}, both), "5s; --" + key);
}

TEST(OwnTime, OfTraefik) {
    EXPECT_EQ(time_of({"traefik"}), "10s; graceTimeOut, by default");
    EXPECT_EQ(time_of({"traefik", "--entryPoints.web.transport.lifeCycle.graceTimeOut=42",
                       "--entrypoints.tls.transport.lifecycle.gracetimeout=7s"}),
              "42s; --entrypoints.*.transport.lifecycle.gracetimeout");
    EXPECT_EQ(
        time_of({"traefik"}, {}, {"TRAEFIK_ENTRYPOINTS_WEB_TRANSPORT_LIFECYCLE_GRACETIMEOUT=8"}),
        "8s; TRAEFIK_ENTRYPOINTS_WEB_TRANSPORT_LIFECYCLE_GRACETIMEOUT");
    const text_files yaml{{"/etc/traefik/traefik.yml",
                           "entryPoints:\n  web:\n    transport:\n      lifeCycle:\n"
                           "        graceTimeOut: 35s\n"}};
    EXPECT_EQ(time_of({"traefik"}, yaml),
              "35s; transport.lifeCycle.graceTimeOut of /etc/traefik/traefik.yml:5");
    EXPECT_EQ(
        time_of({"traefik", "--configfile=t.toml"}, {{"/srv/t.toml",
                                                      "[entryPoints.web.transport.lifeCycle]\n"
                                                      "  graceTimeOut = 12\n"}}),
        "12s; graceTimeOut of /srv/t.toml:2");
}

}  // namespace
}  // namespace lastcall::doctor_test
