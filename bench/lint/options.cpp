#include "options.hpp"

namespace lint_bench {
namespace {

constexpr std::string_view help =
    "Usage: lint_bench files|garbage|memory|peers|all [options]\n"
    "\n"
    "Measures `lastcall lint` on trees that it makes under TMPDIR.\n"
    "\n"
    "  files            files a second, of all kinds\n"
    "  garbage          one large file that means nothing, of each kind and of several sorts\n"
    "  memory           the largest resident size over a large tree and over a tenth of it\n"
    "  peers            the same scripts to ShellCheck, the same units to systemd-analyze verify\n"
    "\n"
    "  --out NAME       write NAME.md and NAME.json\n"
    "  --runs N         runs of each figure, 1 to 100 (5)\n"
    "  --files N        for files, 8 to 1000000 (10000)\n"
    "  --garbage N      for garbage: MB of the file, 2 to 1000 (10)\n"
    "  --mib N          for memory: MiB of the tree, 10 to 100000 (1024)\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 every figure was reached; 1 could not run; 2 usage; 3 one was not reached.\n";

}  // namespace

std::optional<int> read_options(int argc, const char* const* argv,
                                const std::vector<std::string>& figures, options& into) {
    using measured::number_flag;
    const measured::command_line known{
        "lint_bench",
        help,
        figures,
        {number_flag("--runs", into.runs, 1, 100), number_flag("--files", into.files, 8, 1'000'000),
         number_flag("--garbage", into.garbage, 2, 1000),
         number_flag("--mib", into.mib, 10, 100'000)}};
    return measured::read_command_line(argc, argv, known, into);
}

}  // namespace lint_bench
