// What a run comes to in a word and a sentence, and which of its trials to look at first.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drill/record/run_record.hpp"
#include "drill/verdict/verdict.hpp"

namespace lastcall::drill {

/// "PASS", "FAIL", "INCONCLUSIVE".
[[nodiscard]] std::string_view verdict_word(const verdict& made) noexcept;

/// "0 of 1,204 requests at risk were lost (95 %: below 0.25 %); exit 412 ms after SIGTERM,
/// grace 30 s"
[[nodiscard]] std::string headline(const run_record& run, const verdict& made);

/// "exit 0", "ended by signal 11", "SIGKILL by the drill", "still runs", "not known"
[[nodiscard]] std::string exit_text(const trial_record& trial);

struct counted_trial {
    const trial_record* trial = nullptr;
    tally counts;
};

/// The one that lost most first; among equals the one that had to be killed, then the one
/// that ended last.
[[nodiscard]] std::vector<counted_trial> worst_first(const run_record& run);

/// How long after the signal it came; unset when one of the two did not.
[[nodiscard]] std::optional<std::int64_t> after_signal(const trial_record& trial, mark which);

}  // namespace lastcall::drill
