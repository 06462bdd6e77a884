// The agent is killed in the middle of a deploy: until the next one answers, and goes on with it.
#include <signal.h>

#include <cstdio>

#include "figures.hpp"
#include "link.hpp"
#include "sys/process/process.hpp"

namespace deploy_bench {
namespace {

using namespace std::chrono_literals;
using lastcall::agent::client_error;

constexpr double most_ms = 100;
/// An agent that has run for 10 s is started again at once; one that has not waits a little.
constexpr auto steady = 10'100ms;

struct values {
    std::vector<double> answered, went_on, went_on_to_its_end;
};

void kill_once(host& of, char version, values& into) {
    const int agent = of.agent_pid();
    const auto number = of.begin_deploy(version);
    of.wait_for(number, "baking");
    const auto before = of.get("/v1/journal?limit=1&newest=1").at("rows").at(0).at("number");
    const auto from = now_ns();
    ::kill(agent, SIGKILL);
    const bool is_back = wait_until([&] {
        try {
            return of.agent_pid() != agent;
        } catch (const client_error&) {
            return false;
        }
    });
    if (!is_back) {
        throw std::runtime_error("the agent was killed, and none came after it");
    }
    into.answered.push_back(static_cast<double>(now_ns() - from) / 1e6);
    of.wait_for(number, "done");
    into.went_on_to_its_end.push_back(1);
    const auto rows = of.get("/v1/journal?limit=1000&after=" + before.dump()).at("rows");
    const auto resumed = time_of(rows, "the agent that came after", [&](const json& row) {
        return row.at("kind") == "generation_adopted" || row.at("kind") == "agent_started" ||
               row.value("deploy", 0) == number;
    });
    into.went_on.push_back(static_cast<double>(resumed - from) / 1e6);
}

}  // namespace

void measure_resume(bench& all) {
    host of(require_node(), all.terms());
    values made;
    for (int i = 0; i < all.chosen.kills; ++i) {
        lastcall::sys::sleep_until(std::chrono::steady_clock::now() + steady);
        kill_once(of, static_cast<char>('b' + i % 20), made);
        std::fprintf(stderr, "resume: %d of %d\n", i + 1, all.chosen.kills);
    }
    const auto name = of.what().name;
    all.into.add({"resume", name, "killed until the next agent answers", "ms", made.answered,
                  goal{most_ms}});
    all.into.add({"resume", name, "killed until its first row in the journal", "ms", made.went_on,
                  goal{most_ms}});
    all.into.add({"resume",
                  name,
                  "deploys that went on to their end",
                  "",
                  {static_cast<double>(made.went_on_to_its_end.size())},
                  goal{static_cast<double>(all.chosen.kills), true, true}});
}

}  // namespace deploy_bench
