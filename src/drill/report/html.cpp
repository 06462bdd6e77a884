#include "drill/report/figures.hpp"
#include "drill/report/html_parts.hpp"
#include "drill/report/markup.hpp"
#include "drill/report/reports.hpp"
#include "drill/report/svg_timeline.hpp"

namespace lastcall::drill {
namespace {

constexpr std::size_t most_timelines = 10;
constexpr lane_limits further_limits{24, 400, 5'000, 100};

std::string head(const run_record& run, const verdict& made) {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           // Nothing is loaded and nothing runs, whatever a name in the run may say.
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
           "style-src 'unsafe-inline'\">\n"
           "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
           std::string(verdict_word(made)) + " · " + escaped(run.subject) +
           " · lastcall drill</title>\n<style>\n" + page_style() + "</style>\n</head>\n<body>\n";
}

std::string section(std::string_view id, std::string_view title, const std::string& content) {
    if (content.empty()) {
        return {};
    }
    const auto name = std::string(id);
    return "<section aria-labelledby=\"" + name + "\">\n<h2 id=\"" + name + "\">" + escaped(title) +
           "</h2>\n" + content + "</section>\n";
}

std::string timeline(const run_record& run, const counted_trial& one, const lane_limits& limits) {
    const auto& trial = *one.trial;
    const auto id = "timeline-" + std::to_string(trial.number);
    const auto draw = [&](const time_scale& scale, const std::string& name) {
        return "<div class=\"scroll\">" +
               svg_timeline(trial, run.expected, scale, name, run.told_by(), limits) + "</div>\n";
    };
    auto text = draw(scale_of(trial), id) + html_legend(one.counts);
    if (const auto closer = close_up_of(trial)) {
        text += "<h3>Around the signal, enlarged</h3>\n" + draw(*closer, id + "-closer");
    }
    return text;
}

std::string of_trial(std::string_view what, const run_record& run, const trial_record& trial) {
    return run.trials.size() < 2
               ? std::string(what)
               : std::string(what) + " of the worst trial, number " + std::to_string(trial.number);
}

std::string further_trials(const run_record& run, const std::vector<counted_trial>& trials) {
    std::string made;
    for (std::size_t i = 1; i < trials.size() && i < most_timelines; ++i) {
        const auto& trial = *trials[i].trial;
        made += "<details><summary>Trial " + std::to_string(trial.number) + ": " +
                thousands(trials[i].counts.lost) + " lost, " + escaped(exit_text(trial)) +
                "</summary>\n" + timeline(run, trials[i], further_limits) +
                svg_budget(trial, run.expected) + html_ending(trial) + "</details>\n";
    }
    if (trials.size() > most_timelines) {
        made += "<p class=\"note\">" + thousands(trials.size() - most_timelines) +
                " further trials, which were no worse, are in the table only.</p>\n";
    }
    return made;
}

}  // namespace

std::string to_html(const run_record& run, const verdict& made) {
    const auto trials = worst_first(run);
    auto page = head(run, made) + picture_definitions() + "<main>\n" + html_top(run, made, trials);
    if (!trials.empty()) {
        const auto& worst = *trials.front().trial;
        page += section("budget", of_trial("Where the time went", run, worst),
                        svg_budget(worst, run.expected));
        page += section("timeline", of_trial("Timeline", run, worst),
                        timeline(run, trials.front(), {}));
        page += section("ending", of_trial("The end", run, worst), html_ending(worst));
    }
    page += section("criteria", "Criteria", html_criteria(made));
    page += section("trials", "Trials", html_trials(run, trials) + further_trials(run, trials));
    page += section("coverage", std::string("Where connections were at ") + run.moment(),
                    html_coverage(made));
    page += section("outcomes", "What became of the requests",
                    html_outcomes(run, made) + html_latency(run));
    page += section("settings", "How it was run", html_settings(run, trials));
    return page + "<footer>lastcall drill</footer>\n</main>\n</body>\n</html>\n";
}

}  // namespace lastcall::drill
