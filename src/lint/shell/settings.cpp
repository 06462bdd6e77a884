#include "lint/shell/settings.hpp"

#include <algorithm>
#include <string>

#include "lint/shell/signals.hpp"

namespace lastcall::lint::shell {

bool trap_setting::is_for(std::string_view signal) const {
    return std::find(signals.begin(), signals.end(), signal) != signals.end();
}

std::vector<const trap_setting*> execution::traps_for(std::string_view signal) const {
    std::vector<const trap_setting*> found;
    for (const trap_setting& one : traps) {
        if (one.is_for(signal)) {
            found.push_back(&one);
        }
    }
    return found;
}

std::optional<trap_words> read_trap(const step& one) {
    const auto& arguments = one.arguments;
    if (one.name() != "trap") {
        return std::nullopt;
    }
    std::size_t at = one.call.program + 1;
    if (at < arguments.size() && arguments[at].is("--")) {
        ++at;
    }
    if (at >= arguments.size() || arguments[at].is("-p") || arguments[at].is("-l")) {
        return std::nullopt;
    }
    trap_words read;
    trap_setting& made = read.made;
    made.where = one.where;
    made.around = one.around;
    const argument& action = arguments[at];
    made.handler = action.where;
    const bool is_signal_alone = at + 1 == arguments.size() && action.is_known() &&
                                 signal_name(action.what.text).has_value();
    if (action.is("-") || is_signal_alone) {
        made.what = trap_setting::action::reset;
        at += is_signal_alone ? 0U : 1U;
    } else {
        made.what = action.is("") ? trap_setting::action::ignore : trap_setting::action::handle;
        read.handler = &action;
        ++at;
    }
    for (; at < arguments.size(); ++at) {
        const argument& each = arguments[at];
        const auto found = each.is_known() ? signal_name(each.what.text) : std::nullopt;
        if (found) {
            made.signals.emplace_back(*found);
        } else if (each.is_known()) {
            made.wrong_signals.push_back(each.what.text);
        }
    }
    return read;
}

bool sets_errexit(const step& one) {
    const auto& arguments = one.arguments;
    if (one.name() != "set") {
        return false;
    }
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string& text = arguments[i].what.text;
        if (text == "--" || !arguments[i].is_known() || !text.starts_with('-')) {
            return false;
        }
        const bool is_named = text.ends_with('o') && i + 1 < arguments.size();
        if (text.find('e') != text.npos || (is_named && arguments[i + 1].is("errexit"))) {
            return true;
        }
        i += is_named ? 1U : 0U;
    }
    return false;
}

}  // namespace lastcall::lint::shell
