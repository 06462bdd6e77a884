// The block report: before SIGKILL, who is left, what each of them does, and why.
//
// It is written while the time runs out. It has a deadline of its own, looks at the most
// important first, and says what it left out.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

#include "core/fixed_text.hpp"
#include "core/stop_cause.hpp"
#include "init/line_writer.hpp"

namespace lastcall::init {

/// Who has been sent the stop signal so far.
enum class signalled : std::uint8_t { main, group, tree };

/// What a process says about itself: asked over the status socket of the library.
struct status_asker {
    /// Appends lines, separated by '\n'. Returns by `until` (monotonic clock).
    /// Returns: false when the process does not answer, or speaks no such protocol.
    bool (*ask)(void* context, int pid, std::chrono::nanoseconds until,
                core::text_sink& answer) noexcept = nullptr;
    void* context = nullptr;
};

struct block_report_request {
    int root = 0;      ///< everything below it: the keeper's own id
    int main_pid = 0;  ///< 0: it is gone
    int stop_signal = 15;
    std::string_view stop_signal_name = "SIGTERM";
    signalled who = signalled::main;
    std::chrono::nanoseconds deadline{0};  ///< on the monotonic clock
    status_asker status{};
    std::size_t processes_at_most = 40;  ///< that are described; the others are counted
};

/// One process of the report, for programs.
struct blocked_process {
    int pid = 0;
    core::stop_cause cause;
    core::fixed_text<160> command;
    core::fixed_text<320> why;  ///< rule, cause and fix: core::write_diagnosis
};

struct block_report_result {
    std::size_t processes = 0;  ///< that are left
    std::size_t described = 0;
    std::size_t listed = 0;    ///< entries of `into` that are filled
    bool is_complete = false;  ///< nothing was left out
};

/// Writes the report, each line with "lastcall-init: " in front.
/// Threads: any. Blocks: until the deadline at the latest, but for the one process that is
/// being read. Memory: 16 KiB of stack, and pages that are given back.
block_report_result write_block_report(const block_report_request& request,
                                       const line_writer& writer,
                                       std::span<blocked_process> into = {}) noexcept;

}  // namespace lastcall::init
