#include <gtest/gtest.h>

#include <algorithm>

#include "drill/report/markup.hpp"
#include "drill/report/markup_check.hpp"
#include "drill/report/reports.hpp"
#include "drill/support/sample_runs.hpp"

namespace lastcall::drill {
namespace {

using testing::contains;
using testing::look_at;

std::string page_of(const run_record& run) { return to_html(run, judge(run)); }

std::vector<run_record> all_samples() {
    std::vector<run_record> runs;
    runs.push_back(samples::graceful());
    runs.push_back(samples::graceful(3));
    runs.push_back(samples::failing());
    runs.push_back(samples::inconclusive());
    runs.push_back(samples::kubernetes());
    runs.push_back(samples::rolling());
    runs.push_back(samples::crowded(5000, 200));
    return runs;
}

TEST(HtmlReport, SaysTheVerdictInAWordAndASentence) {
    const auto run = samples::graceful();
    const auto made = judge(run);
    const auto page = to_html(run, made);
    EXPECT_TRUE(contains(page, "</svg> PASS"));
    EXPECT_TRUE(contains(page, "0 of " + std::to_string(made.totals.at_risk) +
                                   " requests at risk were lost (95 %: below "));
    EXPECT_TRUE(contains(page, "; exit 412 ms after SIGTERM, grace 30 s."));
    EXPECT_TRUE(contains(page_of(samples::failing()), "</svg> FAIL"));
    EXPECT_TRUE(contains(page_of(samples::inconclusive()), "</svg> INCONCLUSIVE"));
}

TEST(HtmlReport, SaysOfWhatFailedWhyAndWhatToDo) {
    const auto run = samples::failing();
    const auto made = judge(run);
    const auto page = to_html(run, made);
    for (const auto& one : made.criteria) {
        EXPECT_TRUE(contains(page, escaped(one.title)));
        EXPECT_TRUE(contains(page, escaped(one.measured)));
        EXPECT_TRUE(contains(page, escaped(one.why)));
        EXPECT_TRUE(contains(page, escaped(one.fix)));
    }
    EXPECT_TRUE(contains(page, "<li><b>V02 " + made.of("V02").title + ":</b>"));
    EXPECT_TRUE(contains(page, "SIGKILL was needed, exit 30 s after SIGTERM"));
    EXPECT_TRUE(contains(page, "5 of them never sent a byte"));
    EXPECT_TRUE(contains(page, "pid 4712 sleep 100"));
    EXPECT_TRUE(contains(page, "2 acknowledged, and not there: number 17, 44"));
    EXPECT_TRUE(contains(page, "WebSocket gone without a close frame"));
}

TEST(HtmlReport, IsWellFormedAndItsNamesAreUnique) {
    for (const auto& run : all_samples()) {
        const auto facts = look_at(page_of(run));
        EXPECT_EQ(facts.problem, "") << run.subject << " " << run.sequence;
        auto ids = facts.ids;
        std::ranges::sort(ids);
        EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end()) << run.sequence;
        for (const auto& reference : facts.references) {
            ASSERT_TRUE(reference.starts_with("#")) << reference;
            EXPECT_TRUE(std::ranges::binary_search(ids, reference.substr(1))) << reference;
        }
    }
}

TEST(HtmlReport, LoadsNothingAndRunsNothing) {
    for (const auto& run : all_samples()) {
        const auto page = page_of(run);
        const auto facts = look_at(page);
        for (const auto* element : {"script", "link", "img", "iframe", "object", "form"}) {
            EXPECT_FALSE(facts.elements.contains(element)) << element;
        }
        EXPECT_FALSE(contains(page, "@import"));
        EXPECT_FALSE(contains(page, "url("));
        EXPECT_FALSE(contains(page, " src="));
    }
}

TEST(HtmlReport, TakesNoTextForMarkup) {
    for (const auto* text : {"\"><script>alert(1)</script>", "'></title><svg onload=x>",
                             "&amp;<!--", "]]></style><b>", "\x1b[2J\r\n\xFF\xFE"}) {
        auto run = samples::hostile(text);
        auto made = judge(run);
        for (auto& one : made.criteria) {
            one.id = one.title = one.measured = one.why = one.fix = text;
            one.how = standing::fail;
        }
        made.inconclusive_because = {text};
        const auto page = to_html(run, made);
        const auto facts = look_at(page);
        EXPECT_EQ(facts.problem, "") << text;
        EXPECT_FALSE(facts.elements.contains("script"));
        EXPECT_FALSE(contains(page, "<svg onload"));
        EXPECT_FALSE(contains(page, "<!--"));
        EXPECT_EQ(facts.elements.at("style"), 1);
        EXPECT_EQ(page.find('\x1b'), std::string::npos);
        EXPECT_EQ(page.find('\xFF'), std::string::npos);
    }
    EXPECT_TRUE(contains(page_of(samples::hostile("<script>")), "&lt;script&gt;"));
}

TEST(HtmlReport, IsTheSameForTheSameRun) {
    const auto run = samples::failing();
    const auto made = judge(run);
    EXPECT_EQ(to_html(run, made), to_html(run, made));
    EXPECT_EQ(page_of(samples::failing()), page_of(samples::failing()));
    EXPECT_NE(page_of(samples::failing()), page_of(samples::graceful()));
}

TEST(HtmlReport, ShowsTheWorstTrialFirstAndAtMostTenTimelines) {
    auto run = samples::graceful(12);
    for (auto& one : run.trials[6].exchanges) {
        one.result = one.lane == "stream" ? outcome::cut_in_body : one.result;
    }
    const auto page = page_of(run);
    const auto facts = look_at(page);
    const auto timelines = std::ranges::count_if(facts.ids, [](const std::string& id) {
        return id.starts_with("timeline-") && id.ends_with("-t");
    });
    EXPECT_EQ(timelines, 10);
    const auto first = std::ranges::find_if(
        facts.ids, [](const std::string& id) { return id.starts_with("timeline-"); });
    ASSERT_NE(first, facts.ids.end());
    EXPECT_EQ(*first, "timeline-7-t");
    EXPECT_TRUE(contains(page, "2 further trials, which were no worse, are in the table only."));
    EXPECT_EQ(facts.elements.at("details"), 9);
}

TEST(HtmlReport, StaysSmallWithAHundredThousandRequests) {
    constexpr std::size_t most = 3'000'000;
    EXPECT_LT(page_of(samples::crowded(100'000, 100)).size(), most);
    EXPECT_LT(page_of(samples::crowded(100'000, 5'000)).size(), most);
    EXPECT_LT(page_of(samples::crowded(100'000, 100'000)).size(), most);
}

TEST(HtmlReport, StaysSmallWithManyTrials) {
    auto run = samples::crowded(20'000, 1'000);
    for (std::uint32_t i = 2; i <= 20; ++i) {
        run.trials.push_back(run.trials.front());
        run.trials.back().number = i;
    }
    EXPECT_LT(page_of(run).size(), 3'000'000U);
}

TEST(HtmlReport, SaysHowManyRowsAreShown) {
    const auto page = page_of(samples::crowded(100'000, 3'000));
    EXPECT_TRUE(contains(page, "60 of "));
    EXPECT_TRUE(contains(page, " rows shown"));
    EXPECT_TRUE(contains(page, " lost or ambiguous not shown"));
}

TEST(HtmlReport, LabelsACellWithTooFewConnections) {
    const auto page = page_of(samples::inconclusive());
    EXPECT_TRUE(contains(page,
                         "<tr class=\"thin\"><th scope=\"row\">connected, silent</th>"
                         "<td class=\"n\">1 <small>of 5 wanted</small>"));
    EXPECT_FALSE(contains(page_of(samples::graceful()), "class=\"thin\""));
}

TEST(HtmlReport, SaysWhichLaneWasLeftOutAndWhy) {
    EXPECT_TRUE(contains(page_of(samples::graceful()),
                         "Lane <b>handshake</b> was left out: the server does not speak TLS."));
}

TEST(HtmlReport, EnlargesTheSignalAfterALongPreStop) {
    EXPECT_TRUE(contains(page_of(samples::kubernetes()), "Around the signal, enlarged"));
    EXPECT_FALSE(contains(page_of(samples::graceful()), "Around the signal, enlarged"));
}

TEST(HtmlReport, IsAPageEvenWhenNothingWasSeen) {
    const run_record nothing;
    EXPECT_EQ(look_at(to_html(nothing, verdict{})).problem, "");
    run_record interrupted;
    interrupted.trials.emplace_back();
    interrupted.trials.back().is_interrupted = true;
    const auto page = to_html(interrupted, verdict{});
    EXPECT_EQ(look_at(page).problem, "");
    EXPECT_TRUE(contains(page, "The run was interrupted"));
}

}  // namespace
}  // namespace lastcall::drill
