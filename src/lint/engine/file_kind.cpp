#include "lint/engine/file_kind.hpp"

#include <algorithm>
#include <array>

#include "lint/automation/automation_kind.hpp"
#include "lint/conf/conf_kind.hpp"
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

/// compose.yaml, docker-compose.prod.yml, web.compose.yml, docker-stack.yml.
bool is_compose_name(std::string_view given) {
    const std::string name = lower(given);
    return name.find("compose") != std::string::npos || name.starts_with("docker-stack");
}

/// The last three are of Podman Quadlet.
constexpr std::array<std::string_view, 14> unit_suffixes = {
    "service", "socket", "target",    "timer",  "mount",     "swap", "scope",
    "slice",   "path",   "automount", "device", "container", "pod",  "kube"};

/// web.service, getty@.service; not .service alone.
bool is_unit_name(std::string_view name) {
    const auto dot = name.rfind('.');
    return dot != std::string_view::npos && dot > 0 && name.front() != '.' &&
           std::find(unit_suffixes.begin(), unit_suffixes.end(), name.substr(dot + 1)) !=
               unit_suffixes.end();
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
    if (is_unit_name(given)) {
        return file_kind::unit;
    }
    if (conf_kind_of(given) != conf_kind::none) {
        return file_kind::configuration;
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

file_kind kind_of_yaml(std::string_view text, std::string_view name) {
    if (has_key(text, "apiVersion") && has_key(text, "kind")) {
        return file_kind::kubernetes;
    }
    // kustomize needs neither of these two.
    if (lower(name).starts_with("kustomization.y") && has_key(text, "configMapGenerator")) {
        return file_kind::kubernetes;
    }
    if (is_compose_name(name) && (has_key(text, "services") || has_key(text, "include"))) {
        return file_kind::compose;
    }
    return automation_kind_of(text, name) == automation_kind::none ? file_kind::none
                                                                   : file_kind::automation;
}

bool is_unit_drop_in(std::string_view folder, std::string_view name) {
    if (!name.ends_with(".conf") || name.front() == '.' || !folder.ends_with(".d")) {
        return false;
    }
    folder.remove_suffix(2);
    const bool is_for_type =
        std::find(unit_suffixes.begin(), unit_suffixes.end(), folder) != unit_suffixes.end();
    return is_for_type || is_unit_name(folder);
}

file_kind kind_of_unit(std::string_view text) {
    for (const std::string_view section :
         {"[Unit]", "[Install]", "[Service]", "[Socket]", "[Mount]", "[Automount]", "[Swap]",
          "[Path]", "[Timer]", "[Slice]", "[Scope]", "[Container]", "[Pod]", "[Kube]"}) {
        for (auto at = text.find(section); at != std::string_view::npos;
             at = text.find(section, at + 1)) {
            if (at == 0 || text[at - 1] == '\n') {
                return file_kind::unit;
            }
        }
    }
    return file_kind::none;
}

bool is_binary(std::string_view begin) { return begin.find('\0') != std::string_view::npos; }

bool is_skipped_folder(std::string_view name) {
    constexpr std::array<std::string_view, 6> skipped = {".git", ".hg",          ".svn",
                                                         ".bzr", "node_modules", "__pycache__"};
    return std::find(skipped.begin(), skipped.end(), name) != skipped.end();
}

}  // namespace lastcall::lint
