// Whatever a file holds, it is read or refused with a reason. What was read can be judged, and
// its report is JSON.
#include <nlohmann/json.hpp>
#include <sstream>

#include "drill/record/event_log.hpp"
#include "drill/report/reports.hpp"
#include "drill/verdict/suggest.hpp"
#include "drill/verdict/verdict.hpp"
#include "fuzz/target.hpp"

LASTCALL_FUZZ_TARGET(event_log) {
    using namespace lastcall::drill;
    using lastcall::fuzz::must;
    read_run found;
    try {
        std::istringstream lines{std::string(input)};
        found = read_event_log(lines, "log");
    } catch (const event_log_error& e) {
        must(std::string_view(e.what()).starts_with("log:"), "an error names file and line");
        return;
    }
    const auto made = judge(found.run, &found.run);
    must(made.criteria.size() == 19, "every criterion is there");
    must(found.is_whole || found.run.trials.empty() || made.exit_status() != 0 ||
             !found.run.trials.back().is_interrupted,
         "a run that was cut does not pass");
    must(nlohmann::json::accept(to_json(found.run, made)), "the report is JSON");
    must(nlohmann::json::accept(to_sarif(found.run, made, {})), "SARIF is JSON");
    must(!to_markdown(found.run, made).empty(), "there is a summary");
    must(!to_junit(found.run, made).empty(), "there are test cases");
    must(!to_text(suggest(found.run)).empty(), "there are suggestions, or the reason for none");
}
