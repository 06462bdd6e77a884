#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "drill/report/reports.hpp"
#include "drill/support/record_builder.hpp"

namespace lastcall::drill {
namespace {

using nlohmann::json;

json sarif_of(const run_record& run, const settings_source& source = {}) {
    return json::parse(to_sarif(run, judge(run), source));
}

run_record bad_record() {
    record_builder built;
    built.run.expected.exit_within = std::chrono::milliseconds(500);
    built.set(mark::listener_closed, 600);
    built.add(built.in_flight(outcome::cut_in_body));
    return built.run;
}

TEST(SarifReport, HasARuleForEachCriterionAndAResultForEachThatIsBroken) {
    const auto log = sarif_of(bad_record());
    EXPECT_EQ(log["version"], "2.1.0");
    ASSERT_EQ(log["runs"].size(), 1U);
    const auto& run = log["runs"][0];
    const auto& rules = run["tool"]["driver"]["rules"];
    ASSERT_EQ(rules.size(), 19U);
    std::vector<std::string> broken;
    for (const auto& one : run["results"]) {
        broken.push_back(one["ruleId"].get<std::string>() + ' ' + one["level"].get<std::string>());
        EXPECT_EQ(rules[one["ruleIndex"].get<std::size_t>()]["id"], one["ruleId"]);
        EXPECT_FALSE(one["message"]["text"].get<std::string>().empty());
        EXPECT_TRUE(one["locations"].empty());
    }
    EXPECT_EQ(broken,
              (std::vector<std::string>{"V01 error", "V04 error", "V06 error", "V10 warning"}));
    EXPECT_EQ(run["invocations"][0]["exitCode"], 3);
}

TEST(SarifReport, PointsAtTheLineThatIsToBeChanged) {
    const settings_source source{"deploy/my shutdown.yaml",
                                 {{"grace", 3}, {"allowed_losses", 9}, {"budget.exit_within", 5}}};
    const auto log = sarif_of(bad_record(), source);
    const auto& results = log["runs"][0]["results"];
    const auto place = [&](std::size_t i) {
        return results[i]["locations"][0]["physicalLocation"];
    };
    EXPECT_EQ(place(0)["artifactLocation"]["uri"], "deploy/my%20shutdown.yaml");
    EXPECT_EQ(place(0)["region"]["startLine"], 5);
    EXPECT_EQ(place(1)["region"]["startLine"], 9);
    // No line is known for the listener: the file is.
    EXPECT_EQ(place(3)["artifactLocation"]["uri"], "deploy/my%20shutdown.yaml");
    EXPECT_FALSE(place(3).contains("region"));
}

TEST(SarifReport, OfAGoodRunHasNoResult) {
    const record_builder good;
    const auto log = sarif_of(good.run);
    EXPECT_TRUE(log["runs"][0]["results"].empty());
    EXPECT_TRUE(log["runs"][0]["invocations"][0]["toolExecutionNotifications"].empty());
}

TEST(SarifReport, NotesWhyARunIsNotConclusive) {
    record_builder built;
    built.trial().generator.troubles = {"clock stepped"};
    const auto log = sarif_of(built.run);
    const auto& notes = log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    ASSERT_EQ(notes.size(), 1U);
    EXPECT_NE(notes[0]["message"]["text"].get<std::string>().find("clock stepped"),
              std::string::npos);
}

TEST(SarifReport, IsValidWhateverBytesAreInItsTexts) {
    auto run = bad_record();
    std::string every;
    for (int byte = 0; byte < 256; ++byte) {
        every += static_cast<char>(byte);
    }
    run.sequence = every;
    run.trials[0].explanations = {{at_ms(1), 1, every, every, every, every}};
    const auto log = sarif_of(run, {every, {{every, 1}}});
    EXPECT_EQ(log["runs"][0]["results"].size(), 4U);
}

}  // namespace
}  // namespace lastcall::drill
