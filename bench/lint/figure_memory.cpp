// A large tree, and a tenth of it.
#include <cstdio>

#include "figures.hpp"
#include "sample_tree.hpp"
#include "shared/scratch.hpp"

namespace lint_bench {
namespace {

measured::command_cost cost_of_tree(std::uint64_t bytes) {
    const measured::scratch home;
    make_large_tree(home.path(), bytes);
    return lint(home.path());
}

}  // namespace

void measure_memory(bench& all) {
    const auto bytes = static_cast<std::uint64_t>(all.chosen.mib) * 1024 * 1024;
    const auto tenth = cost_of_tree(bytes / 10);
    const auto whole = cost_of_tree(bytes);
    std::fprintf(stderr, "memory %.1f MiB, %.1f MiB for a tenth, %.1f s\n", whole.peak_mib,
                 tenth.peak_mib, whole.wall_ms / 1000);
    const auto subject = std::to_string(all.chosen.mib) + " MiB";
    all.into.add({"memory", subject, "resident, at most", "MiB", {whole.peak_mib}});
    all.into.add({"memory",
                  subject,
                  "times that of a tenth of the tree",
                  "",
                  {whole.peak_mib / tenth.peak_mib},
                  goal{1.2}});
    all.into.add({"memory", subject, "duration", "s", {whole.wall_ms / 1000}});
}

}  // namespace lint_bench
