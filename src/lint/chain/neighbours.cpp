#include "lint/chain/neighbours.hpp"

#include <algorithm>

namespace lastcall::lint {
namespace {

/// The folder that both are in, or the one that they are.
std::string_view common_folder(std::string_view a, std::string_view b) {
    while (!is_below(b, a)) {
        a = folder_of(a);
    }
    return a;
}

/// The folder right below `top` on the way to `path`; empty: `path` is `top`.
std::string_view branch_of(std::string_view path, std::string_view top) {
    if (path.size() <= top.size()) {
        return {};
    }
    return path.substr(0, path.find('/', top.size() + 1));
}

/// Whether one of them is in the folder or below it. `all` is in the order of its bytes, so that
/// what is below a folder follows it, with only names between that begin like it.
bool has_below(const std::vector<std::string_view>& all, std::string_view folder) {
    const std::string inside = std::string(folder) + "/";
    return std::binary_search(all.begin(), all.end(), folder) || [&] {
        const auto at = std::lower_bound(all.begin(), all.end(), std::string_view(inside));
        return at != all.end() && at->starts_with(inside);
    }();
}

}  // namespace

std::string_view folder_of(std::string_view path) noexcept {
    const auto slash = path.rfind('/');
    return slash == path.npos ? std::string_view() : path.substr(0, slash);
}

bool is_below(std::string_view path, std::string_view folder) noexcept {
    return path.starts_with(folder) &&
           (path.size() == folder.size() || folder.empty() || path[folder.size()] == '/');
}

projects::projects(std::span<const budget_digest> all) {
    for (const budget_digest& one : all) {
        if (one.kind == digest_kind::image) {
            images_.push_back(one.folder);
        } else if (one.kind == digest_kind::container && !one.labels.empty()) {
            pods_.push_back(folder_of(one.said_in));
        }
    }
    std::sort(images_.begin(), images_.end());
    std::sort(pods_.begin(), pods_.end());
}

bool projects::is_one(const budget_digest& container, const budget_digest& image) const {
    const auto here = folder_of(container.said_in);
    const auto top = common_folder(here, image.folder);
    const auto to_container = branch_of(here, top);
    const auto to_image = branch_of(image.folder, top);
    return (to_container.empty() || !has_below(images_, to_container)) &&
           (to_image.empty() || !has_below(pods_, to_image));
}

}  // namespace lastcall::lint
