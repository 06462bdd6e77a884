// What a drop-in changes in a way that is easily not seen: U16.
#include <algorithm>
#include <array>

#include "lint/rules/systemd/unit_case.hpp"
#include "lint/unit/unit_values.hpp"

namespace lastcall::lint {
namespace {

/// A setting of one value that decides how a stop goes.
struct stop_setting {
    std::string_view name;
    enum { word, signal, time, yes_or_no } is;
};

constexpr std::array stop_settings{
    stop_setting{"KillMode", stop_setting::word},
    stop_setting{"KillSignal", stop_setting::signal},
    stop_setting{"TimeoutStopSec", stop_setting::time},
    stop_setting{"SendSIGKILL", stop_setting::yes_or_no},
    stop_setting{"Type", stop_setting::word},
    stop_setting{"NotifyAccess", stop_setting::word},
};

bool is_accepted(const stop_setting& of, std::string_view text) {
    switch (of.is) {
        case stop_setting::signal:
            return unit_signal(text).has_value();
        case stop_setting::time:
            return unit_time_span(text).has_value();
        case stop_setting::yes_or_no:
            return unit_boolean(text).has_value();
        case stop_setting::word:
            break;
    }
    return !text.empty();
}

bool is_drop_in(const unit_case& given, const unit_file& file) {
    return !given.is_whole() || &file != &given.view().files().front();
}

/// Two drop-ins say two things.
void check_contradicted(const unit_case& given, const stop_setting& of) {
    const auto& all = given.view().said("Service", of.name);
    const auto last = std::find_if(all.rbegin(), all.rend(), [&](const unit_source& one) {
        return is_accepted(of, one.text());
    });
    for (const unit_source& one : all) {
        if (one.file != given.judged() || !is_drop_in(given, *one.file)) {
            continue;
        }
        const bool has_earlier = all.front().setting != one.setting;
        if (one.text().empty() && has_earlier) {
            if (auto* made = given.add("U16", one,
                                       "an empty " + std::string(of.name) +
                                           " takes nothing back: what was said before holds")) {
                made->further.push_back(further_at(all.front(), "what holds"));
            }
        } else if (last != all.rend() && last->file != one.file && is_accepted(of, one.text()) &&
                   last->text() != one.text() && is_drop_in(given, *last->file)) {
            if (auto* made = given.add(
                    "U16", one,
                    "this does not hold: a later drop-in sets it to \"" + last->text() + "\"")) {
                made->sure = confidence::proven;
                made->further.push_back(further_at(*last, "what holds"));
            }
        }
    }
}

/// The drop-in takes the stop command back and gives no other.
void check_lost_stop(const unit_case& given) {
    const auto& all = given.view().said("Service", "ExecStop");
    if (!given.view().all("Service", "ExecStop").empty()) {
        return;
    }
    const unit_source* before = nullptr;
    for (const unit_source& one : all) {
        if (!one.text().empty()) {
            before = &one;
        } else if (before != nullptr && before->file != one.file) {
            if (auto* made = given.add("U16", one,
                                       "this takes \"ExecStop=" + before->text() +
                                           "\" back, and nothing is run in its stead")) {
                made->further.push_back(further_at(*before, "what is taken back"));
            }
        }
    }
}

/// A second ExecStart= where there may be one.
void check_second_start(const unit_case& given) {
    const auto type = given.type();
    const auto all = given.view().all("Service", "ExecStart");
    if (all.size() < 2 || type == service_type::oneshot || type == service_type::unknown) {
        return;
    }
    for (const unit_source& one : all) {
        if (one.file == all.front().file) {
            continue;
        }
        if (auto* made = given.add("U16", one,
                                   "the unit has a second ExecStart by this, and systemd refuses "
                                   "to load it")) {
            made->how = severity::error;
            made->sure = confidence::proven;
            made->fix = "an empty ExecStart= in front of it";
            place begin = one.setting->name_at;
            begin.size = 0;
            made->edits.push_back({begin, "ExecStart=\n"});
            made->further.push_back(further_at(all.front(), "the first one"));
        }
        return;
    }
}

}  // namespace

void check_drop_ins(const unit_case& given) {
    if (given.judged() == nullptr || !is_drop_in(given, *given.judged())) {
        return;
    }
    for (const stop_setting& one : stop_settings) {
        check_contradicted(given, one);
    }
    check_lost_stop(given);
    if (given.is_whole()) {
        check_second_start(given);
    }
}

}  // namespace lastcall::lint
