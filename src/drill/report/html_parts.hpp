// The sections of the page, from top to bottom. Each is pure; an empty text means that there
// is nothing to show.
#pragma once

#include <string>
#include <vector>

#include "drill/record/run_record.hpp"
#include "drill/report/headline.hpp"
#include "drill/verdict/verdict.hpp"

namespace lastcall::drill {

/// The style sheet: light and dark, narrow and wide, print.
[[nodiscard]] std::string page_style();

/// The verdict's word, a sentence, what failed, and some figures.
[[nodiscard]] std::string html_top(const run_record& run, const verdict& made,
                                   const std::vector<counted_trial>& trials);

/// What the colours and marks of the timeline mean, with their numbers.
[[nodiscard]] std::string html_legend(const tally& counts);

/// V01 to V19.
[[nodiscard]] std::string html_criteria(const verdict& made);

/// Cells against outcomes.
[[nodiscard]] std::string html_coverage(const verdict& made);

/// Lanes against outcomes, before the signal, in flight and after.
[[nodiscard]] std::string html_outcomes(const run_record& run, const verdict& made);

/// From the intended time, before the signal and around it.
[[nodiscard]] std::string html_latency(const run_record& run);

/// All trials as a table; empty for one.
[[nodiscard]] std::string html_trials(const run_record& run,
                                      const std::vector<counted_trial>& trials);

/// Exit, leftovers, ledger, explanations and steps of one trial.
[[nodiscard]] std::string html_ending(const trial_record& trial);

/// The generator's own health, and what was asked of the run.
[[nodiscard]] std::string html_settings(const run_record& run,
                                        const std::vector<counted_trial>& trials);

/// "<svg>" with the symbol of a standing, and its name.
[[nodiscard]] std::string html_standing(standing how);

}  // namespace lastcall::drill
