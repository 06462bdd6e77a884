#include <algorithm>

#include "lint/shell/stopping.hpp"

namespace lastcall::lint::shell {

std::optional<value> sleep_of(const step& one) {
    if (one.name() != "sleep") {
        return std::nullopt;
    }
    std::chrono::milliseconds sum{0};
    value made;
    for (std::size_t i = one.call.program + 1; i < one.arguments.size(); ++i) {
        const argument& each = one.arguments[i];
        made.how = std::max(made.how, each.what.how);
        made.text += made.text.empty() ? each.what.text : " " + each.what.text;
        const auto found = each.is_known() ? duration_of(each.what.text) : std::nullopt;
        if (!found) {
            made.how = certainty::unknown;
        }
    }
    return made;
}

std::optional<wait_request> wait_of(const step& one) {
    if (one.name() != "wait") {
        return std::nullopt;
    }
    wait_request made;
    for (std::size_t i = one.call.program + 1; i < one.arguments.size(); ++i) {
        const argument& each = one.arguments[i];
        if (each.is("-n") || each.is("-fn") || each.is("-nf")) {
            made.is_for_any = true;
        } else if (each.is("-p")) {
            ++i;
        } else if (!each.is("-f")) {
            made.targets.push_back(each);
        }
    }
    return made;
}

}  // namespace lastcall::lint::shell
