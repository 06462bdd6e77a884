#include "lint/report/report_writer.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "lint/catalogue/catalogue.hpp"

namespace lastcall::lint {
namespace {

using nlohmann::json;

finding sample() {
    finding one;
    one.broken = find_rule("D01");
    one.how = severity::error;
    one.sure = confidence::proven;
    one.file = "my app/Dockerfile";
    one.at = {20, 6, 2, 7};
    one.excerpt = "CMD \xc3\xa9\xc3\xa9server <\"&>";
    one.what = "the shell, 100 % of it:\nstays";
    one.edits.push_back({one.at, "[\"server\"]"});
    one.further.push_back({"start.sh", {5, 1, 3, 1}, "S01"});
    return one;
}

std::string written(report_writer& by, std::vector<finding> found) {
    lint_summary summary;
    summary.files = 3;
    summary.judged = 2;
    for (const auto& one : found) {
        summary.count(one);
    }
    std::string made = by.begin();
    if (!found.empty()) {
        made += by.file(found);
        made += by.file(std::span(found).first(1));  // of another file
    }
    return made + by.end(summary);
}

TEST(ReportWriter, WritesJson) {
    const auto writer = make_json_writer();
    auto accepted = sample();
    accepted.accepted = "known";
    const auto all = json::parse(written(*writer, {sample(), accepted}));
    EXPECT_EQ(all["lastcall_lint"], 1);
    ASSERT_EQ(all["findings"].size(), 3U);
    const auto& one = all["findings"][0];
    EXPECT_EQ(one["rule"], "D01");
    EXPECT_EQ(one["severity"], "error");
    EXPECT_EQ(one["confidence"], "proven");
    EXPECT_EQ(one["line"], 2);
    EXPECT_EQ(one["column"], 7);
    EXPECT_EQ(one["edits"][0]["text"], "[\"server\"]");
    EXPECT_EQ(one["further"][0]["file"], "start.sh");
    EXPECT_FALSE(one["why"].get<std::string>().empty());
    EXPECT_FALSE(one.contains("accepted"));
    EXPECT_EQ(all["findings"][1]["accepted"], "known");
    EXPECT_EQ(all["summary"]["errors"], 1);
    EXPECT_EQ(all["summary"]["accepted"], 1);
    EXPECT_EQ(json::parse(written(*make_json_writer(), {}))["findings"].size(), 0U);
}

TEST(ReportWriter, WritesSarif) {
    const auto writer = make_sarif_writer();
    auto accepted = sample();
    accepted.accepted = "known";
    const auto all = json::parse(written(*writer, {sample(), accepted}));
    EXPECT_EQ(all["version"], "2.1.0");
    const auto& run = all["runs"][0];
    EXPECT_EQ(run["tool"]["driver"]["rules"].size(), rule_ids().size());
    ASSERT_EQ(run["results"].size(), 3U);
    const auto& one = run["results"][0];
    EXPECT_EQ(one["level"], "error");
    const auto& where = one["locations"][0]["physicalLocation"];
    EXPECT_EQ(where["artifactLocation"]["uri"], "my%20app/Dockerfile");
    EXPECT_EQ(where["region"]["startColumn"], 6) << "in characters, not in bytes";
    EXPECT_EQ(where["region"]["byteOffset"], 20);
    const auto& change = one["fixes"][0]["artifactChanges"][0]["replacements"][0];
    EXPECT_EQ(change["insertedContent"]["text"], "[\"server\"]");
    EXPECT_FALSE(one.contains("suppressions"));
    EXPECT_EQ(run["results"][1]["suppressions"][0]["justification"], "known");
    EXPECT_TRUE(run["invocations"][0]["executionSuccessful"].get<bool>());
    EXPECT_EQ(json::parse(written(*make_sarif_writer(), {}))["runs"][0]["results"].size(), 0U);
}

TEST(ReportWriter, WritesJunit) {
    auto note = sample();
    note.how = severity::note;
    auto accepted = sample();
    accepted.accepted = "known";
    const auto made = written(*make_junit_writer(), {sample(), note, accepted});
    EXPECT_NE(made.find("<testsuite name=\"my app/Dockerfile\" tests=\"3\" failures=\"1\" "
                        "errors=\"0\" skipped=\"1\">"),
              std::string::npos)
        << made;
    EXPECT_NE(made.find("&lt;&quot;&amp;"), std::string::npos) << made;
    EXPECT_NE(made.find("<skipped message=\"accepted: known\"/>"), std::string::npos);
    EXPECT_NE(made.find("<system-out>"), std::string::npos);
    EXPECT_TRUE(made.ends_with("</testsuites>\n"));
}

TEST(ReportWriter, WritesCommandsForWorkflows) {
    auto accepted = sample();
    accepted.accepted = "known";
    EXPECT_EQ(written(*make_github_writer(), {accepted}), "");
    const auto made = written(*make_github_writer(), {sample(), accepted});
    EXPECT_TRUE(made.starts_with(
        "::error file=my app/Dockerfile,line=2,col=6,title=D01 the shell form keeps a shell in "
        "front of the program::the shell, 100 %25 of it:%0Astays. What to do: "))
        << made;
}

TEST(SummaryText, CountsWhatThereIs) {
    lint_summary summary;
    summary.files = 14;
    summary.judged = 1;
    EXPECT_EQ(summary_text(summary), "nothing found in 1 file of 14");
    summary.errors = 2;
    summary.notes = 1;
    summary.accepted = 3;
    summary.judged = 5;
    EXPECT_EQ(summary_text(summary), "2 errors, 1 note in 5 files of 14; 3 accepted by a comment");
}

}  // namespace
}  // namespace lastcall::lint
