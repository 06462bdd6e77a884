#include "lint/engine/walk.hpp"

#include <algorithm>
#include <system_error>
#include <vector>

#include "lint/engine/file_kind.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

struct found_entry {
    fs::path path;
    fs::file_type type;
};

/// Sorted by name, so that two runs say the same.
std::vector<found_entry> entries_of(const fs::path& folder, std::error_code& failed) {
    std::vector<found_entry> made;
    for (fs::directory_iterator one(folder, failed), end; !failed && one != end;
         one.increment(failed)) {
        std::error_code gone;
        const auto type = one->symlink_status(gone).type();
        if (type == fs::file_type::regular || type == fs::file_type::directory) {
            made.push_back({one->path(), type});
        }
    }
    std::sort(made.begin(), made.end(), [](const found_entry& a, const found_entry& b) {
        return a.path.native() < b.path.native();
    });
    return made;
}

void walk_folder(const fs::path& top, const walk_events& tell) {
    // The entries that are still to be visited, the next one last; no recursion, as a tree may be
    // deeper than a stack.
    std::vector<found_entry> left{{top, fs::file_type::directory}};
    while (!left.empty()) {
        const found_entry here = std::move(left.back());
        left.pop_back();
        if (here.type == fs::file_type::regular) {
            tell.file(here.path);
            continue;
        }
        std::error_code failed;
        auto inside = entries_of(here.path, failed);
        if (failed) {
            tell.unreadable(here.path, failed.message());
        }
        for (auto one = inside.rbegin(); one != inside.rend(); ++one) {
            if (one->type == fs::file_type::regular ||
                !is_skipped_folder(one->path.filename().native())) {
                left.push_back(std::move(*one));
            }
        }
    }
}

}  // namespace

void walk(std::span<const fs::path> paths, const walk_events& tell) {
    for (const fs::path& one : paths) {
        std::error_code failed;
        const auto status = fs::status(one, failed);
        if (fs::is_directory(status)) {
            walk_folder(one, tell);
        } else if (fs::is_regular_file(status)) {
            tell.file(one);
        } else {
            tell.unreadable(one, status.type() == fs::file_type::not_found
                                     ? "there is no such file or folder"
                                 : failed ? failed.message()
                                          : "it is neither a file nor a folder");
        }
    }
}

}  // namespace lastcall::lint
