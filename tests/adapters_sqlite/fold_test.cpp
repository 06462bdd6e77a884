// When the write-ahead log is folded back, and when it must not be. In SQLite 3.7.0 to 3.51.2 a
// checkpoint beside a writer can lose transactions, so there is never one without the write lock.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <csignal>
#include <thread>

#include "adapters/sqlite/store.hpp"
#include "adapters_sqlite/sqlite_service.hpp"

namespace lastcall {
namespace {

using namespace std::chrono_literals;
constexpr auto writer = detail::sqlite_connection::kind::writer;
constexpr std::size_t page = 4'096;

// The store, and beside it a connection that stands for another process.
struct shared_file {
    testing::temporary_folder folder;
    std::string file = folder.file("orders.db");
    sqlite_options options = [this] {
        auto made = testing::options_for(file);
        made.busy_timeout = 50ms;
        return made;
    }();
    std::shared_ptr<detail::sqlite_store> store = std::make_shared<detail::sqlite_store>(options);
    sqlite3* other = nullptr;

    shared_file() {
        write("CREATE TABLE rows (content BLOB)");
        EXPECT_EQ(sqlite3_open(file.c_str(), &other), SQLITE_OK);
        run("PRAGMA wal_autocheckpoint = 0");
        run("SELECT * FROM rows");
    }
    ~shared_file() { sqlite3_close(other); }

    void run(const char* sql) const {
        EXPECT_EQ(sqlite3_exec(other, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sql;
    }
    void write(const std::string& sql) const {
        sqlite_transaction in = store->begin(writer, "row");
        in.script(sql);
        in.commit();
    }
    void write_pages(int count) const {
        write("INSERT INTO rows VALUES (zeroblob(" + std::to_string(count * 4'096) + "))");
    }
    [[nodiscard]] std::size_t folded() const { return std::filesystem::file_size(file) / page; }
};

bool is_folded_within(const shared_file& s, std::size_t pages, std::chrono::milliseconds time) {
    const auto last = std::chrono::steady_clock::now() + time;
    while (s.folded() < pages && std::chrono::steady_clock::now() < last) {
        std::this_thread::sleep_for(1ms);
    }
    return s.folded() >= pages;
}

TEST(SqliteFold, ALogThatHasGrownIsFoldedBackByTheNextTransaction) {
    const shared_file s;
    s.write_pages(detail::pages_before_fold);
    EXPECT_LT(s.folded(), 10u) << "by a commit, which no longer holds the write lock";
    s.write_pages(1);
    EXPECT_GE(s.folded(), std::size_t{detail::pages_before_fold});
    EXPECT_LT(std::filesystem::file_size(s.file + "-wal") / page, 2u * detail::pages_before_fold);
}

TEST(SqliteFold, AShortLogIsLeft) {
    const shared_file s;
    s.write_pages(100);
    s.write_pages(1);
    EXPECT_LT(s.folded(), 10u);
}

TEST(SqliteFold, TheDrainFoldsBackButNotBesideAWriter) {
    const shared_file s;
    s.write_pages(100);
    s.run("BEGIN IMMEDIATE");
    s.store->prepare_close();
    EXPECT_FALSE(is_folded_within(s, 10, 200ms));
    s.run("ROLLBACK");
    EXPECT_TRUE(is_folded_within(s, 100, 10s));
}

TEST(SqliteFold, TheCloseFoldsBackForThoseWhoStay) {
    const shared_file s;
    s.write_pages(100);
    s.store->close();
    EXPECT_GE(s.folded(), 100u);
}

TEST(SqliteFold, TheCloseLeavesTheLogToWhoeverWrites) {
    shared_file s;
    s.write_pages(100);
    s.run("BEGIN IMMEDIATE");
    EXPECT_NO_THROW(s.store->close());
    EXPECT_LT(s.folded(), 10u);
    s.run("COMMIT");
    sqlite3_close(std::exchange(s.other, nullptr));
    EXPECT_GE(s.folded(), 100u);
    EXPECT_FALSE(testing::log_is_left(s.file));
}

TEST(SqliteFold, TheCloseSaysThatTheDiskWasFull) {
    const shared_file s;
    s.write_pages(300);
    s.store->begin(writer, "fold").rollback();
    s.store->prepare_close();
    ASSERT_TRUE(is_folded_within(s, 300, 10s));
    // The log begins anew and ends below the limit; the database would end above it.
    std::signal(SIGXFSZ, SIG_IGN);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit small{.rlim_cur = 450 * page, .rlim_max = before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    s.write_pages(300);
    try {
        s.store->close();
        ADD_FAILURE() << "the log cannot have been folded back";
    } catch (const sqlite_error& error) {
        EXPECT_NE(std::string(error.what()).find("could not be folded back: "), std::string::npos)
            << error.what();
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_TRUE(testing::log_is_left(s.file));
}

}  // namespace
}  // namespace lastcall
