// lastcall check FILE: what is wrong with a lastcall.yaml, what it would run, and whether its
// stop fits.
#include <iostream>

#include <lastcall/duration.hpp>

#include "agent/config/host_text.hpp"
#include "agent/config/problem_text.hpp"
#include "agent/config/stop_limit.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/drill_output.hpp"

namespace lastcall::cli {
namespace {

struct check_request {
    std::string file;
    std::string grace;
    bool json = false;
};

agent::stop_limit limit_of(const check_request& asked) {
    if (asked.grace.empty()) {
        return agent::find_stop_limit();
    }
    return {config::to_duration(asked.grace, "--grace"), "--grace", "the platform's limit"};
}

void print_problems(const agent::host_reading& read) {
    const bool colour = has_colour(2);
    for (const auto& one : read.problems) {
        std::cerr << agent::explain(one, read.spec.file, read.text, colour);
    }
}

void print_findings(const core::budget_chain& chain) {
    for (const auto& one : chain.findings) {
        std::cerr << (one.is_error ? "stop: " : "stop: warning: ") << one.why << "; " << one.fix
                  << "\n";
    }
}

int print_text(const agent::host_reading& read, const core::budget_chain& chain) {
    print_problems(read);
    const auto counts = agent::count_text(read.problems);
    if (!read.is_good()) {
        std::cerr << counts << "; nothing would be started\n";
        return status_found;
    }
    std::cout << agent::host_text(read.spec, agent::this_machine()) << "\n"
              << chain.text(static_cast<std::size_t>(columns_of(1)));
    if (!chain.limit) {
        std::cout << "  nothing limits it here; under systemd it needs TimeoutStopSec="
                  << std::chrono::ceil<std::chrono::seconds>(chain.total()).count() << "s\n";
    }
    std::cout.flush();
    print_findings(chain);
    if (chain.fits()) {
        std::cout << read.spec.file << " is good" << (counts.empty() ? "" : ", with " + counts)
                  << "\n";
    }
    return chain.fits() ? status_ok : status_found;
}

}  // namespace

int run_check_command(std::span<char* const> arguments) {
    command_line line("check",
                      "what is wrong with a lastcall.yaml, what it runs, how long it stops",
                      {"FILE [OPTION...]"});
    check_request asked;
    line.word("a file", true, asked.file);
    line.text("--grace", "DURATION",
              "hold the stop against this limit of a platform\n[the one of this place]",
              asked.grace);
    line.flag("--json", "one JSON object on standard output", asked.json);
    line.epilogue(
        "Errors come with line and fix; nothing is started. docs/lastcall-yaml.md describes the\n"
        "file.\n\n"
        "  lastcall check lastcall.yaml\n\n"
        "Exit status: 0 it is good, perhaps with warnings; 1 it cannot be read, 2 usage,\n"
        "3 errors, or a stop that does not fit.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    agent::stop_limit limit;
    try {
        limit = limit_of(asked);
    } catch (const config::settings_error& e) {
        std::cerr << "lastcall check: " << e.what() << "\n";
        return status_usage;
    }
    try {
        const auto read = agent::look_at_host(asked.file);
        const auto chain = read.is_good()
                               ? core::make_budget_chain(agent::budget_input_of(read.spec, limit))
                               : core::budget_chain{};
        if (!asked.json) {
            return print_text(read, chain);
        }
        const bool is_good = read.is_good();
        std::cout << agent::check_json(read, is_good ? &chain : nullptr).dump(2) << "\n";
        return is_good && chain.fits() ? status_ok : status_found;
    } catch (const config::settings_error& e) {
        std::cerr << "lastcall check: " << e.what() << "\n";
        return status_failed;
    }
}

}  // namespace lastcall::cli
