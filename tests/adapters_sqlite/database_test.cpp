#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "adapters_sqlite/sqlite_service.hpp"

namespace lastcall {
namespace {

using testing::sqlite_service;

TEST(SqliteDatabase, RefusesWhatItCannotOpen) {
    testing::temporary_folder folder;
    lifecycle life(testing::quiet_service());
    EXPECT_THROW(sqlite_database(life, {.file = ""}), std::invalid_argument);
    EXPECT_THROW(sqlite_database(life, {.file = ":memory:"}), std::invalid_argument);
    EXPECT_THROW(sqlite_database(life, {.file = folder.file("a.db"), .readers = 0}),
                 std::invalid_argument);
    EXPECT_THROW(sqlite_database(life, {.file = folder.file("no/such/folder.db")}), sqlite_error);
    std::ofstream(folder.file("text")) << std::string(4096, 'x');
    EXPECT_THROW(sqlite_database(life, {.file = folder.file("text")}), sqlite_error);
}

TEST(SqliteDatabase, ReadsWhileItWrites) {
    sqlite_service s;
    testing::make_orders(s.db);
    sqlite_transaction writes = s.db.begin();
    writes.exec("INSERT INTO orders (item) VALUES ('tea')");
    EXPECT_EQ(testing::number_from(s.db, "SELECT count(*) FROM orders"), 0);
    writes.commit();
    EXPECT_EQ(testing::number_from(s.db, "SELECT count(*) FROM orders"), 1);
}

TEST(SqliteDatabase, SerialisesItsWritersWithoutAnError) {
    sqlite_service s;
    testing::make_orders(s.db);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 50; ++i) {
                sqlite_transaction in = s.db.begin();
                in.exec("INSERT INTO orders (item) VALUES (?)", i);
                in.commit();
            }
        });
    }
    for (auto& one : threads) {
        one.join();
    }
    EXPECT_EQ(testing::number_from(s.db, "SELECT count(*) FROM orders"), 200);
}

TEST(SqliteDatabase, SaysBusyWhenItsTurnDoesNotCome) {
    testing::temporary_folder folder;
    lifecycle life(testing::quiet_service());
    auto options = testing::options_for(folder.file("orders.db"));
    options.busy_timeout = std::chrono::milliseconds(20);
    sqlite_database db(life, options);
    sqlite_transaction first = db.begin();
    try {
        (void)db.begin();
        FAIL() << "there is one writer";
    } catch (const sqlite_error& error) {
        EXPECT_TRUE(error.busy());
        EXPECT_FALSE(error.forced());
    }
}

TEST(SqliteDatabase, WaitsForTheLockOfAnotherOne) {
    sqlite_service s;
    testing::make_orders(s.db);
    auto options = testing::options_for(s.file);
    options.name = "other";
    sqlite_database other(s.life, options);
    sqlite_transaction first = s.db.begin();
    std::thread waits([&] {
        sqlite_transaction in = other.begin();
        in.exec("INSERT INTO orders (item) VALUES ('tea')");
        in.commit();
    });
    while (other.transactions().count() == 0) {
        std::this_thread::yield();
    }
    first.commit();
    waits.join();
    EXPECT_EQ(testing::number_from(s.db, "SELECT count(*) FROM orders"), 1);
}

TEST(SqliteDatabase, LeavesNoLogWhenTheStartFailed) {
    testing::temporary_folder folder;
    const std::string file = folder.file("orders.db");
    {
        lifecycle life(testing::quiet_service());
        sqlite_database db(life, testing::options_for(file));
        testing::make_orders(db);
        ASSERT_TRUE(testing::log_is_left(file));
    }
    EXPECT_FALSE(testing::log_is_left(file));
}

TEST(SqliteDatabase, NamesItsTransactionsInItsGate) {
    sqlite_service s;
    sqlite_transaction in = s.db.begin("place order");
    const auto inside = s.db.transactions().who();
    ASSERT_EQ(inside.size(), 1u);
    EXPECT_EQ(inside.front().gate, "db");
    EXPECT_EQ(inside.front().label, "place order");
}

}  // namespace
}  // namespace lastcall
