#include "lint/conf/conf_file.hpp"

#include <algorithm>

namespace lastcall::lint {

std::vector<const conf_item*> conf_file::all(std::string_view name) const {
    std::vector<const conf_item*> made;
    for (const conf_item& one : items) {
        if (one.name == name) {
            made.push_back(&one);
        }
    }
    return made;
}

std::vector<const conf_item*> conf_file::in(const conf_item* block, std::string_view name) const {
    const auto wanted =
        block == nullptr ? conf_item::no_parent : static_cast<std::uint32_t>(block - items.data());
    std::vector<const conf_item*> made;
    for (const conf_item& one : items) {
        if (one.parent == wanted && one.name == name) {
            made.push_back(&one);
        }
    }
    return made;
}

const conf_item* conf_file::last_in(const conf_item* block, std::string_view name) const {
    const auto found = in(block, name);
    return found.empty() ? nullptr : found.back();
}

const conf_item* conf_file::parent(const conf_item& of) const {
    return of.parent == conf_item::no_parent ? nullptr : &items[of.parent];
}

bool conf_file::is_within(const conf_item& of, std::string_view block_name) const {
    for (const auto* at = parent(of); at != nullptr; at = parent(*at)) {
        if (at->name == block_name) {
            return true;
        }
    }
    return false;
}

std::vector<statement_lines> conf_file::statements() const {
    std::vector<statement_lines> made;
    made.reserve(items.size());
    for (const conf_item& one : items) {
        made.push_back(one.lines);
    }
    std::stable_sort(made.begin(), made.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    return made;
}

}  // namespace lastcall::lint
