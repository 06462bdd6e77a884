#include "lint/launch/stop_time.hpp"

#include <algorithm>

#include "lint/conf/conf_time.hpp"

namespace lastcall::lint {

using std::chrono::milliseconds;

std::optional<found_option> find_option(const launch_chain& chain, const line_index& lines,
                                        std::string_view program, std::string_view option) {
    if (chain.hops.empty()) {
        return std::nullopt;
    }
    const auto& words = chain.hops.back().words;
    auto at = std::find_if(words.begin(), words.end(), [&](const launch_word& word) {
        return shell::base_name(word.what.what.text) == program;
    });
    const auto found = [&](std::string_view value, const launch_word& word) {
        return word.written ? found_option{std::string(value), word.written->whole(lines)}
                            : found_option{std::string(value),
                                           word.in->parsed().at(word.what.where), word.in->file()};
    };
    for (; at != words.end(); ++at) {
        const std::string_view text = at->what.what.text;
        if (text == option && at + 1 != words.end() && (at + 1)->what.is_known()) {
            return found((at + 1)->what.what.text, *(at + 1));
        }
        if (text.starts_with(option) && text.substr(option.size()).starts_with('=') &&
            at->what.is_known()) {
            return found(text.substr(option.size() + 1), *at);
        }
    }
    return std::nullopt;
}

std::vector<needed_time> needed_times(const launch_chain& chain, const line_index& lines) {
    std::vector<needed_time> made;
    for (const drain_setting& each : drain_settings()) {
        for (const std::string_view option : {each.option, each.short_option}) {
            const auto found = option.empty() || each.what.empty()
                                   ? std::nullopt
                                   : find_option(chain, lines, each.program, option);
            const auto limit = found ? conf_time(found->value, each.bare) : std::nullopt;
            if (limit) {
                made.push_back({std::string(each.what),
                                std::string(option) + " of " + std::string(each.program),
                                each.source, *limit, found->at, found->file, each.is_of_jobs});
            }
        }
    }
    return made;
}

std::optional<needed_time> needed_by_spring(std::string_view value, place at) {
    // Without a unit it is something else than seconds.
    const auto limit = value.ends_with('s') ? conf_time(value) : std::nullopt;
    if (!limit) {
        return std::nullopt;
    }
    const auto& spring = *drain_setting_of(conf_kind::spring_properties);
    return needed_time{std::string(spring.what), std::string(spring_variable), spring.source,
                       *limit, at};
}

std::chrono::seconds whole_for(milliseconds needed) {
    using std::chrono::seconds;
    return std::chrono::ceil<seconds>(std::max<milliseconds>(needed * 10 / 9, needed + seconds(2)));
}

}  // namespace lastcall::lint
