#include "lint/unit/load_unit.hpp"

#include <map>
#include <system_error>

#include "lint/text/read_file.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

/// An empty file hides the others of its name, and so does a link to /dev/null.
bool hides(const fs::path& file) {
    std::error_code failed;
    if (fs::is_symlink(file, failed) && fs::read_symlink(file, failed) == "/dev/null") {
        return true;
    }
    return fs::is_regular_file(file, failed) && fs::is_empty(file, failed);
}

}  // namespace

std::vector<fs::path> find_drop_ins(std::string_view file_name, std::span<const fs::path> roots) {
    std::map<std::string, fs::path> by_name;
    for (const std::string& folder : drop_in_folders(file_name)) {
        for (const fs::path& root : roots) {
            std::error_code failed;
            for (fs::directory_iterator one(root / folder, failed), end; !failed && one != end;
                 one.increment(failed)) {
                const auto name = one->path().filename().string();
                if (name.ends_with(".conf") && !name.starts_with('.')) {
                    by_name.try_emplace(name, one->path());
                }
            }
        }
    }
    std::vector<fs::path> made;
    for (const auto& [name, path] : by_name) {
        if (!hides(path)) {
            made.push_back(path);
        }
    }
    return made;
}

loaded_unit load_unit(const fs::path& file, std::span<const fs::path> roots) {
    std::vector<fs::path> all{file.parent_path()};
    all.insert(all.end(), roots.begin(), roots.end());
    return load_unit(file.filename().string(), file, all);
}

loaded_unit load_unit(std::string_view name, const fs::path& file,
                      std::span<const fs::path> roots) {
    std::vector<fs::path> paths;
    if (!file.empty()) {
        paths.push_back(file);
    }
    for (auto& one : find_drop_ins(name, roots)) {
        paths.push_back(std::move(one));
    }
    std::deque<std::string> texts;
    std::vector<unit_file> files;
    std::vector<std::pair<std::string, std::string>> unreadable;
    for (const fs::path& path : paths) {
        auto read = read_file(path);
        if (!read.text) {
            unreadable.emplace_back(path.string(), read.why_not);
            continue;
        }
        texts.push_back(std::move(*read.text));
        files.push_back(read_unit_file(texts.back(), path.string()));
    }
    return {std::move(texts), unit_view(name, std::move(files)), std::move(unreadable)};
}

}  // namespace lastcall::lint
