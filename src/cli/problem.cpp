#include "cli/problem.hpp"

#include <cstdio>

#include "agent/api/client.hpp"
#include "cli/screen.hpp"

namespace lastcall::cli {
namespace {

/// Each line of it harmless, those after the first indented.
std::string block(std::string_view text) {
    std::string made;
    for (;;) {
        const auto end = text.find('\n');
        made += harmless(text.substr(0, end)) + "\n";
        if (end == std::string_view::npos || end + 1 == text.size()) {
            return made;
        }
        text.remove_prefix(end + 1);
        made += "  ";
    }
}

int told(const std::string& name, const std::string& what, const std::string& hint, int status) {
    const std::string said =
        "lastcall " + name + ": " + block(what) + (hint.empty() ? "" : "  " + block(hint));
    std::fputs(said.c_str(), stderr);
    return status;
}

int status_for(const agent::client_error& e, purpose what_for) {
    using kind = agent::client_error::kind;
    if (e.why() == kind::invalid) {
        return status_usage;
    }
    const bool is_unknown = e.why() == kind::lost || what_for == purpose::looks;
    return is_unknown && e.why() != kind::refused ? status_inconclusive : status_failed;
}

}  // namespace

int tell_problems(const std::string& name, purpose what_for, const std::function<int()>& work) {
    try {
        return work();
    } catch (const problem& e) {
        return told(name, e.what(), e.hint(), e.status());
    } catch (const agent::client_error& e) {
        return told(name, e.what(), e.hint(), status_for(e, what_for));
    }
}

}  // namespace lastcall::cli
