// From moments to places on a picture. Where for most of the time nothing happens (a process
// that hangs until SIGKILL), that stretch is cut short, and the picture says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "drill/record/run_record.hpp"

namespace lastcall::drill {

class time_scale {
public:
    struct gap {
        std::int64_t begin_ns = 0;
        std::int64_t end_ns = 0;
    };
    struct tick {
        double at = 0;
        std::string text;  ///< "+200 ms"
    };

    /// From `begin_ns` to `end_ns`; what lies outside is put to the edge. `origin_ns` is 0 on
    /// the axis. The longest stretch without an event is cut short when it is most of it.
    time_scale(std::int64_t begin_ns, std::int64_t end_ns, std::int64_t origin_ns,
               std::vector<std::int64_t> events = {});

    /// From 0 to 1.
    [[nodiscard]] double at(std::int64_t ns) const noexcept;
    [[nodiscard]] const std::optional<gap>& left_out() const noexcept { return gap_; }
    [[nodiscard]] std::vector<tick> ticks() const;
    [[nodiscard]] std::int64_t begin_ns() const noexcept { return begin_; }
    [[nodiscard]] std::int64_t end_ns() const noexcept { return end_; }
    [[nodiscard]] std::int64_t origin_ns() const noexcept { return origin_; }

private:
    [[nodiscard]] std::int64_t shown_ns() const noexcept;

    std::int64_t begin_, end_, origin_;
    std::optional<gap> gap_;
};

/// Some time before the decision to stop, until the last thing that happened.
[[nodiscard]] time_scale scale_of(const trial_record& trial);

/// The same around the signal only, where that is a small part of the other; unset where it
/// is not.
[[nodiscard]] std::optional<time_scale> close_up_of(const trial_record& trial);

}  // namespace lastcall::drill
