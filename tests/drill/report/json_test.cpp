#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "adapters_temp_files/scratch.hpp"
#include "drill/report/reports.hpp"
#include "drill/support/random_record.hpp"
#include "drill/support/record_builder.hpp"
#include "drill/support/schema_check.hpp"
#include "drill/verdict/compare.hpp"
#include "drill/verdict/summary.hpp"

namespace lastcall::drill {
namespace {

using nlohmann::json;
using testing::scratch;

json schema() {
    std::ifstream file(DOCS "/drill-json.schema.json");
    return json::parse(file);
}

json report_of(const run_record& run) { return json::parse(to_json(run, judge(run))); }

/// Everything that a report can hold.
run_record full_record() {
    record_builder built;
    built.run.expected.allowed_idle_races = 3;
    built.trial().effects = effect_ledger{20, 20, 19, {7}, {8}, ""};
    built.trial().leftovers = {{leftover::kind::process, "pid 7 sleep 100"}};
    built.trial().explanations = {
        {at_ms(300), 7, "shell-in-front", "L14", "a shell", "write exec"}};
    built.add(built.in_flight(outcome::cut_in_body));
    return built.run;
}

TEST(JsonReport, IsAsItsSchemaSays) {
    for (const auto& run : {full_record(), record_builder().run, run_record{}}) {
        EXPECT_EQ(schema_check::problems(schema(), report_of(run)), std::vector<std::string>{});
    }
    for (std::uint32_t seed = 0; seed < 100; ++seed) {
        SCOPED_TRACE(seed);
        EXPECT_EQ(schema_check::problems(schema(), report_of(random_record(seed).make())),
                  std::vector<std::string>{});
    }
}

TEST(JsonReport, IsRefusedByItsSchemaWhenAMemberIsChanged) {
    const auto whole = report_of(full_record());
    const auto flat = whole.flatten();
    for (const auto& [pointer, value] : flat.items()) {
        auto changed = whole;
        changed[json::json_pointer(pointer)] = json::array({json::object({{"odd", nullptr}})});
        EXPECT_FALSE(schema_check::problems(schema(), changed).empty()) << pointer;
    }
    for (const auto& [name, value] : whole.items()) {
        auto without = whole;
        without.erase(name);
        EXPECT_FALSE(schema_check::problems(schema(), without).empty()) << name;
    }
}

TEST(JsonReport, SaysWhatTheVerdictSays) {
    const auto run = full_record();
    const auto made = judge(run);
    const auto report = report_of(run);
    EXPECT_EQ(report["lastcall_drill"], 1);
    EXPECT_EQ(report["verdict"]["overall"], "fail");
    EXPECT_EQ(report["verdict"]["exit_status"], 3);
    ASSERT_EQ(report["criteria"].size(), made.criteria.size());
    for (std::size_t i = 0; i < made.criteria.size(); ++i) {
        EXPECT_EQ(report["criteria"][i]["id"], made.criteria[i].id);
        EXPECT_EQ(report["criteria"][i]["standing"], to_string(made.criteria[i].how));
        EXPECT_EQ(report["criteria"][i]["fix"], made.criteria[i].fix);
    }
    EXPECT_EQ(report["losses"]["lost"], 1);
    EXPECT_EQ(report["losses"]["at_risk"], 27);
    EXPECT_EQ(report["requests"]["total"], 47);
    EXPECT_EQ(report["requests"]["rulings"]["lost"], 1);
    EXPECT_EQ(report["requests"]["lanes"][0]["lane"], "pool");
    EXPECT_EQ(report["latency_before_ms"]["count"], 20);
    EXPECT_EQ(report["latency_before_ms"]["p99"], 5);
    EXPECT_EQ(report["settings"]["allowed_idle_races"], 3);
    const auto& trial = report["trials"][0];
    EXPECT_EQ(trial["marks_ms"]["exited"], 600);
    EXPECT_EQ(trial["marks_ms"]["load_begun"], -3000);
    EXPECT_FALSE(trial["marks_ms"].contains("killed"));
    EXPECT_EQ(trial["effects"]["lost"], json::array({7}));
    EXPECT_EQ(trial["explanations"][0]["at_ms"], 300);
}

TEST(JsonReport, IsValidWhateverBytesAreInItsTexts) {
    auto run = full_record();
    std::string every;
    for (int byte = 0; byte < 256; ++byte) {
        every += static_cast<char>(byte);
    }
    run.subject = run.url = run.sequence = run.signal = every;
    run.lanes[0].name = every;
    auto& trial = run.trials[0];
    trial.notes = {every};
    trial.leftovers[0].text = every;
    trial.exchanges[0].lane = run.names->intern(every);
    trial.generator.troubles = {every};
    EXPECT_EQ(schema_check::problems(schema(), report_of(run)), std::vector<std::string>{});
}

TEST(JsonReport, IsTheSameTwice) {
    const auto run = full_record();
    EXPECT_EQ(to_json(run, judge(run)), to_json(run, judge(run)));
}

TEST(Summary, ReadFromAReportIsThatOfTheRun) {
    const scratch folder;
    const auto run = full_record();
    const auto made = judge(run);
    std::ofstream(folder / "a.json") << to_json(run, made);
    const auto found = read_summary(folder / "a.json");
    const auto direct = summarise(run, made);
    EXPECT_EQ(found.file, folder / "a.json");
    EXPECT_EQ(found.sequence, direct.sequence);
    EXPECT_EQ(found.subject, direct.subject);
    EXPECT_EQ(found.overall, standing::fail);
    EXPECT_EQ(found.at_risk, direct.at_risk);
    EXPECT_EQ(found.lost, direct.lost);
    EXPECT_EQ(found.exit_ms, 600);
    EXPECT_EQ(found.last_response_ms, 290);
    EXPECT_EQ(found.latency_p99_ms, 5);
    ASSERT_EQ(found.criteria.size(), 19U);
    EXPECT_EQ(found.criteria[3].id, "V04");
    EXPECT_EQ(found.criteria[3].how, standing::fail);
    EXPECT_EQ(found.criteria[3].measured, direct.criteria[3].measured);
}

std::string error_of(const std::filesystem::path& file) {
    try {
        static_cast<void>(read_summary(file));
        return "";
    } catch (const std::runtime_error& e) {
        return e.what();
    }
}

TEST(Summary, OfWhatIsNoReportSaysWhatToGive) {
    const scratch folder;
    EXPECT_NE(error_of(folder / "none").find("can not be read"), std::string::npos);
    EXPECT_NE(error_of(folder.path()).find("can not be read"), std::string::npos);
    const auto whole = report_of(full_record());
    const auto changed = [&](const char* pointer, const json& value) {
        auto report = whole;
        report[json::json_pointer(pointer)] = value;
        std::ofstream(folder / "a.json") << report;
        return error_of(folder / "a.json");
    };
    EXPECT_EQ(changed("/more", 1), "");
    EXPECT_NE(changed("/lastcall_drill", 2).find("of version 2, only 1"), std::string::npos);
    EXPECT_NE(changed("/criteria", 1).find("no list"), std::string::npos);
    EXPECT_NE(changed("/criteria/0", 1).find("no report"), std::string::npos);
    EXPECT_NE(changed("/criteria/0/standing", "good").find("standing"), std::string::npos);
    EXPECT_NE(changed("/losses/lost", -1).find("a count"), std::string::npos);
    EXPECT_NE(changed("/losses/lost", 1000).find("more was lost"), std::string::npos);
    EXPECT_NE(changed("/exit_ms", 1e300).find("a duration"), std::string::npos);
    EXPECT_NE(changed("/exit_ms", "x").find("a duration"), std::string::npos);
    EXPECT_NE(changed("/losses", nullptr).find("no report"), std::string::npos);
    std::ofstream(folder / "a.json") << "{";
    EXPECT_NE(error_of(folder / "a.json").find("no report of a drill"), std::string::npos);
    std::ofstream(folder / "a.json") << "{}";
    EXPECT_NE(error_of(folder / "a.json").find("\"lastcall_drill\" is missing"), std::string::npos);
}

}  // namespace
}  // namespace lastcall::drill
