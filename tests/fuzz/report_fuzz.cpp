// Whatever the names, notes and errors of a stop hold, its report is JSON (RFC 8259),
// which is UTF-8, and says the same where they are text.
#include <lastcall/report.hpp>
#include <nlohmann/json.hpp>

#include "fuzz/target.hpp"

LASTCALL_FUZZ_TARGET(report) {
    using lastcall::fuzz::must;
    const std::string text(input);
    lastcall::report r;
    r.service = text;
    r.requests.push_back({.reason = lastcall::stop_reason::requested, .note = "note " + text});
    r.steps.push_back({.component = text, .step = "drain", .error = "error " + text});
    r.left.push_back({text, text, std::chrono::milliseconds(1), 1});
    r.degraded.push_back(text);
    const std::string json = r.json();
    must(json.find('\n') == std::string::npos, "it is not one line");
    const auto read = nlohmann::json::parse(json, nullptr, false);
    must(!read.is_discarded(), "it is no JSON");
    const auto is_text = [](const std::string& s) {
        try {
            static_cast<void>(nlohmann::json(s).dump());
            return true;
        } catch (const nlohmann::json::type_error&) {
            return false;
        }
    };
    must(!is_text(text) || read["service"] == text, "the name reads differently");
    must(!r.timeline().empty(), "no timeline");
}
