#include "lint/rules/conf/conf_case.hpp"

#include <algorithm>

#include "core/software.hpp"
#include "lint/launch/launch_steps.hpp"
#include "lint/launch/open_sockets.hpp"
#include "lint/launch/stop_time.hpp"

namespace lastcall::lint {

std::vector<mapped_text> command_words(const mapped_text& command) {
    const std::string& text = command.text();
    std::vector<mapped_text> made;
    mapped_text now;
    bool has_word = false;
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote == 0 && is_blank(c)) {
            if (has_word) {
                made.push_back(std::move(now));
            }
            now = {};
            has_word = false;
            continue;
        }
        has_word = true;
        if (c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
            now.add(command.part(++i, 1));
        } else {
            now.add(command.part(i, 1));
        }
    }
    if (has_word) {
        made.push_back(std::move(now));
    }
    return made;
}

launch_chain follow_command(const mapped_text& command, const std::string& file,
                            const std::shared_ptr<const line_index>& lines, bool is_shell) {
    std::vector<mapped_text> words;
    if (is_shell) {
        for (const std::string_view one : {"/bin/sh", "-c"}) {
            mapped_text made;
            made.add_made(one, command.offset_of(0), 0);
            words.push_back(std::move(made));
        }
        words.push_back(command);
    } else {
        words = command_words(command);
    }
    return follow_launch(words, file, lines, [](const std::string& /*path*/) { return nullptr; });
}

void check_stop_needs(const conf_case& given, const launch_chain& chain, const line_index& lines,
                      const kill_limit& limit) {
    for (const needed_time& one : needed_times(chain, lines)) {
        if (one.limit < limit.after) {
            continue;
        }
        auto& made =
            given.report.add(limit.rule, one.at,
                             one.what + " " + seconds_text(one.limit) + " s, and " + limit.who +
                                 " kills it after " + seconds_text(limit.after) + " s");
        made.source = one.source;
        made.fix = limit.setting.empty()
                       ? one.setting + " below " + seconds_text(limit.after) + " s"
                       : limit.setting + " above " + seconds_text(one.limit) +
                             " s: " + std::to_string(whole_for(one.limit).count());
    }
}

std::string wrong_signal_words(const launch_chain& chain, std::string_view signal,
                               std::string_view& source, std::string_view& best) {
    const auto* hop = chain.program();
    const auto* software = hop == nullptr ? nullptr : core::find_software(hop->call.name);
    if (software == nullptr || software->ends_in_order(signal)) {
        return {};
    }
    // Its own configuration, which is not read here, may say what SIGTERM is to it.
    const bool may_be_set =
        signal == "TERM" && !software->term_option.empty() &&
        std::any_of(hop->words.begin(), hop->words.end(), [&](const launch_word& word) {
            const std::string_view text = word.what.what.text;
            return word.what.is(software->term_option) || !word.what.is_known() ||
                   text.find(".ini") != text.npos || text.find(".xml") != text.npos ||
                   text.find(".y") != text.npos || text.find(".json") != text.npos ||
                   text.find("emperor") != text.npos;
        });
    if (may_be_set) {
        return {};
    }
    source = software->source;
    best = software->best();
    return "on SIG" + std::string(signal) + " " + std::string(software->name) + " " +
           std::string(software->other);
}

void check_uvicorn_command(file_report& report, const launch_chain& chain,
                           const line_index& lines) {
    if (const auto socket = find_open_sockets(chain, lines)) {
        report.add("X06", socket->at, std::string(open_sockets_text));
    }
}

}  // namespace lastcall::lint
