// No room: an append throws, nothing of it is there, and it goes on once there is room.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "agent_journal/folder.hpp"

namespace lastcall::agent::testing {
namespace {

/// setrlimit(2): no file of this process grows beyond `bytes`, until the end of its life.
class file_limit {
public:
    explicit file_limit(std::uint64_t bytes) {
        ::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        rlimit now = before_;
        now.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &now);
    }
    file_limit(const file_limit&) = delete;
    file_limit& operator=(const file_limit&) = delete;
    ~file_limit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
    rlimit before_{};
};

/// Appends until it fails. Returns: the error, and how many rows went in.
std::pair<std::string, int> fill_up(journal& j, std::size_t size) {
    for (int i = 0; i < 100'000; ++i) {
        try {
            j.append(row("deploy_state", "web", {{"text", std::string(size, 'x')}}));
        } catch (const journal_error& e) {
            EXPECT_EQ(e.why(), journal_error::kind::full) << e.what();
            return {e.what(), i};
        }
    }
    return {"", 0};
}

void expect_rows(const folder& where, std::int64_t count) {
    const auto check = journal::verify(where.file());
    EXPECT_TRUE(check.is_whole) << check.problem;
    EXPECT_EQ(check.rows, count);
}

TEST(Full, ALimitOfTheFileSizeRefusesARowAndLiftedTakesItAgain) {
    const folder where;
    journal j({where.file()});
    fill(j, 10);
    {
        const file_limit small(100'000);
        const auto [why, rows] = fill_up(j, 300);
        ASSERT_GT(rows, 0);
        EXPECT_NE(why.find("Make room"), std::string::npos) << why;
        EXPECT_EQ(j.last_number(), 10 + rows);
        EXPECT_EQ(j.read({}).size(), static_cast<std::size_t>(10 + rows));
        EXPECT_EQ(fill_up(j, 300).second, 0) << "still full";
        expect_rows(where, 10 + rows);
    }
    const auto before = j.last_number();
    EXPECT_EQ(j.append(row("agent_started")).number, before + 1);
    expect_rows(where, before + 1);
}

TEST(Full, ADiskOfOneMegabyteFillsUpAndGoesOnAfterMakingRoom) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "mounting a tmpfs needs root";
    }
    const folder where;
    if (::mount("tmpfs", where.path().c_str(), "tmpfs", 0, "size=1m,mode=0700") != 0) {
        GTEST_SKIP() << "mount(2) is refused here";
    }
    const std::string ballast = (where.path() / "ballast").string();
    {
        put(ballast, std::string(200'000, 'x'));
        journal j({where.file()});
        const auto [why, rows] = fill_up(j, 500);
        EXPECT_GT(rows, 20) << why;
        expect_rows(where, rows);
        std::filesystem::remove(ballast);
        EXPECT_EQ(j.append(row("agent_started")).number, rows + 1);
        expect_rows(where, rows + 1);
        fill_up(j, 500);
        const auto last = j.last_number();
        EXPECT_GT(last, rows + 1);
        expect_rows(where, last);
    }
    {
        // Killed and started again on the full disk: what is there can be read, at least.
        const folder elsewhere;
        copy_journal(where, elsewhere);
        EXPECT_TRUE(journal::verify(elsewhere.file()).is_whole);
    }
    EXPECT_EQ(::umount2(where.path().c_str(), MNT_DETACH), 0);
}

TEST(Full, ASummaryThatFindsNoRoomIsMadeLater) {
    const folder where;
    constexpr std::uint64_t limit = 64U << 10U;
    journal j({where.file(), limit});
    {
        const file_limit small(limit + 40'000);
        fill_up(j, 300);
        expect_rows(where, j.last_number());
    }
    fill(j, 200);
    const auto check = journal::verify(where.file());
    EXPECT_TRUE(check.is_whole) << check.problem;
    EXPECT_GT(check.summarised, 0);
}

TEST(Full, AFolderThatMayNotBeWrittenIsToldWithItsPath) {
    const std::string file = "/proc/journal.db";
    try {
        journal j({file});
        FAIL();
    } catch (const journal_error& e) {
        EXPECT_NE(std::string(e.what()).find("/proc/journal.head"), std::string::npos) << e.what();
    }
}

}  // namespace
}  // namespace lastcall::agent::testing
