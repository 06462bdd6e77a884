// The commands of `lastcall`: a table, and one file for each.
#pragma once

#include <span>
#include <string_view>

namespace lastcall::cli {

/// What a command may return; its help says what that means there.
inline constexpr int status_ok = 0;
inline constexpr int status_failed = 1;  ///< it could not be done
inline constexpr int status_usage = 2;
inline constexpr int status_found = 3;         ///< losses, a broken criterion, findings
inline constexpr int status_inconclusive = 4;  ///< too little was seen
inline constexpr int status_internal = 70;     ///< a defect of lastcall

struct command {
    std::string_view name;
    std::string_view summary;  ///< empty: not listed
    /// `arguments`  without the name of the command
    /// Returns: an exit status. Errors: any exception is an internal error.
    int (*run)(std::span<char* const> arguments);
};

int run_up_command(std::span<char* const> arguments);
int run_apply_command(std::span<char* const> arguments);
int run_deploy_command(std::span<char* const> arguments);
int run_approve_command(std::span<char* const> arguments);
int run_reject_command(std::span<char* const> arguments);
int run_rollback_command(std::span<char* const> arguments);
int run_restart_command(std::span<char* const> arguments);
int run_start_command(std::span<char* const> arguments);
int run_stop_command(std::span<char* const> arguments);
int run_status_command(std::span<char* const> arguments);
int run_logs_command(std::span<char* const> arguments);
int run_history_command(std::span<char* const> arguments);
int run_why_command(std::span<char* const> arguments);
int run_events_command(std::span<char* const> arguments);
int run_upgrade_command(std::span<char* const> arguments);
int run_verify_journal_command(std::span<char* const> arguments);
int run_agent_command(std::span<char* const> arguments);
int run_check_command(std::span<char* const> arguments);
int run_doctor_command(std::span<char* const> arguments);
int run_lint_command(std::span<char* const> arguments);
int run_explain_command(std::span<char* const> arguments);
int run_drill_command(std::span<char* const> arguments);
int run_drill_judge(std::span<char* const> arguments);
int run_drill_compare(std::span<char* const> arguments);
int run_token(std::span<char* const> arguments);

}  // namespace lastcall::cli
