// Scripts beside the file that stop its services in less than their time: C10.
#include <algorithm>
#include <system_error>

#include "lint/rules/compose/compose_case.hpp"
#include "lint/shell/stopping.hpp"
#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

// Enough for a folder that belongs to one project.
constexpr std::size_t most_scripts = 50;

std::vector<fs::path> scripts_beside(const fs::path& folder) {
    std::vector<fs::path> made;
    std::error_code failed;
    for (fs::directory_iterator one(folder.empty() ? "." : folder, failed), end;
         !failed && one != end && made.size() < most_scripts; one.increment(failed)) {
        std::error_code gone;
        if (one->path().extension() == ".sh" && one->is_regular_file(gone)) {
            made.push_back(folder / one->path().filename());
        }
    }
    std::sort(made.begin(), made.end());
    return made;
}

/// Whether the command is for the service, as far as it names any, and for this file.
bool is_for(const shell::stop_request& stop, const shell::step& one, const std::string& service) {
    const bool names_a_file =
        std::any_of(one.arguments.begin(), one.arguments.end(), [](const auto& word) {
            return word.is("-f") || word.is("--file") || word.is("-p") ||
                   word.is("--project-name") || word.is("--project-directory");
        });
    return !names_a_file && (stop.targets.empty() ||
                             std::any_of(stop.targets.begin(), stop.targets.end(),
                                         [&](const auto& word) { return word.is(service); }));
}

/// What the script does with the service in less than `grace`. Null: nothing.
const shell::step* hasty_stop(const loaded_script& script, const std::string& service,
                              std::chrono::milliseconds grace) {
    for (const shell::step& one : script.run().steps) {
        const auto stop = shell::stop_request_of(one);
        if (!stop || !is_for(*stop, one, service)) {
            continue;
        }
        const auto given = stop->grace && stop->grace->is_known()
                               ? shell::duration_of(stop->grace->what.text)
                               : std::nullopt;
        const bool is_short = stop->way == shell::stop_way::compose_stop && given && *given < grace;
        if (is_short || (stop->way == shell::stop_way::compose_kill && stop->is_kill())) {
            return &one;
        }
    }
    return nullptr;
}

}  // namespace

void check_compose_scripts(const compose_case& given) {
    const auto period = given.of().get("stop_grace_period");
    if (!period || period.in != &given.project().judged() || !given.grace()) {
        return;
    }
    for (const fs::path& path : scripts_beside(given.project().folder())) {
        auto read = read_file(path);
        if (!read.text || read.text->find("compose") == std::string::npos ||
            read.text->find('\0') != std::string::npos) {
            continue;
        }
        const loaded_script script(path.string(), std::move(*read.text));
        const auto* stop = hasty_stop(script, given.of().name, *given.grace());
        if (stop == nullptr) {
            continue;
        }
        if (auto* made =
                given.add("C10", period,
                          path.filename().string() + " stops the containers in less than these " +
                              seconds_text(*given.grace()) + " s")) {
            made->sure = confidence::proven;
            made->further.push_back(
                {path.string(), script.parsed().at(stop->where), "what takes their place"});
        }
        return;
    }
}

}  // namespace lastcall::lint
