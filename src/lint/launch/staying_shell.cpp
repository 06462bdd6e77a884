#include "lint/launch/staying_shell.hpp"

#include <algorithm>

namespace lastcall::lint {

shell_kind shell_kind_of(std::string_view program, const base_image* known) {
    if (program == "bash") {
        return shell_kind::bash;
    }
    if (program == "dash" || program == "ash") {
        return shell_kind::dash;
    }
    return known != nullptr ? known->shell : shell_kind::unknown;
}

const script_end* staying_end(const launch_hop& hop, const base_image* known) {
    if (hop.script == nullptr) {
        return nullptr;
    }
    const bool is_bash = hop.is_inline && shell_kind_of(hop.call.name, known) == shell_kind::bash;
    const auto found = std::find_if(hop.ends.begin(), hop.ends.end(), [&](const script_end& end) {
        return end.kind == end_kind::pipeline ||
               (end.kind == end_kind::in_front &&
                !(is_bash && is_tail_of_bash(hop.script->parsed(), hop.script->run(), end)));
    });
    return found == hop.ends.end() ? nullptr : &*found;
}

}  // namespace lastcall::lint
