#include "doctor/settings/own_time.hpp"

#include <algorithm>
#include <span>

#include "doctor/settings/settings_files.hpp"
#include "doctor/settings/uwsgi_settings.hpp"
#include "lint/conf/drain_value.hpp"

namespace lastcall::doctor {
namespace {

using lint::drain_setting;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using settings_span = std::span<const drain_setting>;

/// Those of the first program in the table that it is.
settings_span settings_of(const seen_process& one) {
    const auto all = lint::drain_settings();
    const auto begin = std::find_if(all.begin(), all.end(), [&](const drain_setting& each) {
        // How supervisord stops its programs is a link of its own: supervision.hpp.
        return each.kind != lint::conf_kind::supervisor && is_named(one, each.program);
    });
    const auto end = std::find_if(begin, all.end(), [&](const drain_setting& each) {
        return each.program != begin->program;
    });
    return {begin, end};
}

nanoseconds taken(milliseconds time) {
    return time == drain_setting::without_end ? nanoseconds::max() : nanoseconds(time);
}

own_time time_by(const drain_setting& of, milliseconds time, std::string source) {
    return {std::string(of.program), taken(time), std::move(source)};
}

std::optional<own_time> by_options(const drain_setting& of, const program_words& words,
                                   const std::string& source) {
    for (const std::string_view option : {of.option, of.short_option}) {
        std::optional<milliseconds> longest;
        for (const std::string& one : words.all_of(option)) {
            const auto time = lint::drain_time(one, of);
            longest = time && (!longest || *time > *longest) ? time : longest;
        }
        if (longest) {
            return time_by(of, *longest, std::string(option) + source);
        }
    }
    return std::nullopt;
}

/// nginx takes lines of its configuration with -g, too.
std::optional<own_time> by_directive(const drain_setting& of, const program_words& words) {
    const auto& all = words.words;
    const auto at = std::find(all.begin(), all.end(), of.key);
    if (of.kind != lint::conf_kind::nginx || at == all.end() || at + 1 == all.end()) {
        return std::nullopt;
    }
    const auto time = lint::drain_time((at + 1)->substr(0, (at + 1)->find(';')), of);
    return time ? std::optional(time_by(of, *time, std::string(of.key) + " behind -g"))
                : std::nullopt;
}

std::optional<own_time> by_environment(const drain_setting& of, const surroundings& around) {
    if (of.variable.empty()) {
        return std::nullopt;
    }
    if (of.variable.ends_with("_ARGS")) {
        const program_words more{split_words(around.variable(of.variable))};
        return by_options(of, more, " in " + std::string(of.variable));
    }
    for (const std::string& one : around.environment) {
        const auto name = one.substr(0, one.find('='));
        const auto time = fits_pattern(name, of.variable) && name.size() < one.size()
                              ? lint::drain_time(one.substr(name.size() + 1), of)
                              : std::nullopt;
        if (time) {
            return time_by(of, *time, name);
        }
    }
    return std::nullopt;
}

/// What the files of the program say.
class files_reader {
public:
    files_reader(settings_span settings, const seen_process& one, const surroundings& around)
        : settings_(settings),
          around_(around),
          files_(settings_files_of(settings.front().program, one, around)) {}

    [[nodiscard]] own_time read() {
        for (const settings_file& one : files_.files) {
            if (auto found = read(one)) {
                return std::move(*found);
            }
            if (!found_.empty() && !files_.is_all) {
                break;
            }
        }
        return by_default();
    }

private:
    std::optional<own_time> read(const settings_file& file) {
        const auto of = std::find_if(settings_.begin(), settings_.end(),
                                     [&](const auto& one) { return one.kind == file.kind; });
        const auto text = around_.read(file.path);
        if (!text || of == settings_.end()) {
            return std::nullopt;
        }
        found_ = file.path;
        const lint::configuration read(file.kind, *text);
        if (const auto value = find_drain(read, *of)) {
            return time_by(
                *of, value->time,
                std::string(of->key) + " of " + file.path + ":" + std::to_string(value->at.line));
        }
        is_open_ = is_open_ || names_drain(read, *of) ||
                   lint::may_be_set_elsewhere(read.file, file.kind) || is_included(read, *of);
        return std::nullopt;
    }

    /// The pools of PHP-FPM are files of their own, and may have a section for all of it.
    [[nodiscard]] bool is_included(const lint::configuration& read, const drain_setting& of) const {
        if (of.kind != lint::conf_kind::php_fpm) {
            return false;
        }
        for (const lint::conf_item* include : read.file.all("include")) {
            std::string pattern(include->value());
            if (!pattern.starts_with('/')) {  // below the prefix that it was built with
                pattern = "/usr/local/" + pattern;
            }
            for (const std::string& path : around_.matching(pattern)) {
                const auto text = around_.read(path);
                if (!text || text->find(of.key) != std::string::npos) {
                    return true;
                }
            }
        }
        return false;
    }

    [[nodiscard]] own_time by_default() const {
        const auto& of = settings_.front();
        own_time made{std::string(of.program), std::nullopt, {}};
        const std::string key(of.key.empty() ? of.option : of.key);
        if (!around_.is_readable()) {
            made.source = key + ": its files may not be read";
        } else if (is_open_ || files_.has_others) {
            made.source = key + ": not told by " + (found_.empty() ? "what is read" : found_);
        } else if (found_.empty() && files_.is_needed) {
            made.source = key + ": its configuration was not found";
        } else if (of.usual) {
            made.time = taken(*of.usual);
            made.source = key + ", by default" + (found_.empty() ? "" : ": not in " + found_);
        }
        return made;
    }

    settings_span settings_;
    const surroundings& around_;
    settings_files files_;
    std::string found_;     // the last file that is there
    bool is_open_ = false;  // it may be said where it is not read
};

/// Without a hook it ends its workers at once, whatever they do.
own_time time_of_uwsgi(const drain_setting& of, const seen_process& one,
                       const surroundings& around) {
    const uwsgi_settings settings(one, around);
    if (!settings.is_whole()) {
        return {std::string(of.program), std::nullopt, "not all of its settings could be read"};
    }
    if (!settings.waits()) {
        return time_by(of, milliseconds(0), "it ends its workers in the middle of requests");
    }
    const auto set = settings.get(of.key);
    const auto time = set ? lint::drain_time(set->value, of) : of.usual;
    return time ? time_by(of, *time, set ? set->source : std::string(of.key) + ", by default")
                : own_time{std::string(of.program), std::nullopt, set->source};
}

}  // namespace

std::optional<own_time> own_time_of(const seen_process& one, const surroundings& around) {
    const auto settings = settings_of(one);
    if (settings.empty()) {
        return std::nullopt;
    }
    const auto words = words_of(one);
    if (settings.front().kind == lint::conf_kind::uwsgi) {
        return time_of_uwsgi(settings.front(), one, around);
    }
    for (const drain_setting& each : settings) {
        if (auto found = by_options(each, words, "")) {
            return found;
        }
        if (auto found = by_directive(each, words)) {
            return found;
        }
    }
    for (const drain_setting& each : settings) {
        if (auto found = by_environment(each, around)) {
            return found;
        }
    }
    auto made = files_reader(settings, one, around).read();
    if (made.source.empty()) {
        return std::nullopt;
    }
    made.is_sure = !words.is_title;
    return made;
}

}  // namespace lastcall::doctor
