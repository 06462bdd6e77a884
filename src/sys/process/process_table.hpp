// The processes below one process, read from /proc.
//
// A process id says nothing once its process is gone, so an entry carries the start time
// too, and whoever acts on an entry compares it again. Nothing here allocates.
//
// Threads: any; nothing is shared between calls. Blocks: never, beyond reading /proc.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace lastcall::sys {

/// One process, as /proc/PID/stat has it.
struct process_entry {
    int pid = 0;
    int ppid = 0;
    int pgid = 0;
    int sid = 0;
    std::uint32_t threads = 0;
    char state = '?';              ///< R S D Z T t X I, as in proc(5)
    bool is_exiting = false;       ///< PF_EXITING: inside exit(2), or past it
    bool is_of_kernel = false;     ///< PF_KTHREAD: it runs no program
    std::uint64_t start_time = 0;  ///< clock ticks since boot; tells a reused id apart

    // Its place in the result of find_descendants().
    std::uint32_t depth = 0;        ///< 0: a child of the root
    std::uint32_t parent = 0;       ///< index of its parent; its own index at depth 0
    std::uint32_t first_child = 0;  ///< its children stand side by side from here on
    std::uint32_t children = 0;

    /// Gone but for its exit status. A leader that ended before its threads is not.
    [[nodiscard]] bool is_dead() const noexcept {
        return (state == 'Z' && threads <= 1) || state == 'X';
    }
};

/// Reads the text of a stat file. Unset when it is not one.
[[nodiscard]] std::optional<process_entry> parse_process_stat(std::string_view text) noexcept;

[[nodiscard]] std::optional<process_entry> read_process(int pid) noexcept;

struct descendants {
    std::size_t count = 0;
    bool is_cut = false;       ///< there were more than there was room or time for
    bool has_changed = false;  ///< somebody ended during the walk: what it left may be missing
};

/// How the children of a process are found. `children_files` needs CONFIG_PROC_CHILDREN.
enum class walk_by : std::uint8_t { children_files, parent_ids };

/// Every descendant of `root`, without `root`; parents come before their children.
///
/// What starts or ends during the walk may be missing: whoever needs all of them walks
/// until a walk brings nothing new.
///
/// `until`  on the monotonic clock: a walk that is not done by then is cut
[[nodiscard]] descendants find_descendants(
    int root, std::span<process_entry> into,
    std::chrono::nanoseconds until = std::chrono::nanoseconds::max()) noexcept;
[[nodiscard]] descendants find_descendants(
    int root, std::span<process_entry> into, walk_by way,
    std::chrono::nanoseconds until = std::chrono::nanoseconds::max()) noexcept;

/// The entry after `at` when the tree is read from top to bottom, children after their
/// parent; `end` after the last one.
[[nodiscard]] std::size_t next_in_tree(std::span<const process_entry> found,
                                       std::size_t at) noexcept;

}  // namespace lastcall::sys
