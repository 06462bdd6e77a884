// The report as JUnit XML, in the dialect that CI systems agree on: a warning is a passed
// test with output, an inconclusive criterion an error.
#include <algorithm>

#include "core/xml_text.hpp"
#include "drill/report/reports.hpp"
#include "drill/verdict/words.hpp"

namespace lastcall::drill {
namespace {

std::string body_of(const criterion& one) {
    std::string text = "measured: " + one.measured;
    if (!one.why.empty()) {
        text += "\nwhy: " + one.why;
    }
    if (!one.fix.empty()) {
        text += "\nfix: " + one.fix;
    }
    return core::xml_text(text);
}

std::string element(const char* name, const criterion& one) {
    const auto message = one.measured.empty() ? one.why : one.measured;
    return "      <" + std::string(name) + " message=\"" + core::xml_text(message) + "\">" +
           body_of(one) + "</" + name + ">\n";
}

std::string inside(const criterion& one) {
    switch (one.how) {
        case standing::fail:
            return element("failure", one);
        case standing::inconclusive:
            return element("error", one);
        case standing::not_asked:
            return "      <skipped message=\"" + core::xml_text(one.why) + "\"/>\n";
        case standing::pass:
        case standing::warn:
            break;
    }
    return "      <system-out>" + std::string(to_string(one.how)) + "&#10;" + body_of(one) +
           "</system-out>\n";
}

std::string test_case(const std::string& name, const std::string& content) {
    return "    <testcase classname=\"lastcall.drill\" name=\"" + core::xml_text(name) + "\">\n" +
           content + "    </testcase>\n";
}

/// Whether what was seen is enough, as a test of its own.
std::string conclusive_case(const verdict& made) {
    std::string text;
    for (const auto& one : made.inconclusive_because) {
        text += one + '\n';
    }
    const auto content = text.empty() ? std::string()
                                      : "      <error message=\"too little was seen\">" +
                                            core::xml_text(text) + "</error>\n";
    return test_case("the run is conclusive", content);
}

}  // namespace

std::string to_junit(const run_record& run, const verdict& made) {
    const auto count = [&](standing how) {
        return static_cast<std::uint64_t>(std::ranges::count(made.criteria, how, &criterion::how));
    };
    const auto attribute = [](const char* name, std::uint64_t value) {
        return ' ' + std::string(name) + "=\"" + std::to_string(value) + '"';
    };
    const auto numbers = attribute("tests", made.criteria.size() + 1) +
                         attribute("failures", count(standing::fail)) +
                         attribute("errors", count(standing::inconclusive) +
                                                 (made.inconclusive_because.empty() ? 0U : 1U)) +
                         attribute("skipped", count(standing::not_asked));
    std::string text =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"lastcall "
        "drill\"" +
        numbers + ">\n  <testsuite name=\"" +
        core::xml_text("drill " + run.sequence + ": " + run.subject) + '"' + numbers;
    // Its form is RFC 3339 without a fraction; JUnit wants no zone.
    if (run.started.size() == 20 && run.started.ends_with('Z')) {
        text += " timestamp=\"" + core::xml_text(run.started.substr(0, 19)) + '"';
    }
    text += ">\n";
    for (const auto& one : made.criteria) {
        text += test_case(one.id + ' ' + one.title, inside(one));
    }
    return text + conclusive_case(made) + "  </testsuite>\n</testsuites>\n";
}

}  // namespace lastcall::drill
