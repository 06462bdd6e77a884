#include "lint/chain/digest_store.hpp"

#include <algorithm>

#include "lint/catalogue/catalogue.hpp"

namespace lastcall::lint {
namespace {

constexpr std::size_t kept_excerpt = 160;

bool is_about_the_chain(const suppression& one) {
    return std::any_of(one.rules.begin(), one.rules.end(),
                       [](const std::string& rule) { return is_of_several_files(rule); });
}

constexpr std::string_view of_files = "ConfigMap:";
constexpr std::string_view of_variables = "variables:";

std::string marked_path(std::string_view mark, std::string_view folder, std::string_view name,
                        std::string_view key) {
    std::string made(mark);
    made.append(folder).append("/").append(name);
    return key.empty() ? made : made.append("/").append(key);
}

}  // namespace

std::string config_map_path(std::string_view folder, std::string_view name, std::string_view key) {
    return marked_path(of_files, folder, name, key);
}

std::string variable_path(std::string_view folder, std::string_view name, std::string_view key) {
    return marked_path(of_variables, folder, name, key);
}

bool is_variable_path(std::string_view path) noexcept { return path.starts_with(of_variables); }

void digest_store::add(budget_digest one) {
    if (all_.size() < digest_limit) {
        one.said_in = whole_path(one.where.file);
        all_.push_back(std::move(one));
    } else {
        ++left_out_;
    }
}

void digest_store::accept(std::size_t first, std::span<const suppression> comments) {
    std::vector<suppression> kept;
    std::copy_if(comments.begin(), comments.end(), std::back_inserter(kept), is_about_the_chain);
    if (kept.empty()) {
        return;
    }
    for (std::size_t i = first; i < all_.size(); ++i) {
        all_[i].accepted = kept;
    }
}

std::string whole_path(const std::filesystem::path& path) {
    std::error_code failed;
    auto made = std::filesystem::absolute(path, failed).lexically_normal().generic_string();
    if (made.size() > 1 && made.ends_with('/')) {
        made.pop_back();
    }
    return made;
}

kept_place keep_place(const std::string& file, std::string_view text, place at) {
    const auto offset = std::min(at.offset, text.size());
    const auto before = offset == 0 ? text.npos : text.rfind('\n', offset - 1);
    const auto begin = before == text.npos ? 0 : before + 1;
    auto line = text.substr(begin, std::min(text.find('\n', offset), text.size()) - begin);
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return {file, at, std::string(line.substr(0, kept_excerpt))};
}

}  // namespace lastcall::lint
