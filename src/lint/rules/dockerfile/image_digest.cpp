#include "lint/rules/dockerfile/image_digest.hpp"

#include <algorithm>
#include <system_error>

#include "lint/launch/stop_time.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_copies = 64;
/// Where a build context begins that a Dockerfile is part of: its folder, or up to two above.
constexpr int most_above = 2;

/// The files and folders of the build context that the stage takes in, and those below it.
std::vector<std::string> copies_of(const docker_build& build, const docker_stage& last,
                                   const fs::path& folder) {
    std::vector<std::string> made;
    for (const docker_stage* at = &last; at != nullptr;
         at = at->base_stage ? &build.stages[*at->base_stage] : nullptr) {
        for (const docker_copy& one : at->copies) {
            if (!one.stage.empty()) {
                continue;
            }
            for (const docker_word& source : one.sources) {
                const auto& name = source.text.text();
                if (!source.is_known || name.empty() || made.size() >= most_copies ||
                    name.find_first_of("*?[") != std::string::npos) {
                    continue;
                }
                fs::path context = folder;
                std::error_code failed;
                for (int i = 0; i <= most_above; ++i, context /= "..") {
                    const auto found = context / fs::path(name).relative_path();
                    if (fs::exists(found, failed)) {
                        made.push_back(whole_path(found));
                        break;
                    }
                }
            }
        }
    }
    return made;
}

}  // namespace

void digest_image(const docker_case& given, const fs::path& path, digest_store& into) {
    const auto* stage = given.stage();
    const auto* hop = given.chain().program();
    if (stage == nullptr || hop == nullptr) {
        return;
    }
    const auto& report = given.report();
    budget_digest made;
    made.kind = digest_kind::image;
    made.name = "the image of " + report.file();
    made.where = keep_place(report.file(), report.text(),
                            given.started_by() != nullptr ? given.started_by()->at : stage->at);
    made.program = hop->call.name;
    made.path = whole_path(path);
    made.folder = whole_path(path.parent_path().empty() ? "." : path.parent_path());
    made.copies = copies_of(given.build(), *stage, path.parent_path());
    for (const needed_time& one : needed_times(given.chain(), given.file().lines)) {
        if (made.drain && made.drain->value >= one.limit) {
            continue;
        }
        made.drain = budget_term{one.limit, one.setting,
                                 one.file.empty() ? keep_place(report.file(), report.text(), one.at)
                                                  : kept_place{one.file, one.at, {}}};
    }
    into.add(std::move(made));
}

}  // namespace lastcall::lint
