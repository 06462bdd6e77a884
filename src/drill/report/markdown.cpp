// The report for a pull request: what failed and what to do first, everything else behind it.
#include <algorithm>
#include <string_view>

#include "core/utf8.hpp"
#include "drill/report/figures.hpp"
#include "drill/report/reports.hpp"
#include "drill/verdict/summary.hpp"
#include "drill/verdict/words.hpp"

namespace lastcall::drill {
namespace {

/// Text that means itself, on one line, in a cell of a table.
std::string plain(std::string_view text) {
    std::string made;
    while (!text.empty()) {
        const char c = text.front();
        const auto length = core::character_length(text);
        const auto one = text.substr(0, std::max<std::size_t>(length, 1));
        if (length == 0) {
            made += "\xEF\xBF\xBD";
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            made += ' ';
        } else if (c == '<') {
            made += "&lt;";
        } else if (c == '&') {
            made += "&amp;";
        } else if (c == '@') {
            made += "&#64;";  // names nobody
        } else {
            if (std::string_view("\\`*_[]|#~").find(c) != std::string_view::npos) {
                made += '\\';
            }
            made += one;
        }
        text.remove_prefix(one.size());
    }
    return made;
}

std::string row(const std::vector<std::string>& cells) {
    std::string made = "|";
    for (const auto& one : cells) {
        made += ' ' + one + " |";
    }
    return made + '\n';
}

std::string head(const run_record& run, const verdict& made) {
    std::string text = "## Drill: " + std::string(to_string(made.overall)) + "\n\n" +
                       plain(run.subject) + ", sequence " + plain(run.sequence) + ", " +
                       plain(run.told_by()) + ", " + counted(run.trials.size(), "trial") + ".\n\n";
    const auto summary = summarise(run, made);
    text += "**" + share_text(summary.lost, summary.at_risk) + " requests at risk lost.**";
    if (summary.exit_ms > 0) {
        text += " Exit after " + duration_text(static_cast<std::int64_t>(summary.exit_ms * 1e6)) +
                " of " + duration_text(run.expected.grace) + ".";
    }
    return text + "\n";
}

/// Why and what to do, for what is not as it should be.
std::string findings(const verdict& made) {
    std::string text;
    for (const auto how : {standing::fail, standing::inconclusive, standing::warn}) {
        for (const auto& one : made.criteria) {
            if (one.how != how) {
                continue;
            }
            text += "- **" + one.id + ' ' + plain(one.title) +
                    "**: " + std::string(to_string(how)) + ". " + plain(one.measured) +
                    (one.why.empty() ? "" : "\n  Why: " + plain(one.why)) +
                    (one.fix.empty() ? "" : "\n  Fix: " + plain(one.fix)) + '\n';
        }
    }
    return text.empty() ? "" : "\n" + text;
}

std::string doubts_of(const verdict& made) {
    if (made.inconclusive_because.empty()) {
        return "";
    }
    std::string text = "\nThe run is not conclusive:\n\n";
    for (const auto& one : made.inconclusive_because) {
        text += "- " + plain(one) + '\n';
    }
    return text;
}

std::string criteria_table(const verdict& made) {
    auto text = "\n<details><summary>All criteria</summary>\n\n" +
                row({"", "A stop", "", "Measured"}) + row({"---", "---", "---", "---"});
    for (const auto& one : made.criteria) {
        text += row({one.id, plain(one.title),
                     one.how == standing::not_asked ? "not asked" : std::string(to_string(one.how)),
                     plain(one.how == standing::not_asked ? one.why : one.measured)});
    }
    return text + "\n</details>\n";
}

std::string outcome_table(const verdict& made) {
    auto text = "\n<details><summary>Requests</summary>\n\n" +
                row({"Outcome", "Before", "In flight", "After"}) +
                row({"---", "---:", "---:", "---:"});
    for (const auto result : all_outcomes()) {
        const auto& all = made.totals.all;
        if (all.of(result) != 0) {
            text += row({plain(describe(result)), std::to_string(all.of(result, timing::before)),
                         std::to_string(all.of(result, timing::in_flight)),
                         std::to_string(all.of(result, timing::after))});
        }
    }
    text +=
        '\n' + row({"Lane", "Requests", "At risk", "Lost"}) + row({"---", "---:", "---:", "---:"});
    for (const auto& one : made.totals.lanes) {
        text += row({plain(one.lane), std::to_string(one.by_outcome.total()),
                     std::to_string(one.at_risk), std::to_string(one.lost)});
    }
    return text + "\n</details>\n";
}

std::string cell_table(const run_record& run, const verdict& made) {
    auto text = "\n<details><summary>States at " + std::string(run.moment()) + "</summary>\n\n" +
                row({"State", "Connections", "Lost", "95 %: below"}) +
                row({"---", "---:", "---:", "---:"});
    for (const auto& one : made.cells) {
        if (one.is_reachable || one.seen != 0) {
            text += row({plain(describe(one.where)),
                         std::to_string(one.seen) + " of " + std::to_string(one.wanted),
                         std::to_string(one.lost), percent_text(one.upper_bound)});
        }
    }
    for (const auto& one : run.lanes) {
        if (one.is_left_out) {
            text += "\nLane " + plain(one.name) + " was left out: " + plain(one.why) + ".\n";
        }
    }
    return text + "\n</details>\n";
}

}  // namespace

std::string to_markdown(const run_record& run, const verdict& made) {
    return head(run, made) + findings(made) + doubts_of(made) + criteria_table(made) +
           outcome_table(made) + cell_table(run, made);
}

}  // namespace lastcall::drill
