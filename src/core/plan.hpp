// The order of a stop: which component uses which, and how the deadline is divided
// along the longest path.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <lastcall/duration.hpp>

namespace lastcall::core {

using duration = std::chrono::steady_clock::duration;
using time_point = std::chrono::steady_clock::time_point;

enum class step_kind : unsigned char { drain, close };

struct step_spec {
    bool present = false;
    duration minimum{0};
    double weight = 1.0;
};

/// A component as it was added.
struct part_spec {
    std::string name;
    bool uses_given = false;  ///< false: uses everything added before it
    std::vector<std::string> uses;
    bool last = false;
    step_spec drain;
    step_spec close;
};

/// A component in the graph; indices are positions in `plan::parts`.
struct part {
    std::string name;
    std::vector<std::size_t> uses;
    std::vector<std::size_t> users;
    step_spec drain;
    step_spec close;
};

/// What lies on the longest path that begins with a step, the step included.
struct path {
    double weight = 0;
    duration minimum{0};
};

class plan {
public:
    /// Resolves names, adds the implied edges, and orders the graph.
    ///
    /// Errors: std::invalid_argument: an unknown name (with the known ones), or a cycle
    ///         (with its chain).
    explicit plan(const std::vector<part_spec>& specs);

    [[nodiscard]] const std::vector<part>& parts() const noexcept { return parts_; }
    [[nodiscard]] const step_spec& step(std::size_t part, step_kind kind) const noexcept;
    [[nodiscard]] path path_from(std::size_t part, step_kind kind) const noexcept;

    /// The minimums on the longest path of the whole stop.
    [[nodiscard]] duration minimum() const noexcept { return whole_.minimum; }

    /// "http 10s + db 5s": the steps on the path with the largest sum of minimums.
    [[nodiscard]] std::string explain_minimum() const;

    /// The share of a step that starts with `left` until everything must have ended:
    /// its minimum, and by weight a part of what all minimums on its path leave.
    [[nodiscard]] duration share(std::size_t part, step_kind kind, duration left) const noexcept;

private:
    void link(std::size_t user, std::size_t used);
    void resolve_names(const std::vector<part_spec>& specs);
    void add_implied_edges(const std::vector<part_spec>& specs);
    void order();
    void measure_paths();

    std::vector<part> parts_;
    std::vector<std::size_t> used_first_;  ///< every part after all that it uses
    std::vector<path> drain_paths_;
    std::vector<path> close_paths_;
    path whole_;
};

/// Refuses minimums that cannot fit.
///
/// Errors: std::invalid_argument with every number that went into it.
void check_budget(const plan& of, duration deadline, duration lame_duck, duration force_window,
                  const std::string& deadline_origin);

}  // namespace lastcall::core
