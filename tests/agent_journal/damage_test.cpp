// Files that a disk has spoiled: everything is there, or it is said; never a crash.
#include <gtest/gtest.h>

#include "agent_journal/folder.hpp"

namespace lastcall::agent::testing {
namespace {

constexpr std::size_t sector = 512;

std::string truncated(const std::string& bytes, std::size_t at) { return bytes.substr(0, at); }

std::string zeroed(const std::string& bytes, std::size_t at) {
    auto changed = bytes;
    changed.replace(at, std::min(sector, bytes.size() - at), std::min(sector, bytes.size() - at),
                    '\0');
    return changed;
}

std::string flipped(const std::string& bytes, std::size_t at) {
    auto changed = bytes;
    for (auto i = at; i < std::min(at + sector, bytes.size()); i += 7) {
        changed[i] = static_cast<char>(~changed[i]);
    }
    return changed;
}

struct spoiling {
    std::string name;
    std::string (*spoil)(const std::string&, std::size_t);
};

class Damage : public ::testing::TestWithParam<spoiling> {
protected:
    /// 40 rows in the database, 20 in the log beside it; the writer was killed.
    void SetUp() override {
        const folder lived;
        {
            journal j({lived.file()});
            fill(j, 40);
        }
        journal j({lived.file()});
        fill(j, 20);
        copy_journal(lived, left_);
    }

    /// Returns: whether everything was there.
    bool opens_whole_or_says_so(const folder& where) {
        const bool is_whole = verifies(where);
        try {
            journal j({where.file()});
            EXPECT_TRUE(is_whole);
            EXPECT_EQ(j.last_number(), 60);
            EXPECT_EQ(j.read({}).size(), 60U);
            j.append(row("agent_started"));
            EXPECT_TRUE(journal::verify(where.file()).is_whole);
            return true;
        } catch (const journal_error& e) {
            EXPECT_FALSE(is_whole) << e.what();
            EXPECT_TRUE(e.why() == journal_error::kind::damaged ||
                        e.why() == journal_error::kind::newer ||
                        e.why() == journal_error::kind::unusable)
                << e.what();
            damaged_ += e.why() == journal_error::kind::damaged ? 1 : 0;
            return false;
        }
    }

    static bool verifies(const folder& where) {
        try {
            const auto check = journal::verify(where.file());
            EXPECT_TRUE(check.is_whole || (check.first_bad > 0 && !check.problem.empty()));
            return check.is_whole;
        } catch (const journal_error&) {
            return false;
        }
    }

    folder left_;
    int damaged_ = 0;
};

TEST_P(Damage, OfTheDatabaseAtAnySectorIsFoundOrTouchesNoRow) {
    const auto bytes = contents(left_.file());
    int spoilt = 0;
    for (std::size_t at = 0; at < bytes.size(); at += sector) {
        const folder where;
        copy_journal(left_, where);
        put(where.file(), GetParam().spoil(bytes, at));
        spoilt += opens_whole_or_says_so(where) ? 0 : 1;
        ASSERT_FALSE(HasFailure()) << "at " << at;
    }
    EXPECT_GT(damaged_, static_cast<int>(bytes.size() / sector / 2));
    EXPECT_LE(spoilt - damaged_, 1);
}

TEST_P(Damage, OfTheLogAtAnySectorIsFoundOrTouchesNoRow) {
    const auto bytes = contents(left_.wal());
    ASSERT_GT(bytes.size(), 60'000U);
    for (std::size_t at = 0; at < bytes.size(); at += sector) {
        const folder where;
        copy_journal(left_, where);
        put(where.wal(), GetParam().spoil(bytes, at));
        opens_whole_or_says_so(where);
        ASSERT_FALSE(HasFailure()) << "at " << at;
    }
    EXPECT_GT(damaged_, static_cast<int>(bytes.size() / sector / 2));
}

INSTANTIATE_TEST_SUITE_P(Each, Damage,
                         ::testing::Values(spoiling{"Truncated", truncated},
                                           spoiling{"Zeroed", zeroed},
                                           spoiling{"Flipped", flipped}),
                         [](const auto& one) { return one.param.name; });

TEST(Damaged, WithoutItsDatabaseAHeadSaysWhatIsMissing) {
    const folder where;
    {
        journal j({where.file()});
        fill(j, 5);
    }
    for (const bool is_there : {true, false}) {
        put(where.file(), "");
        if (!is_there) {
            std::filesystem::remove(where.file());
        }
        const auto check = journal::verify(where.file());
        EXPECT_EQ(check.first_bad, 1);
        EXPECT_NE(check.problem.find("rows 1 to 5 are missing"), std::string::npos)
            << check.problem;
        try {
            journal j({where.file()});
            FAIL();
        } catch (const journal_error& e) {
            EXPECT_EQ(e.why(), journal_error::kind::damaged) << e.what();
        }
    }
}

TEST(Damaged, MovedAwayAsTheErrorSaysANewJournalBegins) {
    const folder where;
    {
        journal j({where.file()});
        fill(j, 5);
    }
    tamper(where.file(), "delete from row where number = 3");
    EXPECT_THROW(journal j({where.file()}), journal_error);
    for (const auto& file : {where.file(), where.wal(), where.head()}) {
        std::filesystem::remove(file);
    }
    journal j({where.file()});
    EXPECT_EQ(j.append(row("agent_started")).number, 1);
}

TEST(Damaged, AnUnfinishedAppendIsCutOffAndTold) {
    const folder lived;
    const folder left;
    std::string shorter;
    {
        journal j({lived.file()});
        fill(j, 5);
        shorter = contents(lived.wal());
        const auto head = contents(lived.head());
        fill(j, 1);
        copy_journal(lived, left);
        put(left.head(), head);
    }
    const auto whole = contents(left.wal());
    const folder torn;
    copy_journal(left, torn);
    put(torn.wal(), whole.substr(0, shorter.size() + 100));
    journal cut({torn.file()});
    EXPECT_EQ(cut.last_number(), 5);
    EXPECT_NE(cut.repaired().find("was cut off"), std::string::npos) << cut.repaired();

    journal finished({left.file()});
    EXPECT_EQ(finished.last_number(), 6);
    EXPECT_NE(finished.repaired().find("row 6 was written, but its append had not returned"),
              std::string::npos)
        << finished.repaired();
}

}  // namespace
}  // namespace lastcall::agent::testing
