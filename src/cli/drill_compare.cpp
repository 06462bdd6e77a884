// lastcall drill compare BEFORE.json AFTER.json
#include <iostream>

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "drill/verdict/compare.hpp"

namespace lastcall::cli {
namespace {

void print(const char* title, const std::vector<std::string>& sentences) {
    if (!sentences.empty()) {
        std::cout << title << "\n";
    }
    for (const auto& one : sentences) {
        std::cout << "  " << one << "\n";
    }
}

}  // namespace

int run_drill_compare(std::span<char* const> arguments) {
    command_line line("drill compare", "what got better and what got worse between two runs",
                      {"BEFORE.json AFTER.json"});
    std::string before;
    std::string after;
    line.word("two reports of `lastcall drill --json`", true, before);
    line.word("a later report to compare with", true, after);
    line.epilogue(
        "Both are reports of `lastcall drill --json`.\n\n"
        "  lastcall drill compare before.json after.json\n\n"
        "Exit status: 0 nothing got worse, 1 a report cannot be read, 2 usage,\n"
        "3 something got worse, 4 one of the two is inconclusive.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    try {
        const auto made = drill::compare(drill::read_summary(before), drill::read_summary(after));
        print("not the same run", made.remarks);
        print("worse", made.worse);
        print("better", made.better);
        print("the same", made.same);
        return made.exit_status();
    } catch (const std::runtime_error& e) {
        std::cerr << "lastcall drill compare: " << e.what() << "\n";
        return status_failed;
    }
}

}  // namespace lastcall::cli
