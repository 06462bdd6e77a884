// A rollback while the old version still runs.
#include <algorithm>
#include <cstdio>

#include "figures.hpp"
#include "link.hpp"
#include "open_load.hpp"
#include "sys/process/process.hpp"

namespace deploy_bench {
namespace {

using namespace std::chrono_literals;

constexpr double most_ms = 50;
constexpr int connections_a_second = 1000;

double ms(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }

struct values {
    std::vector<double> moved, asked;
};

/// `ask` returns when it has been answered.
void roll_back_once(host& of, values& into, const std::function<void()>& ask) {
    const auto number = of.begin_deploy('b');
    of.wait_for(number, "baking");
    open_load load(of.at(), "/", {.fresh = connections_a_second});
    lastcall::sys::sleep_until(std::chrono::steady_clock::now() + 50ms);
    const auto from = now_ns();
    ask();
    into.asked.push_back(ms(now_ns() - from));
    of.wait_for(number, "rolled_back");
    lastcall::sys::sleep_until(std::chrono::steady_clock::now() + 50ms);
    std::int64_t last = from;
    for (const auto& one : load.finish()) {
        if (one.version == 'b') {
            last = std::max(last, one.begun_ns);
        }
    }
    into.moved.push_back(ms(last - from));
}

}  // namespace

void measure_back(bench& all) {
    auto terms = all.terms();
    terms.bake = 30s;
    host of(require_node(), terms);
    values api, command;
    for (int i = 0; i < 4 * all.chosen.deploys; ++i) {
        roll_back_once(of, api, [&] { of.client().post("/v1/services/web/rollback"); });
        roll_back_once(of, command, [&] { static_cast<void>(of.run({"rollback", "web"})); });
    }
    std::fprintf(stderr, "back: %zu rollbacks\n", api.moved.size() + command.moved.size());
    const auto add = [&](const char* what, const std::vector<double>& found,
                         std::optional<goal> reach = {}) {
        all.into.add({"back", of.what().name, what, "ms", found, reach});
    };
    add("API: asked until the last connection for the new one", api.moved, goal{most_ms});
    add("API: asked until it is answered", api.asked);
    add("lastcall rollback: begun until the last connection for the new one", command.moved,
        goal{most_ms});
    add("lastcall rollback: begun until it has ended, the new one gone", command.asked);
}

}  // namespace deploy_bench
