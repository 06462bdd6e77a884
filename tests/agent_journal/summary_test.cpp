// The file stays within its limit, and what is left can be verified.
#include <gtest/gtest.h>

#include <set>

#include "agent_journal/folder.hpp"

namespace lastcall::agent::testing {
namespace {

constexpr std::uint64_t limit = 256U << 10U;

journal_query newest_of(const std::string& service, const std::string& kind) {
    journal_query query;
    query.service = service;
    query.kinds = {kind};
    query.newest_first = true;
    return query;
}

TEST(Summary, KeepsTheFileNearItsLimitAndTheChainWhole) {
    const folder where;
    journal j({where.file(), limit});
    std::uintmax_t largest = 0;
    for (int i = 0; i < 50; ++i) {
        fill(j, 100);
        largest = std::max(largest, std::filesystem::file_size(where.file()));
        ASSERT_TRUE(journal::verify(where.file()).is_whole) << i;
    }
    EXPECT_LT(largest, limit * 3 / 2);
    EXPECT_LT(std::filesystem::file_size(where.wal()), 3U << 19U) << "1 MiB, and one append";
    const auto check = journal::verify(where.file());
    EXPECT_GT(check.summarised, 4'000);
    EXPECT_EQ(check.rows + check.summarised, j.last_number());
}

TEST(Summary, ShrinksTheFileByHalf) {
    const folder where;
    {
        journal j({where.file(), limit});
        while (journal::verify(where.file()).summarised == 0) {
            fill(j, 1);
        }
    }
    EXPECT_LT(std::filesystem::file_size(where.file()), limit * 3 / 4);
}

TEST(Summary, CountsEveryRowThatItStandsForOverManyRounds) {
    const folder where;
    std::vector<journal_row> all;
    journal j({where.file(), limit});
    j.on_append([&](const journal_row& r) { all.push_back(r); });
    fill(j, 4'000);
    const auto newest = j.read(newest_of("", "summary"));
    ASSERT_FALSE(newest.empty());
    const auto& fields = newest[0].fields;
    const auto last = fields.at("last").get<std::size_t>();
    ASSERT_GT(last, 1'000U);
    std::map<std::string, std::int64_t> kinds;
    for (std::size_t i = 0; i < last; ++i) {
        ++kinds[all[i].kind];
    }
    EXPECT_EQ(fields.at("kinds"), nlohmann::json(kinds));
    EXPECT_EQ(fields.at("first"), 1);
    EXPECT_EQ(fields.at("first_hash"), all[0].hash);
    EXPECT_EQ(fields.at("last_hash"), all[last - 1].hash);
    EXPECT_EQ(fields.at("from_ns"), all[0].at.count());
    EXPECT_EQ(fields.at("until_ns"), all[last - 1].at.count());
    EXPECT_GT(kinds["summary"], 1) << "an earlier summary was summarised too";
}

TEST(Summary, TheLastTwoRowsOfEachKindAndServiceCanStillBeRead) {
    const folder where;
    journal j({where.file(), limit});
    for (int i = 1; i <= 3; ++i) {
        j.append(row("generation_started", "quiet", {{"i", i}}));
    }
    fill(j, 5'000);
    ASSERT_GT(journal::verify(where.file()).summarised, 3);
    const auto rows = j.read(newest_of("quiet", "generation_started"));
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].number, 3);
    EXPECT_EQ(rows[0].fields.at("i"), 3);
    EXPECT_EQ(rows[1].fields.at("i"), 2);
    EXPECT_EQ(rows[0].hash.size(), 64U);

    journal_query oldest;
    oldest.service = "quiet";
    ASSERT_EQ(j.read(oldest).size(), 2U);
    EXPECT_EQ(j.read(oldest)[0].number, 2);
    oldest.after = 2;
    EXPECT_EQ(j.read(oldest).size(), 1U);
    EXPECT_EQ(journal::read_file(where.file(), newest_of("quiet", "generation_started")).size(),
              2U);
}

TEST(Summary, IsThereAfterARestart) {
    const folder where;
    std::int64_t last = 0;
    {
        journal j({where.file(), limit});
        j.append(row("config_applied", "", {{"digest", "d"}}));
        fill(j, 3'000);
        last = j.last_number();
    }
    journal j({where.file(), limit});
    EXPECT_EQ(j.repaired(), "");
    EXPECT_EQ(j.last_number(), last);
    EXPECT_EQ(j.read(newest_of("", "config_applied")).size(), 1U);
    fill(j, 3'000);
    EXPECT_TRUE(journal::verify(where.file()).is_whole);
    EXPECT_EQ(j.read(newest_of("", "config_applied")).size(), 1U);
}

TEST(Summary, ManyServicesDoNotMakeItGrowWithoutBound) {
    const folder where;
    journal j({where.file(), limit});
    for (int i = 0; i < 3'000; ++i) {
        j.append(row("generation_started", "service-" + std::to_string(i),
                     {{"text", std::string(200, 'x')}}));
    }
    EXPECT_LT(j.read(newest_of("", "summary")).at(0).fields.dump().size(), limit / 4);
    EXPECT_LT(std::filesystem::file_size(where.file()), limit * 3 / 2);
}

struct forgery {
    std::string name;
    std::string sql;
    std::string problem;
};

class SummaryForgery : public ::testing::TestWithParam<forgery> {};

TEST_P(SummaryForgery, IsFound) {
    const folder where;
    {
        journal j({where.file(), limit});
        fill(j, 3'000);
    }
    tamper(where.file(), GetParam().sql);
    const auto check = journal::verify(where.file());
    EXPECT_FALSE(check.is_whole);
    EXPECT_NE(check.problem.find(GetParam().problem), std::string::npos) << check.problem;
    EXPECT_THROW(journal j({where.file()}), journal_error);
}

INSTANTIATE_TEST_SUITE_P(
    Each, SummaryForgery,
    ::testing::Values(
        forgery{"MoreIsDeleted", "delete from row where number = (select min(number) from row)",
                "missing"},
        forgery{"AnchorForgotten", "update anchor set summary = 0", "no summary tells of them"},
        forgery{"AnchorGone", "delete from anchor", "no summary tells of them"},
        forgery{"SummaryChanged",
                "update row set body = replace(body, '\"first\":1,', '\"first\":2,') "
                "where number = (select summary from anchor)",
                "was changed"},
        forgery{"AnotherRowNamed",
                "update anchor set summary = (select max(number) from row where body not glob "
                "'*\"kind\":\"summary\"*')",
                "named as the newest summary, and is none"}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace lastcall::agent::testing
