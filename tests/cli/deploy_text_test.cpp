// What is said while a deploy goes on, and at its end, letter for letter.
#include "cli/deploy_text.hpp"

#include <gtest/gtest.h>

#include "cli/command.hpp"
#include "cli/sample_views.hpp"

namespace lastcall::cli {
namespace {

using testing::sample_deploy;
using testing::style_at;

std::string joined(const std::vector<std::string>& lines) {
    std::string made;
    for (const auto& line : lines) {
        made += line + "\n";
    }
    return made;
}

nlohmann::json ended(const char* state, const char* reason) {
    auto made = sample_deploy();
    made["state"] = state;
    made["is_final"] = true;
    made["reason"] = reason;
    made["entered"].push_back({{"state", state}, {"at", "2026-11-21T12:00:11.050Z"}});
    return made;
}

TEST(DeployText, TellsEachStateOnceWithItsTime) {
    const auto deploy = sample_deploy();
    const auto style = style_at("2026-11-21T12:00:10.000Z");
    EXPECT_EQ(deploy_head(deploy, style), "deploy 7 of web: generation 3 → 4, node 'server v2.js'");
    EXPECT_EQ(joined(state_lines(deploy, 0, style)),
              "  +0.001 s   planned      it is written down\n"
              "  +0.001 s   approved     it may begin\n"
              "  +0.020 s   spawned      generation 4 is started, and not ready yet\n"
              "  +1.790 s   ready        generation 4 is ready\n"
              "  +1.790 s   cut          new connections are moved to generation 4\n"
              "  +1.800 s   baking       generation 4 serves; generation 3 runs on, in case\n");
    EXPECT_EQ(state_lines(deploy, 5, style).size(), 1U);
    EXPECT_TRUE(state_lines(deploy, 6, style).empty());
    EXPECT_EQ(running_line(deploy, style), "             baking … 3.2 s");
}

TEST(DeployText, OfAFirstStartSpeaksOfNoOldGeneration) {
    auto deploy = sample_deploy();
    deploy["from"] = 0;
    const auto style = style_at("");
    EXPECT_EQ(deploy_head(deploy, style), "deploy 7 of web: generation 4, node 'server v2.js'");
    const auto text = joined(state_lines(deploy, 0, style));
    EXPECT_EQ(text.find("generation 0"), std::string::npos) << text;
    EXPECT_NE(text.find("baking       generation 4 serves\n"), std::string::npos) << text;
}

TEST(DeployText, EndsWithHowLongItTookAndWhoServes) {
    const auto deploy = ended("done", "");
    auto service = testing::sample_agent()["services"][0];
    service["generations"][1]["role"] = "current";
    service["generations"].erase(0);
    EXPECT_EQ(joined(summary_lines(deploy, service, style_at(""))),
              "✓ web: deploy 7 is done in 6.0 s; generation 4 serves (pid 1300)\n");
    EXPECT_EQ(status_of_deploy(deploy), status_ok);
}

TEST(DeployText, OfAFailureTellsTheReasonAndWhatRunsNow) {
    const auto deploy = ended("rolled_back", "generation 4 exited with 1");
    EXPECT_EQ(joined(summary_lines(deploy, testing::sample_agent()["services"][0], style_at(""))),
              "✗ web: deploy 7 was rolled back after 6.0 s: generation 4 exited with 1\n"
              "  generation 3 serves (pid 1203): node server.js\n"
              "  lastcall logs web · lastcall why web\n");
    EXPECT_EQ(status_of_deploy(deploy), status_failed);
}

TEST(DeployText, OfARejectionNamesWhoAndSendsNobodyToTheLogs) {
    const auto text = joined(
        summary_lines(ended("rejected", "bob (uid 1001): not on a Friday"), nullptr, style_at("")));
    EXPECT_EQ(text, "✗ web: deploy 7 was rejected after 6.0 s: bob (uid 1001): not on a Friday\n");
}

TEST(DeployText, SaysWhenNothingRunsAnyMore) {
    const auto service = testing::sample_agent()["services"][1];
    const auto text =
        joined(summary_lines(ended("rolled_back", "no memory"), service, style_at("")));
    EXPECT_NE(text.find("  web does not run: it is failed\n"), std::string::npos) << text;
}

TEST(DeployText, ThePlanOfAnApprovalIsShownWholeAndHarmless) {
    auto deploy = sample_deploy();
    deploy["note"] = "fix\x1b[1A\x1b[2Kthe digest is another";
    deploy["approvers"] = {"bob"};
    deploy["expires"] = "2026-11-22T12:00:00.000Z";
    deploy["command"] = {"/srv/app", "--say", "it's", std::string(200, 'x')};
    auto style = style_at("2026-11-21T12:00:10.000Z");
    style.on.width = 60;
    const auto text = joined(plan_lines(deploy, style));
    EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
    EXPECT_NE(text.find("  command  /srv/app --say 'it'\\''s' " + std::string(200, 'x') + "\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("  digest   sha256:4f1c20ab\n"), std::string::npos) << text;
    EXPECT_NE(text.find("alice (uid 1000)"), std::string::npos) << text;
    EXPECT_NE(text.find("2026-11-22 12:00:00 UTC"), std::string::npos) << text;
}

TEST(DeployText, ABakeThatFailedWaitsForAPerson) {
    auto deploy = sample_deploy();
    deploy["reason"] = "GET /ready: 500";
    const auto lines = decision_lines(deploy, style_at(""));
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0], "deploy 7 waits for a decision: GET /ready: 500");
    EXPECT_EQ(lines[1], "  lastcall approve 7 · lastcall reject 7");
    EXPECT_TRUE(decision_lines(sample_deploy(), style_at("")).empty());
}

}  // namespace
}  // namespace lastcall::cli
