// Whom the platform signals, and the way from there to who does the work.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "doctor/look/look.hpp"
#include "sys/process/process_list.hpp"
#include "sys/socket/inet_diag.hpp"

namespace lastcall::doctor {

/// All processes, by their ids.
class process_index {
public:
    explicit process_index(std::vector<sys::listed_process> all);

    [[nodiscard]] const sys::listed_process* find(int pid) const;
    [[nodiscard]] const std::vector<sys::listed_process>& all() const noexcept { return all_; }
    /// `pid` is `top`, or descends from it.
    [[nodiscard]] bool is_below(int pid, int top) const;
    /// With `root` in front; parents before their children.
    [[nodiscard]] std::vector<int> tree_of(int root, std::size_t at_most) const;

private:
    std::vector<sys::listed_process> all_;
    std::multimap<int, int> children_;
};

/// The process that has a socket which listens at this port: of several the one that the others
/// descend from. Errors: look_error: nobody listens, or it may not be seen who.
[[nodiscard]] int owner_of_port(const process_index& all, std::uint16_t port);

/// Whoever has to be signalled so that `pid` ends, as far as that can be told: the first process of
/// its container, or the shell or launcher that was put in front of it.
[[nodiscard]] int entry_above(const process_index& all, int pid);

/// From `entry` to the nearest process below it that listens; where none does, through what only
/// starts others.
[[nodiscard]] std::vector<int> route_from(const process_index& all, int entry);

}  // namespace lastcall::doctor
