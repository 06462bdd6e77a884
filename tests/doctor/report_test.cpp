// What is written: the names of JSON, and that nothing found is never silence.
#include "doctor/report/diagnosis.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "doctor/look/blind_spots.hpp"
#include "doctor/samples.hpp"
#include "drill/support/schema_check.hpp"
#include "lint/catalogue/catalogue.hpp"

namespace lastcall::doctor_test {
namespace {

using nlohmann::json;

TEST(DoctorReport, NothingFoundSaysWhatWasLookedAtAndWhatWasNot) {
    auto of = both({server(50)});
    of.blind_spots.push_back({"its sockets", "no right", "run it as root", "L41"});
    const auto text = as_text(doctor::diagnosis(std::move(of)), {});
    EXPECT_NE(text.find("Nothing found in 1 process with 1 thread"), std::string::npos) << text;
    EXPECT_NE(text.find("Not seen [L60]\n  its sockets: no right; run it as root (L41)"),
              std::string::npos)
        << text;
}

TEST(DoctorReport, JsonCarriesAllOfIt) {
    auto of = both({shell(50), server(51, 50)});
    of.subject = "port 80";
    of.scripts.push_back({50, "/start.sh", 7, "app", true, false, false});
    of.blind_spots.push_back({"a", "b", "c", "d"});
    const auto made = json::parse(as_json(doctor::diagnosis(std::move(of))));
    std::ifstream schema(DOCS "/doctor-json.schema.json");
    EXPECT_EQ(drill::schema_check::problems(json::parse(schema), made), std::vector<std::string>{});
    EXPECT_EQ(made["lastcall_doctor"], 1);
    EXPECT_EQ(made["subject"], "port 80");
    EXPECT_EQ(made["route"][0]["verdict"], "dies");
    EXPECT_EQ(made["route"][0]["script"]["line"], 7);
    EXPECT_FALSE(made["route"][1].contains("script"));
    EXPECT_EQ(made["findings"][0]["rule"], "L16");
    EXPECT_EQ(made["findings"][0]["confidence"], "likely");
    EXPECT_FALSE(made["findings"][0]["evidence"].empty());
    EXPECT_EQ(made["chain"][0]["who"], "app");
    EXPECT_EQ(made["blind_spots"][0]["rules"], "d");
}

TEST(DoctorReport, MarkdownKeepsTheTextOfOthersFromBeingMarkup) {
    auto one = server(50);
    one.command = "app |x| `y` *z*";
    auto of = both({one});
    of.second.processes.at(50).is_frozen = of.first.processes.at(50).is_frozen = true;
    const auto text = as_markdown(doctor::diagnosis(std::move(of)));
    EXPECT_NE(text.find("`app /x/ 'y' *z*`"), std::string::npos) << text;
}

TEST(DoctorReport, TheLineOfAWatchNamesTheCauseBeforeTheStepOfSystemd) {
    auto of = both({server(50)});
    of.platform.kind = doctor::platform_kind::systemd;
    of.platform.main_pid = 50;
    of.platform.active = "deactivating";
    of.platform.sub = "stop";
    of.since = std::chrono::seconds(5);
    EXPECT_TRUE(blocker_line(doctor::diagnosis(doctor::seen(of))).starts_with("L54 "));
    of.platform.sub = "stop-sigterm";
    EXPECT_EQ(blocker_line(doctor::diagnosis(doctor::seen(of))).substr(0, 12), "L09 pid 50: ");
    of.since = std::chrono::seconds(1);
    EXPECT_TRUE(blocker_line(doctor::diagnosis(std::move(of))).starts_with("L54 "))
        << "nothing else is known";
}

TEST(DoctorReport, ConnectionsThatWereNotLookedIntoAreCounted) {
    auto of = both({server(50)});
    for (int i = 0; i < 300; ++i) {
        add_socket(of, 50, client(100, std::chrono::seconds(5), std::chrono::seconds(9)));
        if (i >= 256) {
            of.second.sockets.back().detail.reset();
        }
    }
    const auto has_one = [&] {
        of.blind_spots.clear();
        doctor::tell_blind_spots(of, true);
        return std::any_of(of.blind_spots.begin(), of.blind_spots.end(),
                           [](const auto& each) { return each.what == "44 of 300 connections"; });
    };
    EXPECT_FALSE(has_one()) << "they are not told of before";
    of.since = std::chrono::seconds(20);
    EXPECT_TRUE(has_one());
}

TEST(DoctorReport, EachRuleOfTheEngineIsInTheCatalogue) {
    for (int kind = 0; kind <= static_cast<int>(core::stop_cause_kind::should_have_ended); ++kind) {
        const core::stop_cause cause{static_cast<core::stop_cause_kind>(kind),
                                     core::confidence::likely};
        const auto rule = core::rule_of(cause, {});
        EXPECT_TRUE(rule.empty() || lint::find_rule(rule) != nullptr) << rule;
    }
}

}  // namespace
}  // namespace lastcall::doctor_test
