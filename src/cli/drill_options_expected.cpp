// The options of what a stop is judged by.
#include <charconv>
#include <sstream>

#include "cli/drill_parser.hpp"

namespace lastcall::cli {

void drill_parser::add_expectations() {
    constexpr auto group = "What is expected";
    text("--policy",
         "strict: every lost request counts; lb: refused after the routes are "
         "withdrawn does not [strict; kubernetes: lb]",
         "POLICY",
         [](settings& s, const std::string& given, const std::string& what) {
             const auto found = drill::policy_from(given);
             if (!found) {
                 throw drill::settings_error(what + ": \"" + given + "\" is neither strict nor lb");
             }
             s.expected.judge_by = *found;
         })
        ->group(group);
    text("--exit-codes", "allowed, as 0,143; 128+n is a death by signal n [0]", "LIST",
         [](settings& s, const std::string& given, const std::string& what) {
             s.expected.exit_codes.clear();
             std::istringstream list(given);
             for (std::string one; std::getline(list, one, ',');) {
                 int code = -1;
                 const auto* const end = one.data() + one.size();
                 const auto [at, error] = std::from_chars(one.data(), end, code);
                 if (error != std::errc{} || at != end || code < 0 || code > 255) {
                     throw drill::settings_error(what + ": \"" + one +
                                                 "\" is no exit status from 0 to 255");
                 }
                 s.expected.exit_codes.push_back(code);
             }
         })
        ->group(group);
    duration(
        "--exit-within", "of the signal [the grace]",
        [](auto& s) -> auto& { return s.expected.exit_within; })
        ->group(group);
    duration(
        "--lame-duck", "from not ready to the closed listener, at least",
        [](auto& s) -> auto& { return s.expected.lame_duck_at_least; })
        ->group(group);
    text("--shed", "503 after the signal is ok, or a fail [fail]", "ok|fail",
         [](settings& s, const std::string& given, const std::string& what) {
             if (given != "ok" && given != "fail") {
                 throw drill::settings_error(what + ": \"" + given + "\" is neither ok nor fail");
             }
             s.expected.shedding_is_fine = given == "ok";
         })
        ->group(group);
    whole(
        "--allow-losses", "so many are no failure [0]", 0, UINT64_MAX,
        [](auto& s) -> auto& { return s.expected.allowed_losses; })
        ->group(group);
    whole(
        "--allow-idle-races", "so many are no failure [any number]", 0, UINT64_MAX,
        [](auto& s) -> auto& { return s.expected.allowed_idle_races; })
        ->group(group);
    text("--allow-leftover", "a file or socket that may stay, as */orders.db; may be repeated",
         "PATTERN",
         [](settings& s, const std::string& given, const std::string&) {
             s.allowed_leftovers.push_back(given);
         })
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->group(group);
    plain(
        "--effects", "after a restart this GET lists the {id} of every POST that was done",
        "TARGET", [](auto& s) -> auto& {
            s.effects.asked = true;
            return s.effects.list;
        })
        ->group(group);
    text("--effects-command", "this command lists them instead", "COMMAND",
         [](settings& s, const std::string& given, const std::string& what) {
             s.effects.asked = true;
             s.effects.list_command = config::to_words(given, what);
         })
        ->group(group);
    plain(
        "--baseline", "an earlier event log to compare with", "FILE",
        [](auto& s) -> auto& { return s.baseline; })
        ->group(group);
}

}  // namespace lastcall::cli
