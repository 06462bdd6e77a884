// Which rules a file is for, by its name and, where that says nothing, by how it begins.
#pragma once

#include <cstdint>
#include <string_view>

namespace lastcall::lint {

enum class file_kind : std::uint8_t {
    none,           ///< nothing that tells how to stop a program
    unknown,        ///< its name says nothing: look at how it begins
    dockerfile,     ///< Dockerfile, Dockerfile.NAME, NAME.dockerfile, Containerfile
    shell,          ///< NAME.sh, or what begins with #! and a shell
    yaml,           ///< NAME.yaml, NAME.yml: all of it has to be looked at
    kubernetes,     ///< YAML with an apiVersion and a kind
    configuration,  ///< of a program that is known by the file's name (conf/conf_kind.hpp)
    automation,     ///< YAML of a workflow, a pipeline or a playbook (automation/)
    compose,        ///< YAML that is named after Compose, with services or an include
    unit,           ///< NAME.service, NAME.socket...: what has a section of systemd in it;
                    ///< NAME.container and such of Podman Quadlet
};

/// `name`  without its folder
[[nodiscard]] file_kind kind_by_name(std::string_view name);

/// `begin`  of a file, 256 bytes or all of it
[[nodiscard]] file_kind kind_by_content(std::string_view begin);

/// `text`  all of a YAML file. A line is enough that has the key at its begin: what it is of a
///         template is known before anybody renders it.
/// `name`  without its folder: many a YAML file has a key `services`
[[nodiscard]] file_kind kind_of_yaml(std::string_view text, std::string_view name = {});

/// `folder`  that the file is in, without those above it
/// Returns: whether it adds to a unit, as web.service.d/limits.conf does.
[[nodiscard]] bool is_unit_drop_in(std::string_view folder, std::string_view name);

/// `text`  all of a file that is named as a unit is. D-Bus, Avahi and Eclipse have such names, too.
[[nodiscard]] file_kind kind_of_unit(std::string_view text);

/// A file that is no text.
[[nodiscard]] bool is_binary(std::string_view begin);

/// A folder of others' work, or of a version control: `.git`, `node_modules`.
[[nodiscard]] bool is_skipped_folder(std::string_view name);

}  // namespace lastcall::lint
