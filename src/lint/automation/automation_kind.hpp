// Which program runs the steps of a YAML file.
#pragma once

#include <cstdint>
#include <string_view>

namespace lastcall::lint {

enum class automation_kind : std::uint8_t {
    none,
    workflow,  ///< of GitHub Actions, and of those that read the same form (Gitea, Forgejo)
    pipeline,  ///< of GitLab
    playbook,  ///< of Ansible, or a file of tasks
};

/// `text`  all of a YAML file
/// `name`  without its folder: a pipeline is known by that
[[nodiscard]] automation_kind automation_kind_of(std::string_view text, std::string_view name);

}  // namespace lastcall::lint
