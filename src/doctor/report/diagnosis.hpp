// All that the doctor has to say: what was seen, the route, the findings and the times.
#pragma once

#include <string>
#include <vector>

#include "doctor/look/seen.hpp"
#include "doctor/route/route.hpp"
#include "doctor/rules/budget.hpp"
#include "doctor/rules/finding.hpp"

namespace lastcall::doctor {

struct diagnosis {
    seen of;
    std::vector<hop> route;
    findings found;
    std::vector<budget_link> budget;

    explicit diagnosis(seen&& what);
    diagnosis(const diagnosis&) = delete;  // hops point into what was seen
    diagnosis& operator=(const diagnosis&) = delete;
};

/// How the text is shown.
struct text_style {
    bool has_colour = false;
    bool has_utf8 = true;
    std::size_t width = 92;
};

[[nodiscard]] std::string as_text(const diagnosis& one, const text_style& on);
/// One object, with the version of its form: docs/doctor.md.
[[nodiscard]] std::string as_json(const diagnosis& one);
[[nodiscard]] std::string as_markdown(const diagnosis& one);

/// The one line of --watch: what keeps it, as of now.
[[nodiscard]] std::string blocker_line(const diagnosis& one);

/// What was looked at, in a sentence: "2 processes, 1 thread, 3 sockets, twice, 1 s apart".
[[nodiscard]] std::string looked_at_text(const diagnosis& one);

}  // namespace lastcall::doctor
