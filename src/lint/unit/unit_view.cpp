#include "lint/unit/unit_view.hpp"

#include <algorithm>

#include "lint/unit/unit_values.hpp"
#include "lint/unit/unit_words.hpp"

namespace lastcall::lint {
namespace {

std::string key_of(std::string_view section, std::string_view setting) {
    return std::string(section) + '\n' + std::string(setting);
}

/// The last of `said` that `read` accepts. An empty one is no value and takes back nothing:
/// "Failed to parse time value, ignoring", says systemd.
template <typename T, typename Read>
std::optional<unit_answer<T>> last_accepted(const std::vector<unit_source>& said, Read read) {
    for (auto one = said.rbegin(); one != said.rend(); ++one) {
        if (const auto value = read(one->text())) {
            return unit_answer<T>{*value, *one};
        }
    }
    return std::nullopt;
}

}  // namespace

unit_view::unit_view(std::string_view name, std::vector<unit_file> files)
    : name_(read_unit_name(name)), files_(std::move(files)) {
    for (const unit_file& file : files_) {
        for (const unit_setting& one : file.settings) {
            said_[key_of(file.sections[one.section].name, one.name)].push_back({&file, &one});
        }
    }
}

bool unit_view::has_section(std::string_view section) const {
    return std::any_of(files_.begin(), files_.end(), [&](const unit_file& file) {
        return std::any_of(file.sections.begin(), file.sections.end(),
                           [&](const unit_section& one) { return one.name == section; });
    });
}

const std::vector<unit_source>& unit_view::said(std::string_view section,
                                                std::string_view setting) const {
    static const std::vector<unit_source> nothing;
    const auto found = said_.find(key_of(section, setting));
    return found == said_.end() ? nothing : found->second;
}

std::vector<unit_source> unit_view::all(std::string_view section, std::string_view setting) const {
    const auto& every = said(section, setting);
    const auto reset = std::find_if(every.rbegin(), every.rend(), [](const unit_source& one) {
        return one.setting->value.empty();
    });
    return {reset.base(), every.end()};
}

std::optional<unit_source> unit_view::text(std::string_view section,
                                           std::string_view setting) const {
    const auto& every = said(section, setting);
    if (every.empty() || every.back().setting->value.empty()) {
        return std::nullopt;
    }
    return every.back();
}

std::optional<unit_answer<bool>> unit_view::boolean(std::string_view section,
                                                    std::string_view setting) const {
    return last_accepted<bool>(said(section, setting), unit_boolean);
}

std::optional<unit_source> unit_view::choice(std::string_view section, std::string_view setting,
                                             std::span<const std::string_view> words) const {
    const auto found =
        last_accepted<std::string_view>(said(section, setting), [&](std::string_view text) {
            const auto same = std::find(words.begin(), words.end(), text);
            return same == words.end() ? std::nullopt : std::optional(*same);
        });
    return found ? std::optional(found->from) : std::nullopt;
}

std::optional<unit_answer<int>> unit_view::signal(std::string_view section,
                                                  std::string_view setting) const {
    return last_accepted<int>(said(section, setting), unit_signal);
}

std::optional<unit_answer<std::chrono::microseconds>> unit_view::time_span(
    std::string_view section, std::initializer_list<std::string_view> settings) const {
    std::vector<unit_source> every;
    for (const auto setting : settings) {
        const auto& more = said(section, setting);
        every.insert(every.end(), more.begin(), more.end());
    }
    // In the order of the files, and of the settings in them.
    std::sort(every.begin(), every.end(), [](const unit_source& a, const unit_source& b) {
        return a.file != b.file ? a.file < b.file : a.setting < b.setting;
    });
    return last_accepted<std::chrono::microseconds>(every, unit_time_span);
}

namespace {

std::optional<unit_answer<std::chrono::microseconds>> without_zero(
    std::optional<unit_answer<std::chrono::microseconds>> found) {
    if (found && found->value == std::chrono::microseconds(0)) {
        found->value = no_limit;  // systemd.service(5): as infinity
    }
    return found;
}

}  // namespace

std::optional<unit_answer<std::chrono::microseconds>> unit_view::stop_timeout() const {
    return without_zero(time_span("Service", {"TimeoutStopSec", "TimeoutSec"}));
}

std::optional<unit_answer<std::chrono::microseconds>> unit_view::start_timeout() const {
    return without_zero(time_span("Service", {"TimeoutStartSec", "TimeoutSec"}));
}

std::vector<std::pair<mapped_text, unit_source>> unit_view::words(std::string_view section,
                                                                  std::string_view setting) const {
    std::vector<std::pair<mapped_text, unit_source>> made;
    for (const unit_source& one : all(section, setting)) {
        for (auto& word : split_unit_words(one.setting->value).words) {
            made.emplace_back(expand_specifiers(word.text, name_).text, one);
        }
    }
    return made;
}

}  // namespace lastcall::lint
