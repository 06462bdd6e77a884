#include "cli/drill_options.hpp"

#include <charconv>
#include <iostream>

#include "cli/command.hpp"
#include "cli/drill_help.hpp"
#include "cli/drill_output.hpp"
#include "cli/drill_parser.hpp"
#include "cli/drill_refusal.hpp"

namespace lastcall::cli {
namespace {

constexpr const char* last_words =
    "Durations have a unit: 500ms, 30s, 2m. \"{port}\" in the command, the environment and the\n"
    "url is replaced by a free port.\n\n"
    "Exit status: 0 pass, 1 could not run, 2 usage, 3 losses or a broken criterion,\n"
    "4 inconclusive.\n\n"
    "Examples:\n"
    "  lastcall drill --ready /ready -- node server.js --port {port}\n"
    "  lastcall drill --sequence docker --grace 10s --html drill.html -- ./server {port}\n"
    "  lastcall drill --contract shutdown.yaml --junit drill.xml\n"
    "  lastcall drill --url http://127.0.0.1:80/ --exec 'nginx -s reload'\n"
    "  lastcall drill --url http://127.0.0.1:8080/ --exec 'lastcall deploy web' --trials 5\n";

}  // namespace

drill_parser::drill_parser()
    : app_("stops a service under load as its platform would, and accounts for every request",
           "lastcall drill") {
    set_help(app_, "drill",
             {"[OPTION...] -- COMMAND [ARGUMENT...]",
              "[OPTION...] --pid N | --container NAME | --unit NAME",
              "[OPTION...] --url URL --exec COMMAND", "judge EVENTS [--policy strict|lb]",
              "compare BEFORE.json AFTER.json"});
    app_.footer(last_words);
    app_.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    app_.add_option("--contract", contract_,
                    "what the service promises: signal, budgets, endpoints (shutdown.yaml)")
        ->type_name("FILE");
    app_.add_option("command", command_, "the service; it is started for the drill")
        ->type_name("COMMAND")
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    add_where();
    add_who();
    add_sequence();
    add_expectations();
    add_load();
    add_files();
}

std::uint64_t drill_parser::to_whole(const std::string& given, std::uint64_t least,
                                     std::uint64_t most, const std::string& what) {
    std::uint64_t number = 0;
    const auto* const end = given.data() + given.size();
    const auto [at, error] = std::from_chars(given.data(), end, number);
    if (error != std::errc{} || at != end || number < least || number > most) {
        throw drill::settings_error(what + ": \"" + given + "\" is no whole number from " +
                                    std::to_string(least) + " to " + std::to_string(most));
    }
    return number;
}

void drill_parser::add_load() {
    constexpr auto group = "Load";
    app_.add_option("--profile", profile_, "lanes, from a file")->type_name("FILE")->group(group);
    duration(
        "--load", "before the signal [3s]", [](auto& s) -> auto& { return s.load_for; })
        ->group(group);
    duration(
        "--patience", "for one answer [10s]", [](auto& s) -> auto& { return s.load.patience; })
        ->group(group);
    duration(
        "--route-jitter", "clients learn of the withdrawal within it [0s]",
        [](auto& s) -> auto& { return s.load.route_jitter; })
        ->group(group);
    whole(
        "--seed", "of what is random [1]", 0, UINT32_MAX,
        [](auto& s) -> auto& { return s.load.seed; })
        ->group(group);
    whole(
        "--samples", "connections in each state at the signal, at least [5]", 0, 10'000,
        [](auto& s) -> auto& { return s.expected.samples_per_cell; })
        ->group(group);
}

void drill_parser::add_files() {
    add_output_options(app_, made_.chosen);
    plain(
        "--events", "every request, while it happens (NDJSON)", "FILE",
        [](auto& s) -> auto& { return s.files.events; });
    app_.add_flag("-q,--quiet", made_.quiet, "no live view");
    app_.add_flag("-v,--verbose", made_.verbose, "show what the service prints");
}

parsed_drill drill_parser::parse(std::span<char* const> arguments) {
    std::vector<char*> argv{const_cast<char*>("lastcall drill")};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    try {
        app_.parse(static_cast<int>(argv.size()), argv.data());
        auto& s = made_.chosen;
        bool has_policy = false;
        if (!contract_.empty()) {
            drill::read_contract(contract_, s);
            s.signal_is_chosen = s.source_lines.contains("signal");
            s.grace_is_chosen = s.source_lines.contains("grace");
            has_policy = s.source_lines.contains("policy");
        }
        if (!profile_.empty()) {
            drill::read_profile(profile_, s);
        }
        for (const auto& act : actions_) {
            act(s);
        }
        // The stop signal of a contract is not the one for a reload.
        s.signal_is_chosen =
            app_.count("--signal") > 0 ||
            (s.signal_is_chosen && s.sequence.kind != drill::sequence_kind::reload);
        s.grace_is_chosen = s.grace_is_chosen || app_.count("--grace") > 0;
        has_policy = has_policy || app_.count("--policy") > 0;
        for (const auto* const given : app_.get_options()) {
            if (given->count() > 0) {
                s.from_command_line.insert("--" + given->get_single_name());
            }
        }
        if (!urls_.empty()) {
            s.where.url = urls_.front();
            s.more_urls.assign(urls_.begin() + 1, urls_.end());
        }
        if (!command_.empty()) {
            s.who.command = command_;
        }
        if (!has_policy && s.sequence.kind == drill::sequence_kind::kubernetes) {
            s.expected.judge_by = drill::policy::lb;
        }
        return {std::move(made_), status_ok};
    } catch (const CLI::ParseError& e) {
        return {std::nullopt, tell_of(app_, e, arguments)};
    } catch (const drill::settings_error& e) {
        std::cerr << "lastcall drill: " << e.what() << "\n";
        return {std::nullopt, status_usage};
    }
}

parsed_drill parse_drill(std::span<char* const> arguments) {
    return drill_parser().parse(arguments);
}

}  // namespace lastcall::cli
