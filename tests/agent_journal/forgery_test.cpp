// What somebody changes by hand is found, with the number of the row.
#include <gtest/gtest.h>

#include "agent/journal/row_text.hpp"
#include "agent_journal/folder.hpp"

namespace lastcall::agent::testing {
namespace {

struct forgery {
    std::string name;
    std::string sql;
    std::int64_t row;
    std::string problem;  ///< a part of it
};

class Forgery : public ::testing::TestWithParam<forgery> {};

TEST_P(Forgery, IsFoundWithTheNumberOfTheRow) {
    const folder where;
    {
        journal j({where.file()});
        fill(j, 12);
    }
    ASSERT_TRUE(journal::verify(where.file()).is_whole);
    tamper(where.file(), GetParam().sql);
    const auto check = journal::verify(where.file());
    EXPECT_FALSE(check.is_whole);
    EXPECT_EQ(check.first_bad, GetParam().row) << check.problem;
    EXPECT_NE(check.problem.find(GetParam().problem), std::string::npos) << check.problem;
    try {
        journal j({where.file()});
        FAIL() << "opened to be written";
    } catch (const journal_error& e) {
        EXPECT_EQ(e.why(), journal_error::kind::damaged);
        EXPECT_NE(std::string(e.what()).find(GetParam().problem), std::string::npos) << e.what();
        EXPECT_NE(std::string(e.what()).find("move "), std::string::npos) << e.what();
    }
}

INSTANTIATE_TEST_SUITE_P(
    Each, Forgery,
    ::testing::Values(
        forgery{"ChangedField",
                "update row set body = replace(body, '\"service\":\"api\"', '\"service\":\"app\"') "
                "where number = 6",
                6, "row 6 was changed"},
        forgery{"ChangedNumberInside",
                "update row set body = replace(body, '\"number\":6,', '\"number\":60,') "
                "where number = 6",
                6, "holds what was written as another row"},
        forgery{"ChangedHash",
                "update row set hash = replace(hash, substr(hash, 1, 1), 'g') where number = 6", 6,
                "does not have its hash"},
        forgery{"DeletedRow", "delete from row where number = 6", 6, "row 6 is missing"},
        forgery{"DeletedRows", "delete from row where number between 6 and 8", 6,
                "rows 6 to 8 are missing"},
        forgery{"DeletedBeginning", "delete from row where number <= 3", 1,
                "rows 1 to 3 are missing"},
        forgery{"DeletedEnd", "delete from row where number > 10", 11,
                "rows 11 to 12 are missing at the end"},
        forgery{"DeletedAll", "delete from row", 1, "rows 1 to 12 are missing at the end"},
        forgery{"SwappedRows",
                "update row set number = -1 where number = 6;"
                "update row set number = 6 where number = 7;"
                "update row set number = 7 where number = -1",
                6, "holds what was written as another row: {\"number\":7"},
        forgery{"InsertedInTheMiddle",
                "update row set number = -number where number > 6;"
                "update row set number = 1 - number where number < 0;"
                "insert into row values(7, '{}', 'x')",
                7, "row 7"},
        forgery{"InsertedBefore", "insert into row select 0, body, hash from row where number = 1",
                1, "holds what was written as another row"},
        forgery{"InsertedAtTheEnd",
                "insert into row select 13, body, hash from row where number = 12", 13, "row 13"},
        forgery{"BodyIsNull",
                "pragma ignore_check_constraints = on; update row set body = '' where number = 6",
                6, "row 6"},
        forgery{"AnchorMoved", "update anchor set summary = 5", 5,
                "is named as the newest summary"}),
    [](const auto& one) { return one.param.name; });

/// A forger who knows the format: the row has a right hash.
std::string forged(const std::string& file, std::int64_t number, const std::string& previous) {
    auto rows = journal::read_file(file, {});
    auto changed = rows.at(static_cast<std::size_t>(number - 1));
    changed.who.name = "mallory";
    const auto body = body_of(changed, previous);
    return "update row set body = '" + body + "', hash = '" + hash_of(body) +
           "' where number = " + std::to_string(number);
}

std::string hash_in(const std::string& file, std::int64_t number) {
    return journal::read_file(file, {}).at(static_cast<std::size_t>(number - 1)).hash;
}

TEST(Forging, ARowWithARightHashDoesNotFitTheNextOne) {
    const folder where;
    {
        journal j({where.file()});
        fill(j, 12);
    }
    tamper(where.file(), forged(where.file(), 6, hash_in(where.file(), 5)));
    const auto check = journal::verify(where.file());
    EXPECT_EQ(check.first_bad, 6) << check.problem;
    EXPECT_NE(check.problem.find("row 6 is not the one that row 7 was written after"),
              std::string::npos)
        << check.problem;
    EXPECT_THROW((void)journal::read_file(where.file(), {}), journal_error);
    journal_query newest;
    newest.newest_first = true;
    EXPECT_THROW((void)journal::read_file(where.file(), newest), journal_error);
}

TEST(Forging, ALastRowWithARightHashIsNotTheOneOfTheHead) {
    const folder where;
    {
        journal j({where.file()});
        fill(j, 12);
    }
    tamper(where.file(), forged(where.file(), 12, hash_in(where.file(), 11)));
    const auto check = journal::verify(where.file());
    EXPECT_EQ(check.first_bad, 12);
    EXPECT_NE(check.problem.find("the head names another hash"), std::string::npos)
        << check.problem;
}

TEST(Forging, RowsThatAreAppendedWithoutTheHeadAreFound) {
    const folder where;
    std::string head;
    {
        journal j({where.file()});
        fill(j, 10);
        head = contents(where.head());
        fill(j, 2);
    }
    put(where.head(), head);
    const auto check = journal::verify(where.file());
    EXPECT_EQ(check.first_bad, 11);
    EXPECT_NE(check.problem.find("rows 11 to 12 are not known to the head"), std::string::npos)
        << check.problem;
}

TEST(Forging, ARowThatIsWrittenBesideARunningAgentStopsItFromAppending) {
    const folder where;
    journal j({where.file()});
    fill(j, 3);
    tamper(where.file(), "insert into row values(4, '{}', 'x')");
    try {
        j.append(row("x"));
        FAIL();
    } catch (const journal_error& e) {
        EXPECT_EQ(e.why(), journal_error::kind::damaged) << e.what();
    }
}

TEST(Forging, WithoutItsHeadAJournalIsWholeWithANote) {
    const folder where;
    {
        journal j({where.file()});
        fill(j, 3);
    }
    std::filesystem::remove(where.head());
    const auto check = journal::verify(where.file());
    EXPECT_TRUE(check.is_whole);
    EXPECT_NE(check.note.find("no head file"), std::string::npos);
    journal j({where.file()});
    EXPECT_NE(j.repaired().find("was made anew"), std::string::npos);
    EXPECT_TRUE(journal::verify(where.file()).note.empty());
}

TEST(Forging, OfAnotherProgramOrALaterVersionIsRefused) {
    const folder where;
    { journal j({where.file()}); }
    for (const auto& [sql, why] :
         {std::pair{"pragma user_version = 2", journal_error::kind::newer},
          std::pair{"pragma application_id = 7", journal_error::kind::unusable}}) {
        tamper(where.file(), sql);
        for (const bool writes : {true, false}) {
            try {
                if (writes) {
                    journal j({where.file()});
                } else {
                    (void)journal::verify(where.file());
                }
                FAIL() << sql;
            } catch (const journal_error& e) {
                EXPECT_EQ(e.why(), why) << e.what();
            }
        }
    }
    put(where.file(), "a text file that is no database, long enough to be looked at by anybody");
    EXPECT_NE(journal::verify(where.file()).problem.find("not a database"), std::string::npos);
}

}  // namespace
}  // namespace lastcall::agent::testing
