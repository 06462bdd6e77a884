// A tree that ends by itself: from the exit of its last process to the exit of the init.
#include <chrono>
#include <thread>

#include "figures.hpp"

namespace keeper_bench {
namespace {

using namespace std::chrono_literals;

constexpr double most_ms = 2;

double end_once(bench& all, const init& what, const char* role) {
    running one(what, all.plan(place::process, {role}));
    raise_to(one.shared().go, 1);
    if (std::string(role) == "daemon") {
        std::this_thread::sleep_for(20ms);  // the main program is gone by then
        raise_to(one.shared().go, 2);
    }
    const std::int64_t seen = one.wait_exit();
    return static_cast<double>(seen - one.shared().at_ns.load()) / 1e6;
}

}  // namespace

void measure_end(bench& all) {
    values_of alone;
    values_of left;
    in_turn(all, "end", all.chosen.starts, [&](const init& one) {
        alone[one.name].push_back(end_once(all, one, "end"));
        if (one.ours()) {
            left[one.name].push_back(end_once(all, one, "daemon"));
        }
    });
    add_rows(all, "end", "the main program is alone", "ms", alone, measured::goal{most_ms});
    add_rows(all, "end", "a daemon that it left is the last", "ms", left, measured::goal{most_ms});
    all.into.note("end: the other inits do not wait for a daemon that the main program left");
}

}  // namespace keeper_bench
