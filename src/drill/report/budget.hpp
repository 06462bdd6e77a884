// Where the time of a stop went, from the platform's decision to the end of the grace.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "drill/record/run_record.hpp"

namespace lastcall::drill {

struct budget_phase {
    enum class kind : std::uint8_t {
        pre_stop,   ///< the hook, before the signal
        waiting,    ///< between the delete and the signal, without a hook
        lame_duck,  ///< after the signal, still accepting
        drain,      ///< no longer accepting, answering what is here
        close,      ///< the last answer is out, connections are open
        exit,       ///< no connection left, the process is
        unused,     ///< of the grace
        event,      ///< a reload, a deploy: its command runs
        after,      ///< and then: serving goes on
    };
    kind what = kind::drain;
    std::int64_t begin_ns = 0;
    std::int64_t end_ns = 0;

    [[nodiscard]] std::int64_t length_ns() const noexcept { return end_ns - begin_ns; }
};

inline constexpr std::size_t budget_phase_count = 9;

[[nodiscard]] std::string_view to_string(budget_phase::kind value) noexcept;
/// For people: "lame duck: still accepting".
[[nodiscard]] std::string_view describe(budget_phase::kind value) noexcept;

struct budget {
    std::int64_t begin_ns = 0;         ///< the delete, or the signal
    std::int64_t grace_end_ns = 0;     ///< 0: the stop has no grace (a reload)
    std::int64_t used_end_ns = 0;      ///< the exit, or the last thing that was seen
    std::vector<budget_phase> phases;  ///< without gaps; none is empty

    [[nodiscard]] std::int64_t used_ns() const noexcept { return used_end_ns - begin_ns; }
    [[nodiscard]] std::int64_t end_ns() const noexcept {
        return grace_end_ns > used_end_ns ? grace_end_ns : used_end_ns;
    }
};

/// Empty phases when there was no signal.
[[nodiscard]] budget budget_of(const trial_record& trial, const expectations& expected);

}  // namespace lastcall::drill
