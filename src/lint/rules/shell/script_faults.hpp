// What is wrong with a shell script when it comes to stopping: the rules S01 to S24, as values, for
// a script that is linted itself and for one that an image or a unit starts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lint/engine/finding.hpp"
#include "lint/shell/execution.hpp"
#include "lint/shell/run_limit.hpp"

namespace lastcall::lint {

struct script_fault {
    std::string_view rule;  ///< "S01"
    shell::stretch where;
    std::string what;  ///< one sentence without a full stop
    std::string fix;   ///< empty: what the rule says
    confidence sure = confidence::likely;
    std::string insert;  ///< what put at its begin would mend it; empty: nothing so simple
    const shell::run_limit* limit = nullptr;  ///< of S20: what is around the script, and decides
};

struct script_case {
    const shell::script& script;
    const shell::execution& run;
    /// It is what a container or a unit starts, so that the stop signal comes to its shell.
    bool is_entrypoint = false;
    /// An init in front of it passes the signal on to all that is below it.
    bool has_group_init = false;
    /// A file of its own: what it leaves to a unit is held against that unit's limit (the chain).
    bool is_file = false;
    /// What gives all of it up; null: nothing does, or nothing is known of it.
    const shell::run_limit* limit = nullptr;
};

/// What is wrong with one command.
void add_fault(std::vector<script_fault>& into, std::string_view rule, const shell::step& at,
               std::string what, std::string fix = {}, confidence sure = confidence::likely);

/// In the order of the rules, each place once.
[[nodiscard]] std::vector<script_fault> faults_of(const script_case& given);

/// Only S20: of the step of a workflow, which builds and tests as well as it stops something.
[[nodiscard]] std::vector<script_fault> limit_faults_of(const script_case& given);

// A rule or some that belong together; each adds what it finds.
using script_rule = void (*)(const script_case& given, std::vector<script_fault>& into);

void find_shell_in_front(const script_case& given, std::vector<script_fault>& into);
void find_background_ends(const script_case& given, std::vector<script_fault>& into);
void find_untold_servers(const script_case& given, std::vector<script_fault>& into);
void find_restart_loops(const script_case& given, std::vector<script_fault>& into);
void find_wrong_traps(const script_case& given, std::vector<script_fault>& into);
void find_hasty_handlers(const script_case& given, std::vector<script_fault>& into);
void find_inherited_ignores(const script_case& given, std::vector<script_fault>& into);
void find_kills(const script_case& given, std::vector<script_fault>& into);
void find_platform_kills(const script_case& given, std::vector<script_fault>& into);
void find_short_limits(const script_case& given, std::vector<script_fault>& into);
void find_short_cluster_limits(const script_case& given, std::vector<script_fault>& into);
void find_unwaited_stops(const script_case& given, std::vector<script_fault>& into);
void find_changed_files(const script_case& given, std::vector<script_fault>& into);

}  // namespace lastcall::lint
