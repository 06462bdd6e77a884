#include "cli/drill_refusal.hpp"

#include <iostream>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/nearest.hpp"

namespace lastcall::cli {
namespace {

std::vector<std::string> options_of(const CLI::App& app) {
    std::vector<std::string> known;
    for (const auto* const one : app.get_options()) {
        for (const auto& name : one->get_lnames()) {
            known.push_back("--" + name);
        }
        for (const auto& name : one->get_snames()) {
            known.push_back("-" + name);
        }
    }
    return known;
}

/// The first option, before "--", that there is not; empty: all are known. A word that an
/// option takes as its value does not begin with a dash.
std::string unknown_option(std::span<char* const> arguments,
                           const std::vector<std::string>& known) {
    for (const std::string_view one : arguments) {
        if (one == "--") {
            break;
        }
        std::string name(one.substr(0, one.find('=')));
        if (name.size() > 1 && name.front() == '-' &&
            std::find(known.begin(), known.end(), name) == known.end()) {
            return name;
        }
    }
    return {};
}

}  // namespace

int tell_of(const CLI::App& app, const CLI::ParseError& problem, std::span<char* const> arguments) {
    if (problem.get_exit_code() == 0) {
        return app.exit(problem, std::cout, std::cerr) == 0 ? status_ok : status_usage;
    }
    const auto known = options_of(app);
    const auto wrong = unknown_option(arguments, known);
    const std::string why = wrong.empty() ? problem.what() : no_such_option(wrong, known);
    std::cerr << app.get_name() << ": " << why << "\n  " << app.get_name()
              << " --help tells its options\n";
    return status_usage;
}

}  // namespace lastcall::cli
