// Which units a file belongs to, and where their other files lie.
#include <algorithm>
#include <array>
#include <system_error>

#include "lint/engine/file_kind.hpp"
#include "lint/rules/systemd/unit_case.hpp"

namespace lastcall::lint {
namespace {

namespace fs = std::filesystem;

/// systemd.unit(5), "Unit File Load Path", the most important first.
constexpr std::array<std::string_view, 5> load_path{
    "etc/systemd/", "run/systemd/", "usr/local/lib/systemd/", "usr/lib/systemd/", "lib/systemd/"};
/// service.d is for all of a folder's services; nobody has more of them.
constexpr std::size_t most_units = 500;

struct found_roots {
    std::vector<fs::path> roots;
    fs::path top;  ///< empty: the folder is none of systemd's
};

/// `folder`  in which the unit, or its folder of drop-ins, lies
found_roots roots_of(const fs::path& folder) {
    std::error_code failed;
    const auto whole = fs::absolute(folder, failed).lexically_normal().string();
    for (const std::string_view manager : {"system", "user"}) {
        for (const std::string_view one : load_path) {
            const auto end = "/" + std::string(one) + std::string(manager);
            if (!failed && whole.ends_with(end)) {
                found_roots made;
                made.top = whole.substr(0, whole.size() - end.size() + 1);
                for (const std::string_view each : load_path) {
                    const auto root = made.top / (std::string(each) + std::string(manager));
                    made.roots.push_back(root.native() == whole ? folder : root);
                }
                return made;
            }
        }
    }
    return {{folder}, {}};
}

fs::path find_in(const std::vector<fs::path>& roots, const std::string& name) {
    for (const fs::path& root : roots) {
        std::error_code failed;
        if (fs::is_regular_file(root / name, failed)) {
            return root / name;
        }
    }
    return {};
}

bool is_for_folder(const std::string& name, const std::string& folder) {
    const auto all = drop_in_folders(name);
    return std::find(all.begin(), all.end(), folder) != all.end();
}

/// All units that a folder for several is for: service.d, web-.service.d.
std::vector<std::string> names_for(const std::vector<fs::path>& roots, const std::string& folder) {
    std::vector<std::string> made;
    for (const fs::path& root : roots) {
        std::error_code failed;
        for (fs::directory_iterator one(root, failed), end; !failed && one != end;
             one.increment(failed)) {
            const auto name = one->path().filename().string();
            if (made.size() < most_units && is_for_folder(name, folder) &&
                std::find(made.begin(), made.end(), name) == made.end()) {
                made.push_back(name);
            }
        }
    }
    std::sort(made.begin(), made.end());
    return made;
}

std::vector<judged_unit> units_of_drop_in(const fs::path& path) {
    const auto folder = path.parent_path();
    const auto found = roots_of(folder.parent_path());
    const std::string folder_name = folder.filename().string();
    const std::string name = folder_name.substr(0, folder_name.size() - 2);
    std::vector<judged_unit> made;
    const bool is_for_many =
        name.find('.') == std::string::npos || name.find("-.") != std::string::npos;
    for (const std::string& one :
         is_for_many ? names_for(found.roots, folder_name) : std::vector<std::string>{name}) {
        auto file = find_in(found.roots, one);
        if (const auto read = read_unit_name(one); file.empty() && !read.instance.empty()) {
            file = find_in(found.roots, read.prefix + "@." + read.suffix);
        }
        made.push_back({one, file, found.roots, found.top});
    }
    if (made.empty()) {
        made.push_back(
            {name.find('.') == std::string::npos ? "." + name : name, {}, found.roots, found.top});
    }
    return made;
}

}  // namespace

std::vector<judged_unit> units_of(const fs::path& file) {
    const auto path = file.has_parent_path() ? file : fs::path(".") / file;
    if (is_unit_drop_in(fs::absolute(path).parent_path().filename().native(),
                        path.filename().native())) {
        return units_of_drop_in(file.has_parent_path() && file.parent_path().has_parent_path()
                                    ? file
                                    : fs::absolute(file));
    }
    auto found = roots_of(path.parent_path());
    return {{path.filename().string(), file, std::move(found.roots), std::move(found.top)}};
}

}  // namespace lastcall::lint
