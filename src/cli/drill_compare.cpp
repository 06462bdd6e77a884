// lastcall drill compare BEFORE.json AFTER.json
#include <CLI/CLI.hpp>
#include <iostream>

#include "cli/command.hpp"
#include "cli/drill_refusal.hpp"
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
    CLI::App app("What got better and what got worse between two runs.", "lastcall drill compare");
    std::string before;
    std::string after;
    app.add_option("before", before, "A report of `lastcall drill --json`")
        ->required()
        ->type_name("FILE");
    app.add_option("after", after, "A later one")->required()->type_name("FILE");
    app.footer(
        "Exit status: 0 nothing got worse, 1 a report cannot be read, 2 usage,\n"
        "3 something got worse, 4 one of the two is inconclusive.");
    std::vector<char*> argv{const_cast<char*>("lastcall drill compare")};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    try {
        app.parse(static_cast<int>(argv.size()), argv.data());
    } catch (const CLI::ParseError& e) {
        return tell_of(app, e, arguments);
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
