// The scripts that the steps of a workflow, a pipeline or a playbook run, each with the time after
// which it is given up.
#pragma once

#include <optional>
#include <vector>

#include "lint/automation/automation_kind.hpp"
#include "lint/shell/run_limit.hpp"
#include "lint/text/mapped_text.hpp"
#include "lint/yaml/yaml_ref.hpp"

namespace lastcall::lint {

struct timed_script {
    mapped_text text;  ///< for a shell; what an expression gives is a variable that nobody sets
    std::optional<shell::run_limit> limit;  ///< unset: none, or it is not known
};

/// Lifetime: of the views in `limit`, the program's.
[[nodiscard]] std::vector<timed_script> timed_scripts(automation_kind kind, const yaml_file& file);

// Of one document each, in the order of its steps.
void read_workflow(const yaml_ref& root, std::vector<timed_script>& into);
void read_pipeline(const yaml_ref& root, std::vector<timed_script>& into);
void read_playbook(const yaml_ref& root, std::vector<timed_script>& into);

/// The one that comes first.
[[nodiscard]] std::optional<shell::run_limit> first_of(
    const std::optional<shell::run_limit>& one, const std::optional<shell::run_limit>& other);

}  // namespace lastcall::lint
