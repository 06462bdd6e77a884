// A run as a few numbers, for comparing.
#pragma once

#include "drill/verdict/compare.hpp"
#include "drill/verdict/criteria.hpp"

namespace lastcall::drill {

/// `file` is empty. The overall standing of a run that is still being judged is `pass`.
[[nodiscard]] run_summary summarise(const judged_run& of);
[[nodiscard]] run_summary summarise(const run_record& run, const verdict& made);

/// Milliseconds from the due moment to the last byte of every answered request that was over
/// when the stop began; sorted.
[[nodiscard]] std::vector<double> latencies_before(const judged_run& of);

/// Medians over the trials, in milliseconds since the stop began or the service was told; 0
/// when it never came.
[[nodiscard]] double median_exit_ms(const judged_run& of);
[[nodiscard]] double median_last_response_ms(const judged_run& of);

}  // namespace lastcall::drill
