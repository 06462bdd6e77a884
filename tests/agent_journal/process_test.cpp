// Several processes at one journal: one writes, others look, a second writer is refused.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "agent_journal/folder.hpp"
#include "sys/locked_file.hpp"

namespace lastcall::agent::testing {
namespace {

/// A child that runs `what` and exits with what it returns.
class child {
public:
    explicit child(const std::function<int()>& what) : pid_(::fork()) {
        if (pid_ == 0) {
            ::_exit(what());
        }
    }
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            (void)wait();
        }
    }
    void kill() const { ::kill(pid_, SIGKILL); }
    [[nodiscard]] int pid() const { return pid_; }
    int wait() {
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
        return status;
    }

private:
    int pid_;
};

TEST(Processes, ReadersSeeAWholeJournalWhileItIsWrittenAndSummarised) {
    const folder where;
    const auto go_on = (where.path() / "go_on").string();
    { journal j({where.file()}); }
    put(go_on, "");
    child reader([&] {
        int looks = 0;
        for (; std::filesystem::exists(go_on); ++looks) {
            const auto check = journal::verify(where.file());
            if (!check.is_whole || !check.note.empty()) {
                std::fprintf(stderr, "%s %s\n", check.problem.c_str(), check.note.c_str());
                return 1;
            }
            const auto rows = journal::read_file(where.file(), {});
            if (!rows.empty() && rows.back().number - rows.front().number + 1 <
                                     static_cast<std::int64_t>(rows.size())) {
                return 2;
            }
        }
        return looks > 5 ? 0 : 3;
    });
    {
        journal j({where.file(), 128U << 10U});
        fill(j, 1'500);
        EXPECT_GT(journal::verify(where.file()).summarised, 0);
        std::filesystem::remove(go_on);
    }
    const int status = reader.wait();
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(Processes, ASecondWriterIsRefusedWithThePidOfTheFirst) {
    const folder where;
    journal first({where.file()});
    const auto parent = "(pid " + std::to_string(::getpid()) + ")";
    child second([&] {
        try {
            journal j({where.file()});
            return 1;
        } catch (const journal_error& e) {
            const bool says_who = std::string(e.what()).find(parent) != std::string::npos;
            return e.why() == journal_error::kind::busy && says_who ? 0 : 2;
        }
    });
    EXPECT_EQ(WEXITSTATUS(second.wait()), 0);
    EXPECT_EQ(first.append(row("agent_started")).number, 1);
}

TEST(Processes, ASecondWriterOfTheSameProcessIsRefusedToo) {
    const folder where;
    journal first({where.file()});
    EXPECT_THROW(journal second({where.file()}), journal_error);
    EXPECT_EQ(first.append(row("agent_started")).number, 1);
}

TEST(Processes, AWriterThatWasKilledLeavesEveryRowThatItHasTold) {
    const folder where;
    int told[2];
    ASSERT_EQ(::pipe(told), 0);
    child writer([&] {
        journal j({where.file(), 128U << 10U});
        for (;;) {
            const auto number =
                j.append(row("deploy_state", "web", {{"x", "yyyyyyyyyyyyy"}})).number;
            if (::write(told[1], &number, sizeof number) < 0) {
                return 1;
            }
        }
    });
    ::close(told[1]);
    std::int64_t last = 0;
    while (last < 300) {
        ASSERT_EQ(::read(told[0], &last, sizeof last), static_cast<ssize_t>(sizeof last));
    }
    writer.kill();
    EXPECT_TRUE(WIFSIGNALED(writer.wait()));
    for (std::int64_t one = 0; ::read(told[0], &one, sizeof one) > 0;) {
        last = one;
    }
    ::close(told[0]);
    EXPECT_TRUE(journal::verify(where.file()).is_whole);
    journal j({where.file()});
    EXPECT_GE(j.last_number(), last);
    EXPECT_LE(j.last_number(), last + 1);
}

TEST(Processes, AWriterWaitsForAReaderThatLooksAtAnIdleJournal) {
    const folder where;
    { journal j({where.file()}); }
    auto reader = sys::locked_file::open_to_read(where.head());
    ASSERT_TRUE(reader.try_lock_shared());
    std::int64_t number = 0;
    std::thread writer(
        [&] { number = journal({where.file()}).append(row("agent_started")).number; });
    reader.unlock();
    writer.join();
    EXPECT_EQ(number, 1);
}

TEST(Processes, ALookLeavesNoTrace) {
    const folder lived;
    const folder left;
    {
        journal j({lived.file()});
        fill(j, 30);
        copy_journal(lived, left);
    }
    for (const folder* where : {&lived, &left}) {
        for (const char* name : {"journal.db", "journal.db-wal", "journal.head"}) {
            if (std::filesystem::exists(where->path() / name)) {
                std::filesystem::permissions(where->path() / name,
                                             std::filesystem::perms::owner_read);
            }
        }
        const auto names = where->listing();
        const auto db = contents(where->file());
        const auto wal = contents(where->wal());
        EXPECT_EQ(journal::verify(where->file()).rows, 30);
        EXPECT_EQ(journal::read_file(where->file(), {}).size(), 30U);
        EXPECT_EQ(where->listing(), names);
        EXPECT_EQ(contents(where->file()), db);
        EXPECT_EQ(contents(where->wal()), wal);
    }
    EXPECT_EQ(lived.listing().size(), 2U);
    EXPECT_EQ(left.listing().size(), 3U);
}

TEST(Processes, ThereIsNothingToLookAtWhereThereIsNoJournal) {
    const folder where;
    EXPECT_THROW((void)journal::verify(where.file()), journal_error);
    EXPECT_THROW((void)journal::read_file(where.file(), {}), journal_error);
    EXPECT_TRUE(where.listing().empty());
}

}  // namespace
}  // namespace lastcall::agent::testing
