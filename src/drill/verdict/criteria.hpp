// The criteria, each a pure function of the run. One file for each idea:
//   criteria_exit      V01 V02 V03 V16   how the process ended
//   criteria_losses    V04 V05 V06 V07   what its clients lost
//   criteria_drain     V08 V09 V10       how traffic was led away
//   criteria_closing   V11 V12 V13       how connections were ended
//   criteria_after     V14 V15 V17       what is there afterwards
//   criteria_runs      V18 V19           trials and runs side by side
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "drill/verdict/stop_view.hpp"
#include "drill/verdict/verdict.hpp"

namespace lastcall::drill {

/// All that a criterion may look at.
struct judged_run {
    const run_record& run;
    std::vector<stop_view> stops;
    const run_record* baseline = nullptr;
    std::span<const criterion> earlier;  ///< what the criteria before this one said
};

/// What a criterion finds; id and title are in the table.
struct finding {
    standing how = standing::not_asked;
    std::string measured;
    std::string why;
    std::string fix;
};

struct criterion_rule {
    const char* id;
    const char* title;
    finding (*judge)(const judged_run&);
    bool of_a_stop;       ///< asked only when the service is to end, or
    bool of_an_exit;      ///< when it ended although it was to go on
    bool of_address;      ///< looks at the address, which a successor goes on serving
    bool of_control_run;  ///< asked, as a warning, when it is a crash on purpose
};

[[nodiscard]] std::span<const criterion_rule> criterion_rules() noexcept;
[[nodiscard]] bool is_asked(const criterion_rule& rule, const judged_run& of);

finding exits_in_time(const judged_run& of);
finding needs_no_kill(const judged_run& of);
finding exits_as_expected(const judged_run& of);
finding loses_nothing_in_flight(const judged_run& of);
finding loses_no_new_connection(const judged_run& of);
finding cuts_no_response(const judged_run& of);
finding hangs_nothing(const judged_run& of);
finding turns_not_ready(const judged_run& of);
finding is_lame_duck_long_enough(const judged_run& of);
finding closes_listener_first(const judged_run& of);
finding announces_close(const judged_run& of);
finding closes_idle(const judged_run& of);
finding ends_sessions(const judged_run& of);
finding leaves_nothing(const judged_run& of);
finding keeps_effects(const judged_run& of);
finding takes_second_signal(const judged_run& of);
finding frees_the_port(const judged_run& of);
finding repeats(const judged_run& of);
finding is_no_worse(const judged_run& of);

// ---- what they share ----

[[nodiscard]] inline finding not_asked(std::string why) {
    return {standing::not_asked, "", std::move(why), ""};
}
[[nodiscard]] inline finding passed(std::string measured) {
    return {standing::pass, std::move(measured), "", ""};
}

/// "600 ms", or "580 ms to 720 ms in 5 trials".
[[nodiscard]] std::string range_text(const std::vector<std::int64_t>& durations);

/// Whether no stop lost more than it may.
[[nodiscard]] bool losses_are_allowed(const judged_run& of);

/// What a look at the late processes said: why and fix, empty when nobody looked.
[[nodiscard]] std::pair<std::string, std::string> explained(const judged_run& of);

/// The number of interrupted trials.
[[nodiscard]] std::uint64_t interrupted(const judged_run& of);

/// The reasons for which nothing can be said, whatever the criteria say.
[[nodiscard]] std::vector<std::string> doubts(const judged_run& of,
                                              const std::vector<cell_result>& cells);

[[nodiscard]] std::vector<cell_result> cells_of(const judged_run& of);

}  // namespace lastcall::drill
