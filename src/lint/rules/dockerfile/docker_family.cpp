// Dockerfiles: D01 to D16.
#include <array>

#include "lint/rules/dockerfile/docker_case.hpp"
#include "lint/rules/dockerfile/image_digest.hpp"
#include "lint/rules/families.hpp"
#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {
namespace {

/// What begins as an array and is none: Docker takes it for the shell form without a word.
void report_broken_arrays(const dockerfile& file, file_report& into) {
    for (const docker_instruction& one : file.instructions) {
        const bool starts = one.name == "CMD" || one.name == "ENTRYPOINT";
        if (starts && !one.json.is_json && !one.json.why_not.empty()) {
            into.add("G02", one.rest.place_of(one.json.wrong, 1, file.lines),
                     "this is no JSON array (" + one.json.why_not +
                         "), and is taken for the shell form");
        }
    }
}

/// Dockerfile or Containerfile, and nothing else in its name.
bool is_named_dockerfile(const std::filesystem::path& path) {
    const std::string name = lower(path.filename().native());
    return name == "dockerfile" || name == "containerfile";
}

}  // namespace

void judge_dockerfile(const family_input& input, file_report& into) {
    constexpr std::array<docker_rule, 12> rules{
        check_shell_form,       check_shell_in_front, check_launcher,     check_stop_signal,
        check_runtime_as_init,  check_entry_script,   check_other_user,   check_reduced_signals,
        check_supervisor_times, check_replaced,       check_health_check, check_sockets_of_image,
    };
    const docker_case given(input.path, input.text, into);
    if (given.stage() != nullptr) {
        for (const docker_rule rule : rules) {
            rule(given);
        }
        digest_image(given, input.path, input.digests);
        into.add(given.build().problems);
    } else if (!is_named_dockerfile(input.path)) {
        return;  // dockerfile.cpp, or a piece of one
    }
    into.add(given.file().problems);
    report_broken_arrays(given.file(), into);
    into.accept(given.file().comments, given.file().statements(), given.file().lines, input.today);
}

}  // namespace lastcall::lint
