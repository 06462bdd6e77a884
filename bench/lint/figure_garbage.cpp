// Large files that mean nothing, of each kind and of several sorts.
#include <cstdio>

#include "figures.hpp"
#include "garbage.hpp"
#include "sample_tree.hpp"
#include "shared/scratch.hpp"

namespace lint_bench {

/// Twice as much may take more than twice as long, as memory is touched for the first time; what is
/// quadratic takes four times as long.
void measure_garbage(bench& all) {
    constexpr double least_ms = 50;  // below it the start is what takes the time
    const measured::scratch home;
    const auto bytes = static_cast<std::size_t>(all.chosen.garbage) * 1'000'000;
    for (const auto& sort : sorts_of_garbage()) {
        const auto half = sort.text(bytes / 2);
        const auto whole = sort.text(bytes);
        std::vector<double> took;
        std::vector<double> growth;
        for (const auto& kind : samples()) {
            const auto file = home.path() / kind.name;
            write_file(file, half);
            const auto first = lint(file);
            write_file(file, whole);
            const auto second = lint(file);
            std::filesystem::remove(file);
            took.push_back(second.wall_ms);
            if (second.wall_ms > least_ms) {
                growth.push_back(second.wall_ms / first.wall_ms);
            }
            std::fprintf(stderr, "garbage %s, %s: %.0f ms\n", sort.name.c_str(), kind.name.c_str(),
                         second.wall_ms);
        }
        const auto subject = std::to_string(all.chosen.garbage) + " MB of " + sort.name;
        all.into.add({"garbage", subject, "duration, for each kind of file", "ms", took,
                      goal{1000.0 * all.chosen.garbage / 10, true}});
        if (!growth.empty()) {
            all.into.add(
                {"garbage", subject, "times that of half of it", "", growth, goal{3, true}});
        }
    }
}

}  // namespace lint_bench
