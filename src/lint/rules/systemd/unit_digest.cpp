#include "lint/rules/systemd/unit_digest.hpp"

#include "lint/launch/stop_time.hpp"
#include "lint/unit/unit_values.hpp"

namespace lastcall::lint {

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
    into.add(std::move(made));
}

}  // namespace lastcall::lint
