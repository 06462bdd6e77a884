#include "lint/engine/file_kind.hpp"

#include <algorithm>
#include <array>

#include "lint/shell/shebang.hpp"
#include "lint/text/mapped_text.hpp"

namespace lastcall::lint {
namespace {

/// What Dockerfile.NAME is not: other files about it, and templates, which are none yet.
constexpr std::array<std::string_view, 12> no_dockerfile = {
    ".md", ".dockerignore", ".swp", ".bak", ".orig", ".go",
    ".py", ".json",         ".in",  ".j2",  ".tmpl", ".template"};

bool is_dockerfile(std::string_view name) {
    for (const std::string_view stem : {"dockerfile", "containerfile"}) {
        if (name == stem || (name.ends_with(stem) && name[name.size() - stem.size() - 1] == '.')) {
            return true;
        }
        // Dockerfile.web is one, Dockerfile.md and Dockerfile.dockerignore are not.
        if (name.starts_with(stem) && name.size() > stem.size() + 1 && name[stem.size()] == '.') {
            const auto end = name.substr(name.rfind('.'));
            return std::find(no_dockerfile.begin(), no_dockerfile.end(), end) ==
                   no_dockerfile.end();
        }
    }
    return false;
}

/// Whether a line begins with the key.
bool has_key(std::string_view text, std::string_view key) {
    for (auto at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
        if ((at == 0 || text[at - 1] == '\n') && text.substr(at + key.size()).starts_with(':')) {
            return true;
        }
    }
    return false;
}

}  // namespace

file_kind kind_by_name(std::string_view given) {
    const std::string name = lower(given);
    if (is_dockerfile(name)) {
        return file_kind::dockerfile;
    }
    for (const std::string_view end : {".sh", ".bash", ".ksh", ".dash"}) {
        if (name.ends_with(end) && name.size() > end.size()) {
            return file_kind::shell;
        }
    }
    if (name.ends_with(".yaml") || name.ends_with(".yml")) {
        return file_kind::yaml;
    }
    return name.find('.') == std::string::npos ? file_kind::unknown : file_kind::none;
}

file_kind kind_by_content(std::string_view begin) {
    if (!begin.starts_with("#!") || is_binary(begin)) {
        return file_kind::none;
    }
    const auto found = shell::read_shebang(begin).shell;
    return found == shell::dialect::other || found == shell::dialect::none ? file_kind::none
                                                                           : file_kind::shell;
}

file_kind kind_of_yaml(std::string_view text) {
    return has_key(text, "apiVersion") && has_key(text, "kind") ? file_kind::kubernetes
                                                                : file_kind::none;
}

bool is_binary(std::string_view begin) { return begin.find('\0') != std::string_view::npos; }

bool is_skipped_folder(std::string_view name) {
    constexpr std::array<std::string_view, 6> skipped = {".git", ".hg",          ".svn",
                                                         ".bzr", "node_modules", "__pycache__"};
    return std::find(skipped.begin(), skipped.end(), name) != skipped.end();
}

}  // namespace lastcall::lint
