// A program whose runtime does nothing on SIGTERM when it is process 1: D07.
#include "lint/rules/dockerfile/docker_case.hpp"
#include "lint/rules/dockerfile/runtime_start.hpp"

namespace lastcall::lint {

void check_runtime_as_init(const docker_case& given) {
    if (given.started_by() == nullptr) {
        return;
    }
    const auto start =
        runtime_as_init(given.chain(), [&](const std::string& path) -> std::optional<source_file> {
            auto found = given.find_file(path);
            return found ? std::optional<source_file>(
                               {found->name, found->path, std::move(found->text)})
                         : std::nullopt;
        });
    if (!start || start->how == handling::found) {
        return;
    }
    auto& made = given.report().add(
        "D07", given.started_at(),
        start->how == handling::none
            ? "\"" + start->runtime + "\" is process 1, and nothing in " + start->looked_at +
                  " or beside it takes SIGTERM: the kernel drops it"
            : "\"" + start->runtime + "\" is process 1, and whether " + start->source +
                  " takes SIGTERM cannot be seen from here");
    if (start->how == handling::unknown) {
        made.how = severity::note;
        made.sure = confidence::hint;
    }
}

}  // namespace lastcall::lint
