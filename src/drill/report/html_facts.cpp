#include "drill/report/figures.hpp"
#include "drill/report/html_parts.hpp"
#include "drill/report/markup.hpp"

namespace lastcall::drill {
namespace {

std::string fact(std::string_view name, const std::string& value) {
    return "<div><dt>" + escaped(name) + "</dt><dd>" + escaped(value) + "</dd></div>\n";
}

std::string list(std::string_view title, const std::string& items) {
    return items.empty() ? "" : "<h3>" + escaped(title) + "</h3>\n<ul>\n" + items + "</ul>\n";
}

std::string item(const std::string& text) { return "<li>" + escaped(text) + "</li>\n"; }

std::string numbers(const std::vector<std::uint64_t>& from) {
    constexpr std::size_t most = 20;
    std::string text;
    for (std::size_t i = 0; i < from.size() && i < most; ++i) {
        text += (i == 0 ? "" : ", ") + std::to_string(from[i]);
    }
    return from.size() > most ? text + ", and " + thousands(from.size() - most) + " more" : text;
}

std::string ledger(const effect_ledger& book) {
    if (!book.problem.empty()) {
        return "<h3>Effects</h3>\n<p>The list of effects could not be read: " +
               escaped(book.problem) + ".</p>\n";
    }
    auto text = "<h3>Effects</h3>\n<p>" + thousands(book.asked) + " asked for, " +
                thousands(book.acknowledged) + " acknowledged, " + thousands(book.found) +
                " found afterwards.</p>\n";
    std::string items;
    if (!book.lost.empty()) {
        items += item(thousands(book.lost.size()) + " acknowledged, and not there: number " +
                      numbers(book.lost));
    }
    if (!book.unclaimed.empty()) {
        items += item(thousands(book.unclaimed.size()) +
                      " there, and their client saw a failure: number " + numbers(book.unclaimed));
    }
    return items.empty() ? text : text + "<ul>\n" + items + "</ul>\n";
}

std::string expected_exit(const expectations& expected) {
    std::string text;
    for (const int code : expected.exit_codes) {
        text += (text.empty() ? "" : ", ") + std::to_string(code);
    }
    return text;
}

std::string generator(const trial_record& trial) {
    const auto& own = trial.generator;
    auto text = fact("own processor", percent(own.processor_share) + " of one") +
                fact("sent late by: median / 99 % / longest",
                     length_text(own.late_p50_ns) + " / " + length_text(own.late_p99_ns) + " / " +
                         length_text(own.late_max_ns)) +
                fact("resets read from the wire", own.sees_packets ? "yes" : "no");
    for (const auto& trouble : own.troubles) {
        text += fact("trouble", trouble);
    }
    return text;
}

}  // namespace

std::string html_ending(const trial_record& trial) {
    std::string why;
    for (const auto& one : trial.explanations) {
        const auto at = one.ns - trial.marks[mark::signal_sent];
        why += "<li><b>" + offset_text(at) + "</b> " + escaped(one.text()) + " <code>" +
               escaped(one.cause) + "</code>" +
               (one.fix.empty() ? "" : " <p class=\"fix\">→ " + escaped(one.fix) + "</p>") +
               "</li>\n";
    }
    std::string left;
    for (const auto& one : trial.leftovers) {
        left += "<li>" + escaped(to_string(one.what)) + ": <code>" + escaped(one.text) +
                "</code></li>\n";
    }
    std::string steps;
    for (const auto& one : trial.notes) {
        steps += item(one);
    }
    auto facts = fact("end", exit_text(trial));
    if (const auto bindable = after_signal(trial, mark::bindable)) {
        facts += fact("port free again after", length_text(*bindable));
    }
    if (trial.exit.processor_ns > 0) {
        facts += fact("processor time", length_text(trial.exit.processor_ns));
    }
    if (trial.exit.peak_bytes > 0) {
        facts += fact("memory, at most", size_text(trial.exit.peak_bytes));
    }
    return "<dl class=\"facts\">\n" + facts + "</dl>\n" + list("Why it was late", why) +
           list("What was left behind", left) +
           (trial.effects ? ledger(*trial.effects) : std::string()) +
           list("Steps of the sequence", steps);
}

std::string html_trials(const run_record& run, const std::vector<counted_trial>& trials) {
    if (trials.size() < 2) {
        return {};
    }
    const auto signal_column = [](const trial_record& trial, mark which) {
        const auto took = after_signal(trial, which);
        return "<td class=\"n\">" + (took ? length_text(*took) : std::string("·")) + "</td>";
    };
    std::vector<const counted_trial*> in_order(run.trials.size());
    for (const auto& one : trials) {
        in_order[static_cast<std::size_t>(one.trial - run.trials.data())] = &one;
    }
    std::string rows;
    for (const auto* one : in_order) {
        const auto& trial = *one->trial;
        rows += "<tr><th scope=\"row\">" + std::to_string(trial.number) + "</th><td class=\"n\">" +
                offset_text(trial.sweep_offset_ns) + "</td><td class=\"n\">" +
                thousands(one->counts.at_risk) + "</td><td class=\"n" +
                (one->counts.lost == 0 ? "" : " t-lost") + "\">" + thousands(one->counts.lost) +
                "</td>" + signal_column(trial, mark::listener_closed) +
                signal_column(trial, mark::last_response) + signal_column(trial, mark::exited) +
                "<td>" + escaped(exit_text(trial)) + "</td></tr>\n";
    }
    return "<div class=\"scroll\"><table class=\"numbers trials\">\n" +
           head_row("trial", "signal moved by", "at risk", "lost", "listener closed",
                    "last response", "exit", "end") +
           "<tbody>\n" + rows + "</tbody></table></div>\n";
}

std::string html_settings(const run_record& run, const std::vector<counted_trial>& trials) {
    const auto& expected = run.expected;
    auto text = "<dl class=\"facts\">\n" + fact("subject", run.subject) +
                fact("sequence", run.sequence) +
                fact(run.event.empty() ? "signal" : "event", run.told_by()) + fact("url", run.url) +
                fact("grace", length_text(expected.grace.count())) +
                fact("policy", std::string(to_string(expected.judge_by))) +
                fact("exit codes", expected_exit(expected));
    const auto when_set = [&](std::string_view name, std::chrono::nanoseconds value) {
        text += value.count() == 0 ? "" : fact(name, length_text(value.count()));
    };
    when_set("exit within", expected.exit_within);
    when_set("routes lag by", expected.route_lag);
    when_set("lame duck, at least", expected.lame_duck_at_least);
    when_set("not ready within", expected.not_ready_within);
    when_set("idle closed within", expected.idle_closed_within);
    text += fact("losses allowed", thousands(expected.allowed_losses)) +
            fact("connections wanted in each state", thousands(expected.samples_per_cell));
    if (!expected.second_signal.empty()) {
        text += fact("a second signal", expected.second_signal);
    }
    text += fact("host", run.host) + fact("started", run.started) + "</dl>\n";
    if (!trials.empty()) {
        text +=
            "<h3>Health of the generator" +
            (run.trials.size() < 2 ? std::string()
                                   : ", trial " + std::to_string(trials.front().trial->number)) +
            "</h3>\n<dl class=\"facts\">\n" + generator(*trials.front().trial) + "</dl>\n";
    }
    return text;
}

}  // namespace lastcall::drill
