#include "lint/shell/left_time.hpp"

#include <algorithm>

namespace lastcall::lint::shell {
namespace {

using std::chrono::milliseconds;

/// The stop that was asked for last, and the time that was let pass since.
struct asked_stop {
    stop_request what;
    milliseconds slept{0};
    bool is_known = true;  ///< false: it waits in a loop, or for a time that is not known
};

/// What the command itself, or the `timeout` in front of it, leaves. Unset: no limit.
std::optional<milliseconds> limit_in(const step& one, const stop_request& stop) {
    const auto after = given_up_after(one);
    const auto grace = asked_grace_of(stop);
    const auto made = after && grace ? std::optional(std::min(*after, *grace))
                      : after        ? after
                                     : grace;
    return made && *made == milliseconds::max() ? std::nullopt : made;
}

bool can_follow(const stop_request& kill, const stop_request& asked) {
    return kill.is_kill() && (kill.way == asked.way || (kill.way == stop_way::unit_kill &&
                                                        asked.way == stop_way::unit_stop));
}

}  // namespace

std::vector<left_time> left_times(const execution& of) {
    std::vector<left_time> made;
    std::optional<asked_stop> asked;
    for (const step& one : of.steps) {
        if (const auto sleep = sleep_of(one); sleep && asked) {
            const auto length = sleep->is_known() ? duration_of(sleep->text) : std::nullopt;
            const bool ends = length && *length != milliseconds::max();
            asked->slept += ends ? *length : milliseconds(0);
            asked->is_known = asked->is_known && ends && one.around.loops == 0;
        }
        const auto stop = stop_request_of(one);
        if (!stop || stop->only_asks) {
            continue;
        }
        if (asked && asked->slept.count() > 0 && can_follow(*stop, asked->what)) {
            if (asked->is_known) {
                made.push_back({asked->slept, asked->what.way, asked->what.targets, one.where});
            }
            asked.reset();
        } else if (!stop->is_kill()) {
            made.push_back({limit_in(one, *stop), stop->way, stop->targets, one.where});
            asked = asked_stop{*stop};
        }
    }
    return made;
}

}  // namespace lastcall::lint::shell
