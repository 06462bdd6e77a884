// All rules: a table for each family of files, in files of their own.
//
// `explain`, the reports and the suppressions read from here; a rule that is not in it cannot be
// reported (engine/file_report.hpp).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "lint/catalogue/rule.hpp"

namespace lastcall::lint {

struct rule_family {
    std::string_view name;  ///< "Dockerfiles"
    std::span<const rule> rules;
    bool is_of_files = true;  ///< false: `lastcall doctor` reports them, and lint never does
};

[[nodiscard]] std::span<const rule_family> rule_families();

/// By its id, in capitals or not. Null: there is none.
[[nodiscard]] const rule* find_rule(std::string_view id);

/// It may come of several files, and is told when all of them were looked at: the chain's, and S20,
/// as the limit of a unit may be in another file.
[[nodiscard]] bool is_of_several_files(std::string_view id) noexcept;

/// The ids of those for files, in the order of the tables.
[[nodiscard]] std::vector<std::string_view> rule_ids();

// The tables of the families.
[[nodiscard]] std::span<const rule> general_rules();
[[nodiscard]] std::span<const rule> dockerfile_rules();
[[nodiscard]] std::span<const rule> shell_rules();
[[nodiscard]] std::span<const rule> kubernetes_rules();
[[nodiscard]] std::span<const rule> compose_rules();
[[nodiscard]] std::span<const rule> unit_rules();
[[nodiscard]] std::span<const rule> configuration_rules();
[[nodiscard]] std::span<const rule> chain_rules();
[[nodiscard]] std::span<const rule> process_rules();

}  // namespace lastcall::lint
