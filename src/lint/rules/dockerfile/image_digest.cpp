#include "lint/rules/dockerfile/image_digest.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "lint/chain/drain_term.hpp"
#include "lint/launch/keep_alive.hpp"
#include "lint/launch/node_source.hpp"
#include "lint/launch/orderly_end.hpp"
#include "lint/rules/dockerfile/runtime_start.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

/// Up to Node 26; 65 s in what comes behind it: https://github.com/nodejs/node/pull/62782
constexpr std::chrono::milliseconds node_keep_alive{5000};
constexpr int last_of_node_keep_alive = 26;

constexpr std::size_t most_copies = 64;
/// Where a build context begins that a Dockerfile is part of: its folder, or up to two above.
constexpr int most_above = 2;
constexpr int most_stages = 4;  // of COPY --from of COPY --from ...

class copy_search {
public:
    copy_search(const docker_build& build, const fs::path& folder)
        : build_(build), folder_(folder) {}

    /// What the stage takes in, and those below it; of a program that is built, what those take in
    /// that it is copied from.
    std::vector<copied_path> of(const docker_stage& last, bool is_built) {
        look(last, is_built, 0);
        return std::move(made_);
    }

private:
    void look(const docker_stage& last, bool is_built, int depth) {
        for (const docker_stage* at = &last; at != nullptr && depth <= most_stages;
             at = at->base_stage ? &build_.stages[*at->base_stage] : nullptr) {
            for (const docker_copy& one : at->copies) {
                const auto* other = one.stage.empty() ? nullptr : build_.target(one.stage);
                if (other != nullptr && other != at && is_built) {
                    look(*other, false, depth + 1);
                } else if (one.stage.empty() && one.is_known) {
                    add(one);
                }
            }
        }
    }

    void add(const docker_copy& one) {
        for (const docker_word& source : one.sources) {
            const auto& name = source.text.text();
            if (!source.is_known || name.empty() || made_.size() >= most_copies ||
                name.find_first_of("*?[") != std::string::npos) {
                continue;
            }
            fs::path context = folder_;
            std::error_code failed;
            for (int i = 0; i <= most_above; ++i, context /= "..") {
                const auto found = context / fs::path(name).relative_path();
                if (!fs::exists(found, failed)) {
                    continue;
                }
                const bool goes_into =
                    !fs::is_directory(found, failed) && (one.is_folder || one.sources.size() > 1);
                made_.push_back(
                    {whole_path(found),
                     goes_into ? joined_path(one.to, found.filename().string()) : one.to});
                break;
            }
        }
    }

    const docker_build& build_;
    const fs::path folder_;
    std::vector<copied_path> made_;
};

/// An official image of a Node with another default than the one above: "node:27-slim".
bool has_later_node(const image_reference& image) {
    int version = 0;
    const auto* end = image.tag.data() + image.tag.size();
    const auto read = std::from_chars(image.tag.data(), end, version);
    return image.name == "node" && read.ec == std::errc() && version > last_of_node_keep_alive;
}

/// Of Node the source that it is given says it, or one that it takes in.
std::optional<budget_term> idle_of_node(const docker_case& given, const launch_hop& hop,
                                        const kept_place& at) {
    const auto source = main_source(hop);
    const auto file = source.empty() ? std::nullopt : given.find_file(source);
    if (!file || file->path.empty()) {
        return std::nullopt;
    }
    budget_term made{node_keep_alive, "keepAliveTimeout of node", at, true};
    made.may_be_set = true;
    if (const auto found = keep_alive_in_source(file->text)) {
        made.value = found->value;
        made.where = keep_place(file->name, file->text, found->at);
        made.is_default = false;
        made.may_be_set = false;
    } else if (file->text.find("keepAlive") != std::string::npos ||
               has_later_node(given.stage()->image)) {
        return std::nullopt;  // computed, or not the usual one
    }
    return made;
}

std::optional<budget_term> idle_of_program(const docker_case& given, const launch_hop& hop,
                                           const kept_place& at) {
    const auto& report = given.report();
    if (hop.call.name == "node" || hop.call.name == "nodejs") {
        return idle_of_node(given, hop, at);
    }
    const auto found = keep_alive_of(given.chain(), given.file().lines);
    if (!found) {
        return std::nullopt;
    }
    budget_term made{found->value, found->setting, at, !found->at};
    if (found->at) {
        made.where = found->file.empty() ? keep_place(report.file(), report.text(), *found->at)
                                         : kept_place{found->file, *found->at, {}};
    }
    return made;
}

}  // namespace

void digest_image(const docker_case& given, const fs::path& path, digest_store& into) {
    const auto* stage = given.stage();
    const auto* hop = given.chain().program();
    if (stage == nullptr || hop == nullptr || !ends_in_order(hop->call.name, given.stop_signal())) {
        return;
    }
    const auto& report = given.report();
    const auto keep = [&](place at) { return keep_place(report.file(), report.text(), at); };
    budget_digest made;
    made.kind = digest_kind::image;
    made.name = "the image of " + report.file();
    made.where = keep(given.started_by() != nullptr ? given.started_by()->at : stage->at);
    made.program = hop->call.name;
    made.path = whole_path(path);
    made.folder = whole_path(path.parent_path().empty() ? "." : path.parent_path());
    made.copies = copy_search(given.build(), path.parent_path()).of(*stage, made.program == "java");
    for (const launch_word& one : hop->words) {
        made.arguments += one.what.what.text + " ";
    }
    made.drain = drain_term(given.chain(), given.file().lines, keep);
    made.idle = idle_of_program(given, *hop, made.where);
    into.add(std::move(made));
}

}  // namespace lastcall::lint
