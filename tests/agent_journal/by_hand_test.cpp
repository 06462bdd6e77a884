// docs/journal.md is enough to verify a journal: tools/verify_journal knows nothing else.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>

#include "agent_journal/folder.hpp"

namespace lastcall::agent::testing {
namespace {

int run(const std::string& command) {
    const int status = std::system((command + " >/dev/null 2>&1").c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class ByHand : public ::testing::Test {
protected:
    void SetUp() override {
        if (run("command -v sqlite3") != 0) {
            GTEST_SKIP() << "sqlite3(1) is not installed";
        }
    }
    int verify() { return run(VERIFY_JOURNAL " " + where_.file()); }
    folder where_;
};

TEST_F(ByHand, AJournalIsVerifiedWithSqlite3AndSha256sum) {
    {
        journal j({where_.file()});
        fill(j, 8);
        j.append(row("agent_started", "", {{"text", "quotes \" and ' and \n and \xc3\xa9 \\"}}));
    }
    EXPECT_EQ(verify(), 0);
    tamper(where_.file(),
           "update row set body = replace(body, '\"api\"', '\"app\"')"
           " where number = 4");
    EXPECT_EQ(verify(), 0) << "row 4 is of another service";
    tamper(where_.file(),
           "update row set body = replace(body, '\"api\"', '\"app\"')"
           " where number = 5");
    EXPECT_EQ(verify(), 1);
}

TEST_F(ByHand, RowsThatAreMissingAtTheEndAreSeenFromTheHead) {
    {
        journal j({where_.file()});
        fill(j, 5);
    }
    tamper(where_.file(), "delete from row where number = 5");
    EXPECT_EQ(verify(), 1);
}

TEST_F(ByHand, ASummarisedJournalBeginsWhereItsSummaryEnds) {
    {
        journal j({where_.file(), 32U << 10U});
        fill(j, 120);
    }
    ASSERT_GT(journal::verify(where_.file()).summarised, 0);
    EXPECT_EQ(verify(), 0);
    tamper(where_.file(), "delete from row where number = (select min(number) from row)");
    EXPECT_EQ(verify(), 1);
}

}  // namespace
}  // namespace lastcall::agent::testing
