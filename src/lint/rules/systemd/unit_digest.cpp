#include "lint/rules/systemd/unit_digest.hpp"

#include "lint/launch/orderly_end.hpp"
#include "lint/unit/unit_values.hpp"

namespace lastcall::lint {
namespace {

/// A unit in a tree with etc/ and usr/ in it has the files of that tree as its own.
void add_tree(const unit_case& given, budget_digest& to) {
    const auto* run = given.main_run();
    const auto* hop = run == nullptr ? nullptr : run->chain.program();
    if (hop == nullptr || given.of().top.empty() || !given.stops().empty() ||
        !ends_in_order(hop->call.name, given.stop_signal())) {
        return;  // or a command decides how it stops
    }
    to.program = hop->call.name;
    for (const launch_word& one : hop->words) {
        to.arguments += one.what.what.text + " ";
    }
    const auto top = whole_path(given.of().top);
    to.copies.push_back({top == "/" ? std::string() : top, {}});
}

}  // namespace

void digest_unit(const unit_case& given, digest_store& into) {
    const auto said = given.stop_timeout();
    if (!said || said->value == no_limit || said->from.file != given.judged() ||
        given.is_templated("Service", "TimeoutStopSec") ||
        given.is_templated("Service", "TimeoutSec")) {
        return;
    }
    const auto& file = *given.judged();
    const auto keep = [&](place at) { return keep_place(file.path, given.text(), at); };
    budget_digest made;
    made.kind = digest_kind::container;
    made.name = given.of().name;
    made.unit = given.of().name;
    made.has_own_command = true;
    const auto at = said->from.setting->value.whole(file.lines);
    made.where = keep(at);
    made.kill = budget_term{std::chrono::duration_cast<std::chrono::milliseconds>(said->value),
                            said->from.setting->name, made.where};
    add_tree(given, made);
    into.add(std::move(made));
}

}  // namespace lastcall::lint
