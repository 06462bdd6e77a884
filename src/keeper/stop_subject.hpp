// One process as the rules of core/stop_cause see it, with the memory that the text of
// the facts is in.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

#include "core/stop_cause.hpp"
#include "sys/process/process_facts.hpp"
#include "sys/socket/socket_table.hpp"

namespace lastcall::keeper {

/// What is asked about a process, besides its id.
struct subject_question {
    int stop_signal = 0;
    std::string_view stop_signal_name;  ///< "SIGTERM"
    int keeper = 0;                     ///< the process that reaps: us
    std::chrono::nanoseconds until{0};  ///< on the monotonic clock; for the sockets
    std::span<const int> children{};    ///< of the process
    std::size_t child_count = 0;        ///< there may be more than were named
};

/// Large: about 8 KiB.
class stop_subject {
public:
    static constexpr std::size_t sockets_at_most = 16;

    stop_subject() noexcept = default;
    stop_subject(const stop_subject&) = delete;
    stop_subject& operator=(const stop_subject&) = delete;

    /// Reads everything about one process.
    /// Returns: false when it is gone.
    bool read(int pid, const subject_question& question) noexcept;

    [[nodiscard]] const sys::process_facts& process() const noexcept { return process_; }
    [[nodiscard]] const sys::socket_counts& sockets() const noexcept { return counts_; }
    [[nodiscard]] std::span<const sys::socket_line> socket_lines() const noexcept {
        return std::span(lines_).first(counts_.lines);
    }
    /// The text in it lives as long as the next read().
    [[nodiscard]] core::stop_facts& facts() noexcept { return facts_; }

private:
    void read_signals(const subject_question& question) noexcept;
    void read_parent(const subject_question& question) noexcept;
    void read_children(const subject_question& question) noexcept;

    sys::process_facts process_;
    sys::process_facts other_;  // the child that is looked at
    sys::short_text<512> parent_command_;
    sys::short_text<512> tracer_name_;
    sys::short_text<64> program_;
    sys::socket_counts counts_;
    std::array<sys::socket_line, sockets_at_most> lines_;
    core::stop_facts facts_;
};

/// The file a process runs, without its folder and " (deleted)"; its name where that can
/// not be read.
[[nodiscard]] std::string_view program_of(const sys::process_facts& process) noexcept;

}  // namespace lastcall::keeper
