// JUnit's XML, in the dialect that CI systems agree on: a suite for each file with findings, and
// one that says how much was looked at.
#include "core/xml_text.hpp"
#include "lint/report/report_writer.hpp"

namespace lastcall::lint {
namespace {

using core::xml_text;

bool is_failure(const finding& one) {
    return one.accepted.empty() && !one.is_fixed && one.how != severity::note;
}

std::string inside(const finding& one) {
    if (!one.accepted.empty()) {
        return "      <skipped message=\"" + xml_text("accepted: " + one.accepted) + "\"/>\n";
    }
    const std::string text = one.excerpt + "\nwhy: " + std::string(one.why_text()) + " (" +
                             std::string(one.source_text()) +
                             ")\nfix: " + std::string(one.fix_text());
    if (!is_failure(one)) {
        return "      <system-out>" + xml_text(one.what + "\n" + text) + "</system-out>\n";
    }
    return "      <failure type=\"" + std::string(to_string(one.how)) + "\" message=\"" +
           xml_text(one.what) + "\">" + xml_text(text) + "</failure>\n";
}

std::string suite(const std::string& name, std::size_t tests, std::size_t failures,
                  std::size_t skipped, const std::string& content) {
    return "  <testsuite name=\"" + xml_text(name) + "\" tests=\"" + std::to_string(tests) +
           "\" failures=\"" + std::to_string(failures) + "\" errors=\"0\" skipped=\"" +
           std::to_string(skipped) + "\">\n" + content + "  </testsuite>\n";
}

std::string test_case(const std::string& name, const std::string& content) {
    return "    <testcase classname=\"lastcall.lint\" name=\"" + xml_text(name) + "\">\n" +
           content + "    </testcase>\n";
}

class junit_report : public report_writer {
public:
    std::string begin() override {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
    }

    std::string file(std::span<const finding> found) override {
        std::string content;
        std::size_t failures = 0;
        std::size_t skipped = 0;
        for (const finding& one : found) {
            failures += is_failure(one) ? 1U : 0U;
            skipped += one.accepted.empty() ? 0U : 1U;
            content +=
                test_case(one.file + ":" + std::to_string(one.at.line) + ":" +
                              std::to_string(one.at.column) + " " + std::string(one.broken->id),
                          inside(one));
        }
        return suite(found.front().file, found.size(), failures, skipped, content);
    }

    std::string end(const lint_summary& summary) override {
        return suite("lastcall lint", 1, 0, 0, test_case(summary_text(summary), {})) +
               "</testsuites>\n";
    }
};

}  // namespace

std::unique_ptr<report_writer> make_junit_writer() { return std::make_unique<junit_report>(); }

}  // namespace lastcall::lint
