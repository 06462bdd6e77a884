// The same files to the linters of others, in turn with ours. They look for other things: what is
// compared is only how long one has to wait.
#include <cstdio>

#include "figures.hpp"
#include "sample_tree.hpp"
#include "shared/programs.hpp"
#include "shared/scratch.hpp"

namespace lint_bench {
namespace {

struct peer {
    std::string program;
    std::vector<std::string> options;
    const sample* kind;
};

void compare(bench& all, const peer& with) {
    constexpr unsigned count = 200;
    const auto program = measured::find_program(with.program);
    if (!program) {
        all.into.note("peers: " + with.program + " is not installed");
        return;
    }
    const measured::scratch home;
    std::vector<std::string> words{*program};
    words.insert(words.end(), with.options.begin(), with.options.end());
    for (unsigned i = 0; i < count; ++i) {
        words.push_back(home.path() / (std::to_string(i) + "-" + with.kind->name));
        write_file(words.back(), with.kind->text(i));
    }
    std::vector<double> ours;
    std::vector<double> theirs;
    std::vector<double> share;
    for (int i = 0; i < all.chosen.runs; ++i) {
        ours.push_back(lint(home.path()).wall_ms);
        theirs.push_back(measured::cost_of(words).wall_ms);
        share.push_back(ours.back() / theirs.back());
        std::fprintf(stderr, "peers %d/%d %.0f ms, %s %.0f ms\n", i + 1, all.chosen.runs,
                     ours.back(), with.program.c_str(), theirs.back());
    }
    const auto what = std::to_string(count) + " files like " + with.kind->name;
    all.into.add({"peers", "lastcall lint", what, "ms", ours});
    all.into.add({"peers", with.program, what, "ms", theirs});
    all.into.add({"peers", "lastcall lint", "share of the time of " + with.program, "", share,
                  goal{1, true}});
}

}  // namespace

void measure_peers(bench& all) {
    compare(all, {"shellcheck", {}, &samples()[4]});
    compare(all, {"systemd-analyze", {"verify", "--man=no"}, &samples()[3]});
}

}  // namespace lint_bench
