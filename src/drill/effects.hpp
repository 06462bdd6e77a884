// The ledger of effects: what was asked for, what was acknowledged, what is there.
#pragma once

#include <string>
#include <string_view>

#include "drill/record/run_record.hpp"

namespace lastcall::drill {

/// A prefix for this trial's effects that no other run has used: letters and digits, and
/// "-" at its end. A number follows it.
[[nodiscard]] std::string effect_prefix(std::int64_t wall_clock_ns, int pid, std::uint32_t trial);

/// `listing`  any text in which every effect that was done stands as prefix and number
[[nodiscard]] effect_ledger account(const std::vector<exchange>& exchanges,
                                    std::string_view listing, std::string_view prefix);

}  // namespace lastcall::drill
