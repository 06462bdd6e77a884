#include "lint/shell/stopping.hpp"

#include <gtest/gtest.h>

#include "lint/shell/script.hpp"
#include "lint/shell/waited_for.hpp"

namespace lastcall::lint::shell {
namespace {

/// `way signal grace flags: targets`, or `-` for what stops nothing.
std::string told(const std::string& text) {
    const script whole = read_script(text);
    const execution run = execution_of(whole);
    const auto found = stop_request_of(run.steps.at(0));
    if (!found) {
        return "-";
    }
    std::string made(words_of(found->way));
    made += found->signal ? " " + (found->signal->empty() ? "?" : *found->signal) : "";
    made += found->grace ? " in " + found->grace->what.text : "";
    made += found->is_forced ? " forced" : "";
    made += found->skips_eviction ? " skipping" : "";
    made += found->only_asks ? " asking" : "";
    made += ":";
    for (const argument& one : found->targets) {
        made += " " + one.what.text;
    }
    return made;
}

TEST(ShellStopRequest, IsReadFromEachToolsWords) {
    const std::pair<const char*, const char*> table[] = {
        {"kill 12", "kill: 12"},
        {"kill -9 $pid", "kill KILL: $pid"},
        {"kill -s SIGTERM -- -12 13", "kill TERM: -12 13"},
        {"kill -TERM -12", "kill TERM: -12"},
        {"kill -n 15 %1", "kill TERM: %1"},
        {"kill -0 12", "kill EXIT asking: 12"},
        {"kill -l", "kill asking:"},
        {"kill -$SIG 12", "kill: -$SIG 12"},
        {"sudo -u app /bin/kill -KILL 1", "kill KILL: 1"},
        {"pkill -9 -f 'node app'", "kill by name KILL: node app"},
        {"pkill -u app --signal TERM node", "kill by name TERM: node"},
        {"pkill -s 0 node", "kill by name: node"},
        {"killall -s HUP -w nginx", "kill by name HUP: nginx"},
        {"killall -KILL nginx", "kill by name KILL: nginx"},
        {"fuser -k 80/tcp", "kill by file KILL: 80/tcp"},
        {"fuser -k -TERM -n tcp 80", "kill by file TERM: 80"},
        {"fuser -v 80/tcp", "kill by file KILL asking: 80/tcp"},
        {"docker stop -t 2 web", "container stop in 2: web"},
        {"docker stop --time=2 web db", "container stop in 2: web db"},
        {"podman container stop -t5 web", "container stop in 5: web"},
        {"docker --context x restart web", "container stop: web"},
        {"docker kill web", "container kill KILL: web"},
        {"docker kill -s TERM web", "container kill TERM: web"},
        {"docker rm -f web", "container rm forced: web"},
        {"docker rm web", "-"},
        {"docker run -d web", "-"},
        {"docker compose -f x.yml down -t 1", "compose stop in 1:"},
        {"docker-compose --timeout 3 -f a stop web", "compose stop in 3: web"},
        {"docker compose up -d --timeout 1", "compose stop in 1:"},
        {"docker compose up -d", "-"},
        {"docker compose kill web", "compose kill KILL: web"},
        {"docker compose logs -f web", "-"},
        {"kubectl delete pod x --grace-period=0 --force", "kubectl delete in 0 forced: pod x"},
        {"kubectl -n a delete -f x.yml", "kubectl delete:"},
        {"kubectl drain n --disable-eviction --timeout=5s --grace-period 9",
         "kubectl drain in 9 skipping: n"},
        {"kubectl delete pod x --dry-run=client", "kubectl delete asking: pod x"},
        {"kubectl get pods", "-"},
        {"systemctl --user stop web.service", "unit stop: web.service"},
        {"systemctl kill -s KILL web", "unit kill KILL: web"},
        {"systemctl status web", "-"},
        {"service web restart", "unit stop: web"},
        {"supervisorctl -c x stop all", "supervisor stop: all"},
        {"sv -w 5 stop web", "supervisor stop in 5: web"},
        {"s6-svc -d /run/web", "supervisor stop: /run/web"},
        {"echo kill -9", "-"},
    };
    for (const auto& [text, expected] : table) {
        EXPECT_EQ(told(text), expected) << text;
    }
}

TEST(ShellSleep, IsTheSumOfItsWords) {
    const auto of = [](const std::string& text) {
        const script whole = read_script(text);
        const execution run = execution_of(whole);
        return sleep_of(run.steps.back());
    };
    EXPECT_EQ(of("sleep 5")->text, "5");
    EXPECT_EQ(of("G=${G:-5}; sleep $G")->how, certainty::by_default);
    EXPECT_EQ(of("sleep $x")->how, certainty::unknown);
    EXPECT_EQ(of("sleep 1m 5")->text, "1m 5");
    EXPECT_EQ(of("wait 5"), std::nullopt);
}

TEST(ShellWait, NamesWhatItWaitsFor) {
    const auto of = [](const std::string& text) {
        const script whole = read_script(text);
        const execution run = execution_of(whole);
        return wait_of(run.steps.back());
    };
    EXPECT_TRUE(of("wait")->targets.empty());
    EXPECT_EQ(of("wait $a $b")->targets.size(), 2U);
    EXPECT_TRUE(of("wait -n")->is_for_any);
    EXPECT_FALSE(of("sleep 1"));
}

/// The line of the command that fits, with `?` when it is not certain; 0 when none does.
std::string line_of(const std::string& text, const std::vector<std::string>& child,
                    std::optional<std::uint64_t> read = std::nullopt) {
    const script whole = read_script(text);
    const execution run = execution_of(whole);
    const auto found = find_waited_for(run, child, read);
    return !found
               ? "0"
               : std::to_string(whole.at(found->what->where).line) + (found->is_certain ? "" : "?");
}

TEST(ShellWaitedFor, IsTheLineThatStartedTheChild) {
    const std::string text =
        "#!/bin/bash\n"
        "PORT=${PORT:-80}\n"
        "migrate --now\n"
        "node server.js --port \"$PORT\"\n"
        "timeout 60 ./report.sh a \"$1\"\n"
        "\"$@\"\n"
        "sleep 5\n"
        "echo done\n"
        "sleep 5\n";
    EXPECT_EQ(line_of(text, {"migrate", "--now"}), "3");
    EXPECT_EQ(line_of(text, {"/usr/bin/node", "server.js", "--port", "80"}), "4");
    EXPECT_EQ(line_of(text, {"timeout", "60", "./report.sh", "a", "x y"}), "5?");
    EXPECT_EQ(line_of(text, {"/bin/sh", "./report.sh", "a", "b"}), "5?")
        << "behind its interpreter";
    EXPECT_EQ(line_of(text, {"nginx", "-g", "daemon off;"}), "0") << "\"$@\" says nothing";
    EXPECT_EQ(line_of(text, {"node", "other.js"}), "0");
    EXPECT_EQ(line_of(text, {}), "0");
    EXPECT_EQ(line_of(text, {"sleep", "5"}), "7?") << "two lines fit";
    EXPECT_EQ(line_of(text, {"sleep", "5"}, text.size()), "9") << "bash has read to the end";
    EXPECT_EQ(line_of(text, {"sleep", "5"}, text.find("echo")), "7");
}

TEST(ShellWaitedFor, IsFoundInFunctionsAndInProgramsInWords) {
    EXPECT_EQ(
        line_of("main() {\n  node app.js \"$@\"\n}\nmain \"$@\"", {"node", "app.js", "a", "b"}),
        "2?");
    EXPECT_EQ(line_of("a\nsh -c 'x\n node app.js'", {"node", "app.js"}), "3");
}

}  // namespace
}  // namespace lastcall::lint::shell
