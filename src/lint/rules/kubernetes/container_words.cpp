#include "lint/rules/kubernetes/container_words.hpp"

#include <algorithm>

#include "lint/dockerfile/docker_words.hpp"
#include "lint/rules/kubernetes/manifest.hpp"
#include "lint/yaml/template_mask.hpp"

namespace lastcall::lint {
namespace {

/// Whether the kubelet puts something in for $(name) before anything is started.
bool may_be_variable(std::string_view name, const yaml_ref& container) {
    const auto list = container.get("env");
    const auto set = list.items();
    return !is_absent(container, "envFrom") || list.may_have_more() ||
           std::any_of(set.begin(), set.end(), [&](const yaml_ref& one) {
               const auto known = one.get("name").text();
               return !known || *known == name;
           });
}

bool has_variable(std::string_view text, const yaml_ref& container) {
    for (auto at = text.find("$("); at != std::string_view::npos; at = text.find("$(", at + 2)) {
        const auto end = text.find(')', at);
        if (end == std::string_view::npos) {
            return false;
        }
        const auto name = text.substr(at + 2, end - at - 2);
        if (!name.empty() && name.find_first_of(" \t\n'\"$") == std::string_view::npos &&
            may_be_variable(name, container)) {
            return true;
        }
    }
    return false;
}

/// Whether actions stand between its items: an if with an else has the items of both.
bool has_branches(const yaml_ref& list, std::string_view text) {
    const auto items = list.items();
    if (items.empty()) {
        return false;
    }
    const auto begin = items.front().used_at().offset;
    const auto end = items.back().used_at().offset;
    return begin < end && end <= text.size() && has_actions(text.substr(begin, end - begin));
}

/// Those of the image have no place of their own: the image's name stands for it.
std::vector<mapped_text> image_words(std::string_view json, const yaml_ref& image) {
    std::vector<mapped_text> made;
    const auto at = image.used_at();
    for (const mapped_text& one : read_json_words(mapped_text(json, 0)).words) {
        made.emplace_back().add_made(one.text(), at.offset, at.size);
    }
    return made;
}

/// The entry scripts of official images run what follows them and become it (exec "$@").
bool is_transparent(std::string_view entrypoint) {
    return entrypoint == "[]" || entrypoint.ends_with("entrypoint.sh\"]") ||
           entrypoint.ends_with("entrypoint\"]");
}

}  // namespace

std::optional<std::vector<mapped_text>> known_words(const yaml_ref& list, const yaml_ref& container,
                                                    std::string_view text) {
    if (!list.is_sequence() || list.may_have_more() || has_branches(list, text)) {
        return std::nullopt;
    }
    std::vector<mapped_text> made;
    for (const yaml_ref& one : list.items()) {
        if (!one.text() || has_variable(*one.text(), container)) {
            return std::nullopt;
        }
        made.push_back(one.source());
    }
    return made;
}

std::optional<std::vector<mapped_text>> container_words(const yaml_ref& container,
                                                        std::string_view text,
                                                        const base_image* known) {
    const bool has_command = !is_absent(container, "command");
    const bool has_args = !is_absent(container, "args");
    std::vector<mapped_text> made;
    if (has_command) {
        auto command = known_words(container.get("command"), container, text);
        if (!command) {
            return std::nullopt;
        }
        made = std::move(*command);
    } else if (known == nullptr || !is_transparent(known->entrypoint)) {
        return std::nullopt;
    }
    if (has_args) {
        const auto args = known_words(container.get("args"), container, text);
        if (!args) {
            return std::nullopt;
        }
        made.insert(made.end(), args->begin(), args->end());
    } else if (!has_command) {
        made = image_words(known->cmd, container.get("image"));
    }
    return made;
}

}  // namespace lastcall::lint
