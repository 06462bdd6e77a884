#include "lint/launch/launch_steps.hpp"

#include <algorithm>

#include "lint/shell/stopping.hpp"

namespace lastcall::lint {

using std::chrono::milliseconds;

std::vector<shell::step> steps_of(const launch_chain& command) {
    if (command.hops.empty()) {
        return {};
    }
    const launch_hop& first = command.hops.front();
    if (first.script != nullptr) {
        return first.script->run().steps;
    }
    shell::step lone;
    for (const launch_word& one : first.words) {
        lone.arguments.push_back(one.what);
    }
    lone.call = first.call;
    return {std::move(lone)};
}

milliseconds least_wait(const launch_chain& command) {
    milliseconds sum{0};
    for (const shell::step& one : steps_of(command)) {
        const auto slept = shell::sleep_of(one);
        const bool is_sure = !one.around.is_background && !one.around.is_optional &&
                             one.around.is_called && one.around.loops == 0 &&
                             one.call.find("timeout") == nullptr;
        if (slept && slept->is_known() && is_sure) {
            const auto more = shell::duration_of(slept->text).value_or(milliseconds(0));
            sum = more > milliseconds::max() - sum ? milliseconds::max() : sum + more;
        }
    }
    return sum;
}

std::string seconds_text(milliseconds value) {
    auto made = std::to_string(value.count() / 1000);
    if (const auto rest = value.count() % 1000; rest != 0) {
        made += "." + std::to_string(1000 + rest).substr(1);
        made.erase(made.find_last_not_of('0') + 1);
    }
    return made;
}

milliseconds reserve_of(milliseconds limit) {
    return std::max<milliseconds>(std::chrono::seconds(2), limit / 10);
}

}  // namespace lastcall::lint
