// Units, compose files and steps of which bytes are lost, doubled or changed: the rules find an
// end, what they find is in the file, and what they mend is mended at once.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "lint/engine/folder.hpp"
#include "lint/engine/linter.hpp"
#include "lint/text/mutation.hpp"
#include "lint/text/reader_promises.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

/// A fixture with all of its files, one of which is changed.
std::vector<fs::path> files_of(const fs::path& fixture) {
    std::vector<fs::path> made;
    for (const auto& one : fs::recursive_directory_iterator(fixture)) {
        if (one.is_regular_file() && one.path().filename() != "findings") {
            made.push_back(one.path());
        }
    }
    std::sort(made.begin(), made.end());
    return made;
}

std::vector<finding> found_there(const test_folder& in, bool fixes) {
    std::vector<finding> made;
    lint({{in.path()}, std::chrono::year(2026) / 1 / 1, fixes},
         [&](std::span<const finding> found) {
             made.insert(made.end(), found.begin(), found.end());
         });
    return made;
}

void judge_changed(const fs::path& fixture, std::size_t which, std::uint32_t& state) {
    test_folder in;
    const auto files = files_of(fixture);
    for (std::size_t i = 0; i < files.size(); ++i) {
        auto text = bytes_of(files[i]);
        for (int changes = i == which ? 3 : 0; changes > 0 && !text.empty(); --changes) {
            text = mutated(std::move(text), state);
        }
        in.add(fs::relative(files[i], fixture).string(), text);
    }
    for (const finding& one : found_there(in, false)) {
        const auto text = bytes_of(one.file);
        promises::is_in(one.at, text);
        for (const edit& each : one.edits) {
            promises::is_in(each.at, text);
        }
        for (const further_place& each : one.further) {
            promises::is_in(each.at, bytes_of(each.file));
        }
    }
    (void)found_there(in, true);
    for (const finding& one : found_there(in, true)) {
        promises::must(!one.is_fixed, "a second run finds nothing more to mend");
    }
}

std::vector<fs::path> folders_in(const fs::path& folder) {
    std::vector<fs::path> made(fs::directory_iterator(folder), fs::directory_iterator{});
    std::sort(made.begin(), made.end());
    return made;
}

TEST(Families, KeepTheirPromisesForFilesThatAreBroken) {
    std::uint32_t state = 1;
    for (const std::string_view family : {"systemd", "compose", "automation"}) {
        for (const fs::path& rule : folders_in(fs::path(LINT_CORPUS) / family)) {
            for (const fs::path& fixture : folders_in(rule)) {
                const auto count = files_of(fixture).size();
                for (std::size_t round = 0; round < 8; ++round) {
                    const auto before = state;
                    try {
                        judge_changed(fixture, round % count, state);
                    } catch (const std::exception& broken) {
                        ADD_FAILURE() << fixture << ", state " << before << ": " << broken.what();
                    }
                }
            }
        }
    }
}

}  // namespace
}  // namespace lastcall::lint
