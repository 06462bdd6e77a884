// Why processes are still there: one look at each, in the words of the doctor.
#pragma once

#include <vector>

#include "drill/record/run_record.hpp"
#include "drill/sequence/sequence.hpp"

namespace lastcall::drill {

/// `main_pid`  who was sent the signal; `to_all`: everybody was
/// Returns: one for each of `pids` that is there, with the time of the look, the first 40 of
///          them. Blocks: for some milliseconds, a quarter of a second at most.
[[nodiscard]] std::vector<explanation> explain(const std::vector<int>& pids, int main_pid,
                                               int signal, bool to_all = false);

/// When to look: at 50, 75 and 95 % of what is left of the grace when it was struck.
/// Empty where the process is to go on, has no grace, or has no limit.
[[nodiscard]] std::vector<moment> moments_to_explain(const sequence_plan& plan, moment struck,
                                                     moment deleted);

}  // namespace lastcall::drill
