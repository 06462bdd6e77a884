#include "lint/rules/shell/exec_insert.hpp"

#include "lint/rules/shell/script_faults.hpp"

namespace lastcall::lint {

std::string exec_for(const launch_hop& hop, const script_end& end) {
    if (!hop.is_inline || hop.ends.size() != 1 || end.kind != end_kind::in_front) {
        return {};
    }
    const script_case inner{hop.script->parsed(), hop.script->run(), true, false};
    for (const script_fault& one : faults_of(inner)) {
        if (one.rule == "S01" && one.where == end.what->where) {
            return one.insert;
        }
    }
    return {};
}

}  // namespace lastcall::lint
