// What a task of Ansible runs, as a command of a shell.
#pragma once

#include <optional>
#include <string_view>

#include "lint/text/mapped_text.hpp"
#include "lint/yaml/yaml_ref.hpp"

namespace lastcall::lint {

/// Whether the key of a task names a module that runs a command or stops something: "shell",
/// "ansible.builtin.systemd".
[[nodiscard]] bool is_module(std::string_view key);

/// `module`     its name
/// `arguments`  below it: a map, or a text
/// Returns: `systemctl stop web` for state=stopped of systemd, and what command and shell are
///          given. Unset: it stops nothing, or nothing is known of it.
[[nodiscard]] std::optional<mapped_text> module_command(const yaml_ref& module,
                                                        const yaml_ref& arguments);

}  // namespace lastcall::lint
