// What a file means: the values that come out of it.
#include <gtest/gtest.h>

#include <fstream>

#include "agent/config/address.hpp"
#include "agent/config/host_text.hpp"
#include "agent/config/read_host.hpp"
#include "agent/config/size.hpp"
#include "agent/config/stop_limit.hpp"
#include "agent_config/fake_machine.hpp"
#include "sys/private_directory.hpp"

namespace lastcall::testing {
namespace {

using namespace agent;
using namespace std::chrono_literals;

host_spec good(const std::string& text, const fake_machine& here = {}) {
    auto read = look_at_text(text, "lastcall.yaml", "/etc/app", here);
    for (const auto& one : read.problems) {
        EXPECT_TRUE(one.is_warning) << one.text();
    }
    return std::move(read.spec);
}

service_spec web(const std::string& rest, const fake_machine& here = {}) {
    const auto made =
        good("services:\n  web:\n    command: ./server\n    listen: 8080\n" + rest, here);
    return made.services.at(0);
}

TEST(Reading, SharesWhatThePlatformGivesAmongTheStagesOfTheStop) {
    fake_machine here;
    here.grace = "62s";
    const std::string three =
        "services:\n  db: {command: ./server}\n  web: {command: ./server, after: [db]}\n"
        "  own: {command: ./server, stop: {grace: 7s}}\n";
    const auto made = good(three, here);
    for (const auto& one : made.services) {
        EXPECT_EQ(one.stop.grace, one.name == "own" ? 7s : 30s) << one.name;
    }
    here.grace = "22s";
    EXPECT_EQ(good(three, here).services.at(0).stop.grace, 10s);
    here.grace.reset();
    EXPECT_EQ(good(three, here).services.at(0).stop.grace, 30s);
}

TEST(Reading, RefusesAGraceOfThePlatformThatIsNone) {
    fake_machine here;
    const auto why = [&here](const std::string& rest) {
        const auto read = look_at_text("services:\n  web:\n    command: ./server\n" + rest,
                                       "lastcall.yaml", "/etc/app", here);
        return read.problems.size() == 1 ? read.problems.front().text() : "no problem, or more";
    };
    here.grace = "30";
    EXPECT_NE(why("").find("LASTCALL_GRACE"), std::string::npos) << why("");
    EXPECT_NE(why("").find("30"), std::string::npos) << why("");
    here.grace = "10s";
    const auto late = why("    stop: {delay: 9s}\n");
    EXPECT_NE(late.find("lastcall.yaml:4: services.web.stop: LASTCALL_GRACE=10s leaves it 8s"),
              std::string::npos)
        << late;
}

TEST(Reading, TakesEveryKey) {
    const auto one = web(R"(
    ready: {http: /ready, interval: 50ms, timeout: 500ms, passes: 2}
    live: {tcp: true, interval: 2s, failures: 5}
    environment: {A: b, EMPTY: ""}
    environment_files: [empty.env]
    clear_environment: true
    user: www
    group: ops
    directory: sub
    umask: 027
    stop: {signal: QUIT, grace: 45s, pre_stop: curl -fs http://x/, delay: 2s, reserve: 1s}
    restart: {when: on-failure, first: 200ms, most: 20s, steady: 30s, crash_loop: 5 in 5m}
    limits: {nofile: 65536, memory: 512MiB, memory_high: 400MiB, processes: 200, core: 0, nice: -5,
             oom_score_adjust: 100, stack: {soft: 8MiB, hard: unlimited}}
    deploy: {approval: {by: [alice, group:ops], within: 2h, own: true},
             bake: {for: 10s, checks: [/ready, {command: curl -f x, interval: 2s, failures: 2}]},
             rollback: manual, ready_within: 90s}
    log: {limit: 1MiB, keep: 9}
)",
                         [] {
                             static fake_machine here;
                             here.paths["/etc/app/sub/server"] = path_kind::file;
                             here.runnable["/etc/app/sub/server"] = true;
                             return std::cref(here);
                         }());
    EXPECT_EQ(one.command, std::vector<std::string>{"./server"});
    EXPECT_EQ(one.line, 2);
    ASSERT_EQ(one.sockets.size(), 1U);
    EXPECT_EQ(one.sockets[0].address, "tcp:8080");
    EXPECT_EQ(one.sockets[0].name, "http");
    EXPECT_EQ(one.sockets[0].line, 4);
    EXPECT_EQ(one.ready.how, check_spec::kind::http);
    EXPECT_EQ(one.ready.passes, 2U);
    EXPECT_EQ(one.ready.timeout, 500ms);
    ASSERT_TRUE(one.live);
    EXPECT_EQ(one.live->how, check_spec::kind::tcp);
    EXPECT_EQ(one.live->failures, 5U);
    EXPECT_EQ(one.live->timeout, 1s);
    EXPECT_EQ(one.environment.at("EMPTY"), "");
    EXPECT_EQ(one.environment_files, std::vector<std::string>{"/etc/app/empty.env"});
    EXPECT_TRUE(one.clears_environment);
    EXPECT_EQ(one.user + one.group, "wwwops");
    EXPECT_EQ(one.directory, "/etc/app/sub");
    EXPECT_EQ(one.umask, 027U);
    EXPECT_EQ(one.stop.signal, 3);
    EXPECT_EQ(one.stop.grace, 45s);
    EXPECT_EQ(one.stop.pre_stop.size(), 3U);
    EXPECT_EQ(one.stop.reserve, 1s);
    EXPECT_EQ(one.restart.when, core::restart_when::on_failure);
    EXPECT_EQ(one.restart.loop_ends, 5U);
    EXPECT_EQ(one.restart.loop_within, 5min);
    EXPECT_EQ(one.limits.rlimits.at("nofile"), std::pair(65536UL, 65536UL));
    EXPECT_EQ(one.limits.rlimits.at("stack"), std::pair(8UL << 20U, unlimited));
    EXPECT_EQ(one.limits.memory_max, 512UL << 20U);
    EXPECT_EQ(one.limits.nice, -5);
    EXPECT_TRUE(one.deploy.needs_approval);
    EXPECT_TRUE(one.deploy.own_approval);
    EXPECT_EQ(one.deploy.approve_within, 2h);
    EXPECT_FALSE(one.deploy.rolls_back_by_itself);
    ASSERT_EQ(one.deploy.bake_checks.size(), 2U);
    EXPECT_EQ(one.deploy.bake_checks[1].failures, 2U);
    EXPECT_EQ(one.log.keep, 9U);
}

TEST(Reading, TakesTheShortForms) {
    EXPECT_EQ(web("    ready: tcp\n").ready.how, check_spec::kind::tcp);
    EXPECT_EQ(web("    ready: tcp:127.0.0.1:9\n").ready.target, "tcp:127.0.0.1:9");
    EXPECT_EQ(web("    ready: http://localhost:9/r\n").ready.target, "http://127.0.0.1:9/r");
    EXPECT_EQ(web("    ready: notify\n").ready.how, check_spec::kind::notify);
    EXPECT_EQ(web("    ready: {file: /run/web.ready}\n").ready.target, "/run/web.ready");
    EXPECT_FALSE(web("    live: none\n").live);
    EXPECT_EQ(web("    restart: never\n").restart.when, core::restart_when::never);
    EXPECT_EQ(web("    deploy: {bake: 3s}\n").deploy.bake_for, 3s);
    EXPECT_FALSE(web("    deploy: {approval: none}\n").deploy.needs_approval);
    EXPECT_EQ(web("    deploy: {approval: [alice]}\n").deploy.approvers.size(), 1U);
    EXPECT_EQ(web("    restart: {crash_loop: never}\n").restart.loop_ends, 0U);
}

TEST(Reading, PutsServicesBehindThoseTheyAreAfter) {
    const auto host = good(
        "services:\n"
        "  web: {command: ./server, after: [api, cache]}\n"
        "  api: {command: ./server, after: db}\n"
        "  db: {command: ./server}\n"
        "  cache: {command: ./server}\n");
    std::string order;
    for (const auto& one : host.services) {
        order += one.name + " ";
    }
    EXPECT_EQ(order, "db api cache web ");
}

service_spec listening(const std::string& listen, const fake_machine& here) {
    return good("services:\n  web:\n    command: ./server\n    listen: " + listen + "\n", here)
        .services.front();
}

TEST(Reading, ListensAtIPv4OnlyWhereThereIsNoIPv6) {
    fake_machine here;
    here.ipv6 = false;
    EXPECT_EQ(listening("'*:8080'", here).sockets[0].address, "tcp:0.0.0.0:8080");
}

TEST(Reading, APortAloneIsTheProgramsChoiceWhereItBindsByItself) {
    const fake_machine here;
    const auto with = [&](const std::string& handover) {
        return listening("{address: 8080, handover: " + handover + "}", here).sockets[0].address;
    };
    EXPECT_EQ(with("automatic"), "tcp:8080");
    EXPECT_EQ(with("intercept"), "tcp:8080");
    EXPECT_EQ(with("inherit"), "tcp:[::]:8080");
    EXPECT_EQ(with("none"), "tcp:[::]:8080");
    EXPECT_EQ(listening("0", here).sockets[0].address, "tcp:[::]:0") << "no port to know it by";
}

std::vector<std::string> problems(const std::string& text, const fake_machine& here) {
    std::vector<std::string> made;
    for (const auto& one : look_at_text(text, "f", "/etc/app", here).problems) {
        made.push_back(one.text());
    }
    return made;
}

TEST(Reading, TellsWhatOnlyRootMayDo) {
    fake_machine here;
    here.uid = 1000;
    const auto found = problems(
        "services:\n  web: {command: ./server, listen: 80, user: www, group: ops}\n"
        "  own: {command: ./server, user: alice}\n",
        here);
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0],
              "f:2: warning: services.web.listen: \"80\" has a port below 1024, and lastcall does "
              "not run as root here; run the agent as root or with CAP_NET_BIND_SERVICE, or use "
              "another port");
    EXPECT_NE(found[1].find("only root may start a program as another"), std::string::npos);
    EXPECT_NE(found[2].find("services.web.group"), std::string::npos);
}

TEST(Reading, WarnsOfAKeyThatOthersCanRead) {
    fake_machine here;
    here.keys_are_open = true;
    const auto found = problems(
        "services: {web: {command: ./server}}\napi: {listen: 7777, certificate: cert.pem, "
        "key: key.pem, tokens: tokens.yaml}\n",
        here);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0],
              "f:2: warning: api.key: \"key.pem\" can be read by others than its owner; chmod 600 "
              "/etc/app/key.pem");
}

TEST(Reading, TellsAtMostTwoHundredProblems) {
    std::string text = "services:\n";
    for (int i = 0; i < 250; ++i) {
        text += "  s" + std::to_string(i) + ": {command: nothing}\n";
    }
    const auto found = problems(text, {});
    ASSERT_EQ(found.size(), 201U);
    EXPECT_EQ(found.back(), "f: 50 more problems");
}

TEST(Reading, RefusesFilesAndListsOfNoReasonableSize) {
    const auto large =
        problems("services: {web: {command: " + std::string(2U << 20U, 'x') + "}}", {});
    ASSERT_EQ(large.size(), 1U);
    EXPECT_EQ(large[0],
              "f: the file is larger than 1 MiB; it is read as a whole: keep data elsewhere");
    std::string deep(5000, '[');
    EXPECT_EQ(problems("services: " + deep, {}).size(), 1U);
    std::string many = "services:\n";
    for (int i = 0; i < 300; ++i) {
        many += "  s" + std::to_string(i) + ": {command: ./server}\n";
    }
    EXPECT_EQ(problems(many, {}).size(), 1U);
}

TEST(Reading, EndsWhereTextStandsBehindAFlowMap) {
    const auto found = problems("{services: {web: {command: ./server}}}, rest", {});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0],
              "f: the file holds more than one document; keep one, and nothing behind its end");
}

TEST(Reading, GoesOnBehindACheckWhoseCommandCannotBeRead) {
    for (const char* const key : {"ready", "live"}) {
        const auto found = problems(
            "services: {web: {command: ./server, " + std::string(key) + ": {command: 'a \"b'}}}",
            {});
        ASSERT_EQ(found.size(), 1U) << key;
        EXPECT_NE(found[0].find("a quote that is not closed"), std::string::npos) << found[0];
    }
}

TEST(Reading, OfTheExampleFileIsGood) {
    // The program itself may not be built; everything else has to be right.
    for (const auto& one : look_at_host(EXAMPLE).problems) {
        EXPECT_TRUE(one.is_warning || one.path.ends_with(".command")) << one.text();
    }
    EXPECT_EQ(look_at_host(EXAMPLE).spec.services.size(), 2U);
}

TEST(Reading, SaysWhyAFileCannotBeRead) {
    const sys::private_directory folder;
    const auto why = [](const std::string& file) -> std::string {
        try {
            (void)read_host(file);
            return {};
        } catch (const config::settings_error& e) {
            return e.what();
        }
    };
    const auto missing = (folder.path() / "x.yaml").string();
    EXPECT_EQ(why(missing), missing + ": the file does not exist");
    EXPECT_EQ(why(folder.path()), folder.path().string() + ": the file is no regular file");
    EXPECT_EQ(why("/dev/zero"), "/dev/zero: the file is no regular file");
}

TEST(Reading, IsRelativeToTheFolderOfTheFile) {
    const sys::private_directory folder;
    std::ofstream(folder.path() / "run.sh") << "#!/bin/sh\n";
    std::filesystem::permissions(folder.path() / "run.sh", std::filesystem::perms::owner_all);
    const auto file = folder.path() / "lastcall.yaml";
    std::ofstream(file) << "services: {web: {command: ./run.sh}}\n";
    EXPECT_EQ(read_host(file).services.at(0).directory, folder.path());
}

TEST(Size, IsReadAndWritten) {
    EXPECT_EQ(read_size("512MiB").bytes, 512UL << 20U);
    EXPECT_EQ(read_size("2 GiB").bytes, 2UL << 30U);
    EXPECT_EQ(read_size("1500MB").bytes, 1'500'000'000UL);
    EXPECT_EQ(read_size("0").bytes, 0U);
    EXPECT_EQ(read_size("512m").fix, "write 512MiB");
    EXPECT_EQ(read_size("99999999999999999999KiB").problem, "is too large");
    EXPECT_EQ(read_size("9000000000GiB").problem, "is too large");
    EXPECT_EQ(read_size("1.5GiB").problem, "is not a whole number");
    EXPECT_EQ(size_text(512UL << 20U), "512MiB");
    EXPECT_EQ(size_text(1500), "1500B");
    EXPECT_EQ(size_text(0), "0B");
}

TEST(Address, IsCanonical) {
    for (const auto& [text, canonical] : std::initializer_list<std::pair<const char*, const char*>>{
             {"8080", "tcp:[::]:8080"},
             {"*:8080", "tcp:[::]:8080"},
             {":8080", "tcp:[::]:8080"},
             {"tcp:127.0.0.1:8080", "tcp:127.0.0.1:8080"},
             {"tcp://127.0.0.1:8080", "tcp:127.0.0.1:8080"},
             {"localhost:1", "tcp:127.0.0.1:1"},
             {"[::1]:0", "tcp:[::1]:0"},
             {"8080/tcp", "tcp:[::]:8080"},
             {"/run/a.sock", "unix:/run/a.sock"}}) {
        EXPECT_EQ(read_address(text, true).address, canonical) << text;
    }
    for (const auto* const text : {"8080", "tcp:8080", "8080/tcp"}) {
        EXPECT_EQ(read_address(text, true).port_alone, "tcp:8080") << text;
    }
    for (const auto* const text : {"*:8080", ":8080", "127.0.0.1:8080", "0", "/run/a.sock"}) {
        EXPECT_EQ(read_address(text, true).port_alone, "") << text;
    }
    EXPECT_EQ(read_address("unix:/" + std::string(106, 'x'), true).problem, "");
    EXPECT_NE(read_address("unix:/" + std::string(107, 'x'), true).problem, "");
}

TEST(Address, OverlapsWhereTheKernelWouldRefuse) {
    EXPECT_TRUE(overlap("tcp:[::]:80", "tcp:127.0.0.1:80"));
    EXPECT_TRUE(overlap("tcp:0.0.0.0:80", "tcp:127.0.0.1:80"));
    EXPECT_TRUE(overlap("tcp:80", "tcp:127.0.0.1:80"));
    EXPECT_TRUE(overlap("tcp:80", "tcp:80"));
    EXPECT_FALSE(overlap("tcp:80", "tcp:127.0.0.1:81"));
    EXPECT_TRUE(overlap("unix:/run/a", "unix:/run/a"));
    EXPECT_FALSE(overlap("tcp:0.0.0.0:80", "tcp:[::1]:80"));
    EXPECT_FALSE(overlap("tcp:127.0.0.1:80", "tcp:127.0.0.2:80"));
    EXPECT_FALSE(overlap("tcp:127.0.0.1:0", "tcp:127.0.0.1:0"));
    EXPECT_FALSE(overlap("tcp:127.0.0.1:80", "unix:/run/a"));
}

}  // namespace
}  // namespace lastcall::testing
