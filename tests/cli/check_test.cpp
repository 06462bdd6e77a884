// `lastcall check` as a user runs it.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/program.hpp"
#include "sys/private_directory.hpp"

namespace lastcall::testing {
namespace {

class Check : public ::testing::Test {
protected:
    program_result run(const std::string& yaml, const std::string& options = "--grace 60s") {
        const auto file = folder_.path() / "lastcall.yaml";
        std::ofstream(file) << yaml;
        return run_lastcall("check " + file.string() + " " + options);
    }

private:
    sys::private_directory folder_;
};

constexpr const char* good =
    "services:\n"
    "  web: {command: sleep 1, listen: 127.0.0.1:0, ready: tcp, after: [db], stop: {grace: 20s}}\n"
    "  db: {command: sleep 1}\n";

TEST_F(Check, ShowsWhatRunsInTheOrderOfTheStartAndTheStop) {
    const auto made = run(good);
    EXPECT_EQ(made.status, 0) << made.output;
    const auto db = made.output.find("1. db");
    const auto web = made.output.find("2. web  (after db)");
    ASSERT_NE(db, std::string::npos) << made.output;
    ASSERT_NE(web, std::string::npos) << made.output;
    EXPECT_LT(db, web);
    for (const char* const words :
         {"tcp:127.0.0.1:0", "handover automatic", "(uid ", "stop, at most 52s of 60s (--grace)",
          "a connection to each socket", "is good\n"}) {
        EXPECT_NE(made.output.find(words), std::string::npos) << words << "\n" << made.output;
    }
}

TEST_F(Check, EndsWithThreeForErrorsAndForAStopThatDoesNotFit) {
    const auto wrong = run("services: {web: {command: sleep 1, stop: {grace: 5}}}\n");
    EXPECT_EQ(wrong.status, 3);
    EXPECT_NE(wrong.output.find("\"5\" has no unit; write 5s"), std::string::npos) << wrong.output;
    EXPECT_NE(wrong.output.find("1 error; nothing would be started"), std::string::npos)
        << wrong.output;
    const auto late = run(good, "--grace 10s");
    EXPECT_EQ(late.status, 3);
    EXPECT_NE(late.output.find("SIGKILL would come 42s early"), std::string::npos) << late.output;
}

TEST_F(Check, WritesOneObjectOfJson) {
    const auto made = run(good, "--grace 60s --json");
    EXPECT_EQ(made.status, 0);
    const auto all = nlohmann::json::parse(made.output);
    EXPECT_EQ(all["lastcall_check"], 1);
    EXPECT_TRUE(all["good"].get<bool>());
    EXPECT_EQ(all["stop"]["total_ms"], 52000);
    EXPECT_EQ(all["services"][1]["name"], "web");
    const auto wrong = run("services: {web: {comand: x}}", "--json");
    EXPECT_EQ(wrong.status, 3);
    const auto problem = nlohmann::json::parse(wrong.output)["problems"].at(0);
    EXPECT_EQ(problem["line"], 1);
    EXPECT_EQ(problem["column"], 18);
    EXPECT_EQ(problem["severity"], "error");
}

TEST_F(Check, TellsUsageFromAFileThatCannotBeRead) {
    EXPECT_EQ(run_lastcall("check").status, 2);
    EXPECT_EQ(run_lastcall("check --help").status, 0);
    EXPECT_EQ(run(good, "--grace 5").status, 2);
    const auto missing = run_lastcall("check /no/such.yaml");
    EXPECT_EQ(missing.status, 1);
    EXPECT_EQ(missing.output, "lastcall check: /no/such.yaml: the file does not exist\n");
}

}  // namespace
}  // namespace lastcall::testing
