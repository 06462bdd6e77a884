#include "lint/launch/endless_loop.hpp"

#include <algorithm>

#include "lint/launch/script_end.hpp"
#include "lint/shell/stopping.hpp"
#include "lint/shell/walk.hpp"

namespace lastcall::lint {
namespace {

using shell::step;

bool lets_time_pass(const step& one) {
    return shell::sleep_of(one).has_value() || is_endless_sleep(one);
}

}  // namespace

bool is_endless(const shell::while_command& loop) {
    const auto* simple = shell::lone_command(loop.condition);
    if (simple == nullptr || simple->words.empty()) {
        return false;
    }
    const auto name = simple->words.front().text;
    const bool tests_constant =
        name == "[" && simple->words.size() == 3 && simple->words[1].is_plain();
    return loop.is_until ? name == "false"
                         : name == "true" || name == ":" || name == "sleep" || tests_constant;
}

bool is_inside(const step& one, const shell::command& loop) {
    return one.where.begin >= loop.where.begin && one.where.end <= loop.where.end;
}

bool leaves_loop(const step& one) {
    return one.name() == "break" || one.name() == "exit" || one.name() == "return" ||
           one.call.is_exec();
}

const step* sleep_of_last_loop(const shell::script& whole, const shell::execution& run) {
    if (whole.program.empty() || whole.program.back().is_background) {
        return nullptr;
    }
    const auto* last = shell::last_command(whole.program.back());
    const auto* loop = last == nullptr ? nullptr : std::get_if<shell::while_command>(&last->what);
    if (loop == nullptr || !is_endless(*loop)) {
        return nullptr;
    }
    const step* found = nullptr;
    for (const step& one : run.steps) {
        if (!is_inside(one, *last) || one.around.is_in_substitution) {
            continue;
        }
        if (lets_time_pass(one)) {
            found = found == nullptr ? &one : found;
        } else if (!is_short_command(one.name()) || leaves_loop(one)) {
            return nullptr;
        }
    }
    return found;
}

}  // namespace lastcall::lint
