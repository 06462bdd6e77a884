// lastcall verify-journal
#include <filesystem>

#include "agent/journal/journal.hpp"
#include "agent/places.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/follow.hpp"
#include "cli/problem.hpp"

namespace lastcall::cli {
namespace {

json as_json(const agent::journal_check& check, const std::string& file) {
    return {{"file", file},
            {"is_whole", check.is_whole},
            {"rows", check.rows},
            {"summarised", check.summarised},
            {"first_bad", check.first_bad},
            {"problem", check.problem},
            {"note", check.note},
            {"head", check.head}};
}

void print(const agent::journal_check& check, const std::string& file) {
    const auto on = screen_of(1);
    const auto name = harmless(file);
    if (check.is_whole) {
        std::printf("%s %s is whole: %lld rows", std::string(on.good()).c_str(), name.c_str(),
                    static_cast<long long>(check.rows));
        if (check.summarised > 0) {
            std::printf(", and %lld older ones that are summarised",
                        static_cast<long long>(check.summarised));
        }
        std::printf("\n  last hash %s\n", check.head.c_str());
    } else {
        std::printf(
            "%s %s is damaged%s: %s\n", std::string(on.bad()).c_str(), name.c_str(),
            check.first_bad > 0 ? (" at row " + std::to_string(check.first_bad)).c_str() : "",
            harmless(check.problem).c_str());
    }
    if (!check.note.empty()) {
        std::printf("  %s\n", harmless(check.note).c_str());
    }
}

}  // namespace

int run_verify_journal_command(std::span<char* const> arguments) {
    command_line line("verify-journal", "whether the journal is whole, row by row",
                      {"[FILE] [OPTION...]"});
    std::string file;
    std::string home;
    bool wants_json = false;
    line.word("a journal", false, file);
    line.text("--home", "DIR", "of the agent whose journal it is [LASTCALL_HOME]", home);
    line.flag("--json", "one JSON object on a line", wants_json);
    line.epilogue(
        "Reads the file itself, whether an agent runs or not, and changes nothing. Keep the\n"
        "last hash elsewhere: who has it can tell that nothing before it was changed.\n\n"
        "  lastcall verify-journal\n\n"
        "Exit status: 0 it is whole, 2 usage, 3 it is damaged, 4 it cannot be read.\n");
    if (const auto status = line.parse(arguments)) {
        return *status;
    }
    if (file.empty()) {
        file = agent::choose_places(home).journal();
    }
    return tell_problems("verify-journal", purpose::looks, [&] {
        try {
            const auto check = agent::journal::verify(file);
            if (wants_json) {
                std::fputs(json_line("lastcall_journal", as_json(check, file)).c_str(), stdout);
            } else {
                print(check, file);
            }
            return check.is_whole ? status_ok : status_found;
        } catch (const agent::journal_error& e) {
            throw problem(e.what(), {}, status_inconclusive);
        }
    });
}

}  // namespace lastcall::cli
