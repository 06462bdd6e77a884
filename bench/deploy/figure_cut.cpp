// From the moment at which a new version is ready until the old one gets no more connections:
// as the journal has it, and as clients see it.
#include <algorithm>
#include <cstdio>

#include "figures.hpp"
#include "open_load.hpp"
#include "sys/process/process.hpp"

namespace deploy_bench {
namespace {

constexpr double most_ms = 2;
constexpr int connections_a_second = 1000;

double ms(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }

}  // namespace

void measure_cut(bench& all) {
    host of(require_node(), all.terms());
    std::vector<double> journal, seen, steering;
    char version = 'a';
    for (int i = 0; i < 4 * all.chosen.deploys; ++i) {
        const char before = version;
        version = before == 'z' ? 'a' : static_cast<char>(before + 1);
        const auto number = of.begin_deploy(version);
        of.wait_for(number, "spawned");
        open_load load(of.at(), "/", {.fresh = connections_a_second});
        of.wait_for(number, "baking");
        lastcall::sys::sleep_until(std::chrono::steady_clock::now() +
                                   std::chrono::milliseconds(200));
        const auto replies = load.finish();
        of.wait_for(number, "done");

        const auto rows = of.rows_of(number);
        const auto row =
            std::ranges::find_if(rows, [](const json& one) { return one.at("kind") == "steered"; });
        if (row == rows.end()) {
            throw std::runtime_error("no row of the journal tells of the steering: " + rows.dump());
        }
        // Not when the rows were written, but when it was: as the keeper has it, by the same clock.
        const auto& fields = row->at("fields");
        const double took = fields.at("after_ready_ms");
        const auto ready =
            fields.at("since_boot_ns").get<std::int64_t>() - static_cast<std::int64_t>(took * 1e6);
        std::int64_t last = ready;
        for (const auto& one : replies) {
            if (one.version == before) {
                last = std::max(last, one.begun_ns);
            }
        }
        journal.push_back(took);
        seen.push_back(ms(last - ready));
        steering.push_back(fields.value("took_ms", 0.0));
    }
    std::fprintf(stderr, "cut: %zu deploys\n", seen.size());
    const auto name = of.what().name;
    all.into.add(
        {"cut", name, "ready to steered, by the journal's fields", "ms", journal, goal{most_ms}});
    all.into.add({"cut", name, "of that: steering", "ms", steering});
    all.into.add({"cut", name, "ready to the last new connection for the old one", "ms", seen,
                  goal{most_ms}, "1,000 connections a second"});
}

}  // namespace deploy_bench
