#include <gtest/gtest.h>

#include <thread>

#include "agent_journal/folder.hpp"

namespace lastcall::agent::testing {
namespace {

TEST(Journal, NumbersRowsFromOneAndReadsBackWhatWasAppended) {
    const folder where;
    journal j({where.file()});
    EXPECT_EQ(j.last_number(), 0);
    journal_row first = row("deploy_asked", "web", {{"digest", "sha256:00"}, {"n", 1.5}});
    first.generation = 3;
    first.deploy = 7;
    first.who = {actor::kind::user, "alice", 1000, 4242};
    const auto written = j.append(first);
    EXPECT_EQ(written.number, 1);
    EXPECT_EQ(written.hash.size(), 64U);
    EXPECT_GT(written.at.count(), 0);
    EXPECT_GT(written.since_boot.count(), 0);
    EXPECT_EQ(written.boot.size(), 36U);
    EXPECT_EQ(j.append(row("agent_started")).number, 2);

    const auto rows = j.read({});
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].kind, "deploy_asked");
    EXPECT_EQ(rows[0].service, "web");
    EXPECT_EQ(rows[0].generation, 3);
    EXPECT_EQ(rows[0].deploy, 7);
    EXPECT_EQ(rows[0].who.text(), "alice (uid 1000)");
    EXPECT_EQ(rows[0].who.pid, 4242);
    EXPECT_EQ(rows[0].fields, first.fields);
    EXPECT_EQ(rows[0].at, written.at);
    EXPECT_EQ(rows[0].hash, written.hash);
    EXPECT_TRUE(rows[1].service.empty());
}

TEST(Journal, GoesOnWhereTheProcessBeforeHasEnded) {
    const folder where;
    std::string head;
    {
        journal j({where.file()});
        fill(j, 20);
        head = j.read({.most = 1, .newest_first = true}).at(0).hash;
    }
    journal j({where.file()});
    EXPECT_EQ(j.repaired(), "");
    EXPECT_EQ(j.last_number(), 20);
    EXPECT_EQ(j.append(row("agent_started")).number, 21);
    const auto check = journal::verify(where.file());
    EXPECT_TRUE(check.is_whole) << check.problem;
    EXPECT_EQ(check.rows, 21);
    EXPECT_NE(check.head, head);
}

TEST(Journal, AnswersByServiceKindDeployNumberAndFromTheNewest) {
    const folder where;
    journal j({where.file()});
    fill(j, 24);
    auto deploy = row("deploy_state", "web");
    deploy.deploy = 9;
    j.append(deploy);
    EXPECT_EQ(j.read({.service = "web"}).size(), 9U);
    EXPECT_EQ(j.read({.kinds = {"probe_changed", "generation_exited"}}).size(), 12U);
    EXPECT_EQ(j.read({.deploy = 9}).size(), 1U);
    EXPECT_EQ(j.read({.after = 20}).size(), 5U);
    const auto newest = j.read({.service = "api", .most = 2, .newest_first = true});
    ASSERT_EQ(newest.size(), 2U);
    EXPECT_EQ(newest[0].number, 24);
    EXPECT_EQ(newest[1].number, 23);
}

TEST(Journal, FieldsThatLookLikeKeysOfARowDoNotMisleadAQuery) {
    const folder where;
    journal j({where.file()});
    j.append(
        row("deploy_state", "we\"b,\"service\":\"web\",\"", {{"service", "web"}, {"kind", "x"}}));
    EXPECT_TRUE(j.read({.service = "web"}).empty());
    EXPECT_TRUE(j.read({.kinds = {"x"}}).empty());
    EXPECT_EQ(j.read({.service = "we\"b,\"service\":\"web\",\""}).size(), 1U);
}

TEST(Journal, BytesThatAreNoUtf8BecomeReplacementCharacters) {
    const folder where;
    journal j({where.file()});
    EXPECT_EQ(j.append(row("x", "a", {{"status", "\xff ok"}})).fields.at("status"),
              "\xEF\xBF\xBD ok");
    EXPECT_EQ(j.read({}).at(0).fields.at("status"), "\xEF\xBF\xBD ok");
    EXPECT_EQ(j.append(row("x", "a", "no object")).fields, nlohmann::json::object());
}

TEST(Journal, RefusesARowThatIsTooLargeOrNestedTooDeeplyAndGoesOn) {
    const folder where;
    journal j({where.file()});
    nlohmann::json deep = 1;
    for (int i = 0; i < 100'000; ++i) {
        deep = nlohmann::json::array({std::move(deep)});
    }
    journal_row bad[2] = {row("x"), row("x")};
    bad[0].fields["text"] = std::string(2U << 20U, 'x');
    bad[1].fields["deep"] = std::move(deep);
    for (auto& one : bad) {
        try {
            j.append(std::move(one));
            FAIL();
        } catch (const journal_error& e) {
            EXPECT_EQ(e.why(), journal_error::kind::refused) << e.what();
        }
    }
    EXPECT_EQ(j.append(row("x")).number, 1);
}

TEST(Journal, TellsEachRowToItsListenerInOrder) {
    const folder where;
    journal j({where.file()});
    std::vector<std::int64_t> told;
    j.on_append([&](const journal_row& r) { told.push_back(r.number); });
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] { fill(j, 25); });
    }
    for (auto& one : threads) {
        one.join();
    }
    ASSERT_EQ(told.size(), 100U);
    for (std::size_t i = 0; i < told.size(); ++i) {
        EXPECT_EQ(told[i], static_cast<std::int64_t>(i + 1));
    }
    EXPECT_TRUE(journal::verify(where.file()).is_whole);
}

TEST(Journal, IsPrivateToItsOwner) {
    const folder where;
    journal j({where.file()});
    fill(j, 2);
    for (const auto& entry : std::filesystem::directory_iterator(where.path())) {
        EXPECT_EQ(entry.status().permissions(),
                  std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
            << entry.path();
    }
}

}  // namespace
}  // namespace lastcall::agent::testing
