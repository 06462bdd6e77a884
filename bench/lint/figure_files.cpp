// Files of all kinds, a service in each folder.
#include <cstdio>
#include <stdexcept>

#include "figures.hpp"
#include "sample_tree.hpp"
#include "shared/programs.hpp"
#include "shared/scratch.hpp"

namespace lint_bench {

measured::command_cost lint(const std::filesystem::path& what) {
    const auto cost = measured::cost_of({measured::own_folder() + "/lastcall", "lint", what});
    if (cost.status != 0 && cost.status != 3) {
        throw std::runtime_error("lastcall lint ended with " + std::to_string(cost.status));
    }
    return cost;
}

void measure_files(bench& all) {
    const measured::scratch home;
    make_tree(home.path(), static_cast<unsigned>(all.chosen.files));
    std::vector<double> rate;
    std::vector<double> peak;
    for (int i = 0; i < all.chosen.runs; ++i) {
        const auto cost = lint(home.path());
        rate.push_back(all.chosen.files / cost.wall_ms * 1000);
        peak.push_back(cost.peak_mib);
        std::fprintf(stderr, "files %d/%d %.0f files/s, %.1f MiB\n", i + 1, all.chosen.runs,
                     rate.back(), cost.peak_mib);
    }
    const auto subject = std::to_string(all.chosen.files) + " files";
    all.into.add(
        {"files", subject, "files a second, start included", "", rate, goal{5000, true, true}});
    all.into.add({"files", subject, "resident, at most", "MiB", peak});
}

}  // namespace lint_bench
