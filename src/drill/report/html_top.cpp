#include <algorithm>
#include <set>

#include "drill/report/figures.hpp"
#include "drill/report/html_parts.hpp"
#include "drill/report/markup.hpp"

namespace lastcall::drill {
namespace {

constexpr std::size_t most_failures = 6;

struct symbol {
    std::string_view css, path;
};

symbol symbol_of(standing how) {
    switch (how) {
        case standing::pass:
            return {"s-pass", "M4 8.5l3 3 5.5-6.5"};
        case standing::warn:
            return {"s-warn", "M8 3.5v6m0 2.4v1.2"};
        case standing::fail:
            return {"s-fail", "M4.5 4.5l7 7m0-7l-7 7"};
        case standing::inconclusive:
            return {"s-open", "M5.6 6.2a2.4 2.4 0 1 1 3.4 2.2c-.7.3-1 .8-1 1.6m0 2v1"};
        case standing::not_asked:
            break;
    }
    return {"s-none", "M4.5 8h7"};
}

std::string_view words(standing how) {
    return how == standing::not_asked ? "not asked" : to_string(how);
}

std::string drawn(standing how, int size) {
    const auto made = symbol_of(how);
    const auto pixels = std::to_string(size);
    return "<svg class=\"symbol " + std::string(made.css) + "\" width=\"" + pixels +
           "\" height=\"" + pixels +
           "\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><circle cx=\"8\" cy=\"8\" r=\"7.5\"/>"
           "<path d=\"" +
           std::string(made.path) + "\"/></svg>";
}

std::string_view tone(const verdict& made) {
    const auto word = verdict_word(made);
    return word == "PASS" ? "is-pass" : word == "FAIL" ? "is-fail" : "is-open";
}

std::string warnings(const verdict& made) {
    const auto number = static_cast<std::uint64_t>(
        std::ranges::count(made.criteria, standing::warn, &criterion::how));
    return number == 0 ? "" : " <small>with " + counted(number, "warning") + "</small>";
}

std::string because(const verdict& made) {
    std::string items;
    std::set<std::string_view> fixes;  // one is said once
    std::size_t number = 0;
    for (const auto& one : made.criteria) {
        if (one.how != standing::fail || ++number > most_failures) {
            continue;
        }
        items += "<li><b>" + escaped(one.id) + " " + escaped(one.title) + ":</b> " +
                 escaped(one.measured);
        if (!one.fix.empty() && fixes.insert(one.fix).second) {
            items += " <span class=\"fix\">→ " + escaped(one.fix) + "</span>";
        }
        items += "</li>\n";
    }
    if (number > most_failures) {
        items += "<li>and " + thousands(number - most_failures) + " more, below</li>\n";
    }
    for (const auto& why : made.inconclusive_because) {
        items += "<li>" + escaped(why) + "</li>\n";
    }
    return items.empty() ? "" : "<ul class=\"because\">\n" + items + "</ul>\n";
}

std::string tile(std::string_view name, const std::string& number, const std::string& more = {}) {
    return "<div><dt>" + escaped(name) + "</dt><dd>" + escaped(number) +
           (more.empty() ? "" : " <small>" + escaped(more) + "</small>") + "</dd></div>\n";
}

std::string tiles(const run_record& run, const verdict& made,
                  const std::vector<counted_trial>& trials) {
    const auto& totals = made.totals;
    auto text = "<dl class=\"tiles\">\n" +
                tile("lost", thousands(totals.lost_at_risk),
                     "of " + thousands(totals.at_risk) + " at risk") +
                tile(std::string("in flight at ") + run.moment(),
                     thousands(totals.all.of(timing::in_flight)));
    if (trials.empty()) {
        return text + "</dl>\n";
    }
    const auto& worst = *trials.front().trial;
    const auto milestone = [&](std::string_view name, mark which, const std::string& more) {
        if (const auto took = after_signal(worst, which)) {
            text += tile(name, length_text(*took), more);
        }
    };
    milestone("not ready after", mark::not_ready, "");
    milestone("listener closed after", mark::listener_closed, "");
    milestone("last response after", mark::last_response, "");
    milestone("exit after", mark::exited, exit_text(worst));
    if (run.trials.size() > 1) {
        text += tile("trials", thousands(run.trials.size()), "figures of the worst one");
    }
    return text + "</dl>\n";
}

}  // namespace

std::string html_standing(standing how) { return drawn(how, 16) + " " + std::string(words(how)); }

std::string html_top(const run_record& run, const verdict& made,
                     const std::vector<counted_trial>& trials) {
    const auto shown = verdict_word(made) == "PASS"   ? standing::pass
                       : verdict_word(made) == "FAIL" ? standing::fail
                                                      : standing::inconclusive;
    auto text = "<header class=\"top " + std::string(tone(made)) + "\">\n<p class=\"what\">" +
                escaped(run.subject) + " <span>· sequence " + escaped(run.sequence) +
                " · load on " + escaped(run.url) + "</span></p>\n<h1>" + drawn(shown, 44) + " " +
                std::string(verdict_word(made)) + warnings(made) + "</h1>\n<p class=\"sentence\">" +
                escaped(headline(run, made)) + ".</p>\n";
    if (std::ranges::any_of(run.trials, &trial_record::is_interrupted)) {
        text +=
            "<p class=\"sentence\">The run was interrupted: this is what was seen so far.</p>\n";
    }
    return text + because(made) + tiles(run, made, trials) + "</header>\n";
}

std::string html_legend(const tally& counts) {
    struct entry {
        ruling how;
        std::string_view words;
    };
    constexpr entry entries[] = {
        {ruling::fine, "served, or told in time"},
        {ruling::legal, "not served, as HTTP allows"},
        {ruling::expected, "turned away when nobody should have asked"},
        {ruling::lost, "lost"},
        {ruling::ambiguous, "lost or legal, not known which"},
        {ruling::ours, "ended by the drill"},
    };
    std::string text = "<ul class=\"legend\">\n";
    for (const auto& [how, words] : entries) {
        const auto number = counts.rulings[static_cast<std::size_t>(how)];
        const auto name = std::string(to_string(how));
        if (number == 0 && how != ruling::lost) {
            continue;
        }
        text += "<li><svg width=\"26\" height=\"12\" aria-hidden=\"true\"><path class=\"bar " +
                name + "\" stroke-width=\"4\" d=\"M0 6h20\"/>";
        if (how != ruling::fine && how != ruling::ours) {
            text += "<use href=\"#m-" + name + "\" x=\"20\" y=\"6\"/>";
        }
        text += "</svg><b>" + thousands(number) + "</b> " + escaped(words) + "</li>\n";
    }
    return text + "</ul>\n";
}

}  // namespace lastcall::drill
