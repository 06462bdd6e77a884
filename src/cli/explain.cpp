// lastcall explain
#include <cstdio>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/lint_text.hpp"
#include "cli/nearest.hpp"
#include "lint/catalogue/catalogue.hpp"

namespace lastcall::cli {

int run_explain_command(std::span<char* const> arguments) {
    command_line line("explain", "what a rule of `lastcall lint` or `lastcall doctor` is about",
                      {"[RULE]"});
    std::string id;
    line.word("a rule", false, id);
    line.epilogue(
        "Without a rule it lists all of them.\n\n"
        "  lastcall explain D01\n\n"
        "Exit status: 0 it was told, 2 usage: there is no such rule.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    if (id.empty()) {
        std::fputs(rule_list_text().c_str(), stdout);
        return status_ok;
    }
    const auto* found = lint::find_rule(id);
    if (found == nullptr) {
        std::vector<std::string> known;
        for (const auto& family : lint::rule_families()) {
            for (const auto& one : family.rules) {
                known.emplace_back(one.id);
            }
        }
        const auto meant = nearest(id, known);
        return line.refuse(
            "there is no rule \"" + id + "\"" +
            (meant.empty() ? "; `lastcall explain` lists them" : "; did you mean " + meant + "?"));
    }
    std::fputs(rule_text(*found, screen_of(1)).c_str(), stdout);
    return status_ok;
}

}  // namespace lastcall::cli
