// One process as the rules of core/stop_cause see it, with the memory that the text of
// the facts is in. The keeper reads it while the time runs out, so: no heap, no exceptions.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

#include "core/stop_cause.hpp"
#include "sys/process/process_facts.hpp"
#include "sys/process/process_table.hpp"
#include "sys/socket/socket_table.hpp"

namespace lastcall::doctor {

/// What is asked about a process, besides its id.
struct stop_question {
    int stop_signal = 0;
    std::string_view stop_signal_name;  ///< "SIGTERM"
    int reaper = 0;                     ///< who asks and reaps whatever ends; 0: who asks does not
    std::chrono::nanoseconds until{0};  ///< on the monotonic clock; for the sockets
    std::span<const int> children{};    ///< of the process
    std::size_t child_count = 0;        ///< there may be more than were named
};

/// Large: about 8 KiB.
class stop_evidence {
public:
    static constexpr std::size_t sockets_at_most = 16;

    stop_evidence() noexcept = default;
    stop_evidence(const stop_evidence&) = delete;
    stop_evidence& operator=(const stop_evidence&) = delete;

    /// Reads everything about one process.
    /// Returns: false when it is gone.
    bool read(int pid, const stop_question& question) noexcept;

    [[nodiscard]] const sys::process_facts& process() const noexcept { return process_; }
    [[nodiscard]] const sys::socket_counts& sockets() const noexcept { return counts_; }
    [[nodiscard]] std::span<const sys::socket_line> socket_lines() const noexcept {
        return std::span(lines_).first(counts_.lines);
    }
    /// The text in it lives as long as the next read().
    [[nodiscard]] core::stop_facts& facts() noexcept { return facts_; }

private:
    void read_signals(const stop_question& question) noexcept;
    void read_parent(const stop_question& question) noexcept;
    void read_children(const stop_question& question) noexcept;

    sys::process_facts process_;
    sys::process_facts other_;  // its parent, then the child that is looked at
    sys::short_text<512> parent_command_;
    sys::short_text<512> tracer_name_;
    sys::short_text<64> program_;
    sys::socket_counts counts_;
    std::array<sys::socket_line, sockets_at_most> lines_;
    core::stop_facts facts_;
};

/// The children of one entry of find_descendants(), as many as there is room for.
/// Returns: how many of `into` are filled.
[[nodiscard]] std::size_t children_of(const sys::process_entry& entry,
                                      std::span<const sys::process_entry> found,
                                      std::span<int> into) noexcept;

/// Whether a shell without job control has started this child with `&`: that lets it ignore the
/// signals of the keyboard. A false answer says nothing: the child may have handlers for them.
[[nodiscard]] bool starts_in_background(const sys::signal_masks& shell,
                                        const sys::signal_masks& child) noexcept;

/// The file a process runs, without its folder and " (deleted)"; its name where that can
/// not be read.
[[nodiscard]] std::string_view program_of(const sys::process_facts& process) noexcept;

}  // namespace lastcall::doctor
