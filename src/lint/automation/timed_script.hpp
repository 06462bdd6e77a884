// The scripts that the steps of a workflow, a pipeline or a playbook run, each with the time after
// which it is given up.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
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

/// Those of one file. Bounded: with aliases a short file is as long as it wants to be.
class script_list {
public:
    /// One more item is looked at. Returns: false behind the limit.
    [[nodiscard]] bool next() noexcept { return seen_++ < most_items; }
    [[nodiscard]] bool has_room(const mapped_text& more) const noexcept {
        return bytes_ + more.size() < most_bytes;
    }
    void add(timed_script one);

    [[nodiscard]] std::vector<timed_script> take() && { return std::move(all_); }

private:
    static constexpr std::size_t most_items = 100'000;
    static constexpr std::size_t most_bytes = 4'000'000;

    std::vector<timed_script> all_;
    std::size_t seen_ = 0;
    std::size_t bytes_ = 0;
};

/// Lifetime: of the views in `limit`, the program's.
[[nodiscard]] std::vector<timed_script> timed_scripts(automation_kind kind, const yaml_file& file);

// Of one document each, in the order of its steps.
void read_workflow(const yaml_ref& root, script_list& into);
void read_pipeline(const yaml_ref& root, script_list& into);
void read_playbook(const yaml_ref& root, script_list& into);

/// The one that comes first.
[[nodiscard]] std::optional<shell::run_limit> first_of(
    const std::optional<shell::run_limit>& one, const std::optional<shell::run_limit>& other);

}  // namespace lastcall::lint
