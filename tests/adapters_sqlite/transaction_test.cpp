#include <gtest/gtest.h>

#include <limits>

#include "adapters_sqlite/sqlite_service.hpp"

namespace lastcall {
namespace {

using testing::number_from;
using testing::sqlite_service;

std::string error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const sqlite_error& error) {
        return error.what();
    }
    return "no error";
}

TEST(SqliteTransaction, BindsAndReadsEveryType) {
    sqlite_service s;
    sqlite_transaction in = s.db.begin();
    in.exec("CREATE TABLE t (i INTEGER, r REAL, x TEXT, b BLOB, n TEXT, o INTEGER, y INTEGER)");
    const std::vector<std::byte> blob{std::byte{0}, std::byte{255}};
    EXPECT_EQ(in.exec("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)",
                      std::numeric_limits<std::int64_t>::min(), 0.5, std::string("a\0b", 3), blob,
                      nullptr, std::optional<int>(7), true),
              1);
    sqlite_rows row = in.query("SELECT * FROM t");
    ASSERT_TRUE(row.next());
    EXPECT_EQ(row.columns(), 7);
    EXPECT_EQ(row.get<std::int64_t>(0), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(row.get<double>(1), 0.5);
    EXPECT_EQ(row.get<std::string>(2), std::string("a\0b", 3));
    EXPECT_EQ(row.get<std::vector<std::byte>>(3), blob);
    EXPECT_TRUE(row.is_null(4));
    EXPECT_EQ(row.get<std::optional<std::string>>(4), std::nullopt);
    EXPECT_EQ(row.get<std::optional<int>>(5), 7);
    EXPECT_TRUE(row.get<bool>(6));
    EXPECT_FALSE(row.next());
}

TEST(SqliteTransaction, ConvertsNothingSilently) {
    sqlite_service s;
    sqlite_transaction in = s.db.read();
    sqlite_rows row = in.query("SELECT NULL AS absent, 'x' AS text, 300 AS big");
    ASSERT_TRUE(row.next());
    EXPECT_NE(error_of([&] { (void)row.get<int>(0); }).find("column 0 (absent) is not an integer"),
              std::string::npos);
    EXPECT_THROW((void)row.get<int>(1), sqlite_error);
    EXPECT_THROW((void)row.get<std::string>(2), sqlite_error);
    EXPECT_THROW((void)row.get<std::uint8_t>(2), sqlite_error);
    EXPECT_EQ(row.get<std::int16_t>(2), 300);
    EXPECT_THROW(in.exec("SELECT ?", std::numeric_limits<std::uint64_t>::max()), std::out_of_range);
}

TEST(SqliteTransaction, RollsBackUnlessItIsCommitted) {
    sqlite_service s;
    testing::make_orders(s.db);
    {
        sqlite_transaction in = s.db.begin();
        in.exec("INSERT INTO orders (item) VALUES ('tea')");
    }
    EXPECT_EQ(number_from(s.db, "SELECT count(*) FROM orders"), 0);
    sqlite_transaction in = s.db.begin();
    in.exec("INSERT INTO orders (item) VALUES ('tea')");
    EXPECT_EQ(in.last_insert_id(), 1);
    in.commit();
    EXPECT_FALSE(in);
    EXPECT_THROW(in.exec("SELECT 1"), std::logic_error);
    EXPECT_EQ(number_from(s.db, "SELECT count(*) FROM orders"), 1);
}

TEST(SqliteTransaction, SaysWhatFailedAndInWhich) {
    sqlite_service s;
    testing::make_orders(s.db);
    sqlite_transaction in = s.db.begin();
    in.exec("INSERT INTO orders VALUES (1, 'tea')");
    try {
        in.exec("INSERT INTO orders VALUES (?, ?)", 1, "coffee");
        FAIL() << "the id is taken";
    } catch (const sqlite_error& error) {
        EXPECT_EQ(error.code(), 1555);  // SQLITE_CONSTRAINT_PRIMARYKEY
        EXPECT_EQ(error.sql(), "INSERT INTO orders VALUES (?, ?)");
        EXPECT_NE(std::string(error.what()).find("UNIQUE constraint failed: orders.id"),
                  std::string::npos);
        EXPECT_NE(std::string(error.what()).find(s.file), std::string::npos);
    }
    in.commit();  // a statement that failed has no effect, and the transaction goes on
    EXPECT_EQ(number_from(s.db, "SELECT count(*) FROM orders"), 1);
}

TEST(SqliteTransaction, RefusesTwoStatementsInOneAndWrongParameters) {
    sqlite_service s;
    sqlite_transaction in = s.db.begin();
    EXPECT_THROW(in.exec("SELECT 1; SELECT 2"), std::invalid_argument);
    EXPECT_THROW(in.exec(""), std::invalid_argument);
    EXPECT_THROW(in.exec("SELECT ?", 1, 2), std::invalid_argument);
    EXPECT_NO_THROW(in.exec("SELECT 1 ; "));
}

TEST(SqliteTransaction, NeverRunsAStatementOutsideOfItself) {
    sqlite_service s;
    testing::make_orders(s.db);
    sqlite_transaction in = s.db.begin();
    in.exec("COMMIT");
    EXPECT_THROW(in.exec("INSERT INTO orders (item) VALUES ('tea')"), sqlite_error);
    EXPECT_THROW(in.commit(), sqlite_error);
    EXPECT_EQ(number_from(s.db, "SELECT count(*) FROM orders"), 0);
}

TEST(SqliteTransaction, CanRunOneStatementTwiceAtATimeAndManyInTurn) {
    sqlite_service s;
    sqlite_transaction in = s.db.begin();
    sqlite_rows outer = in.query("SELECT ?", 1);
    sqlite_rows inner = in.query("SELECT ?", 2);
    ASSERT_TRUE(outer.next());
    ASSERT_TRUE(inner.next());
    EXPECT_EQ(outer.get<int>(0), 1);
    EXPECT_EQ(inner.get<int>(0), 2);
    for (int i = 0; i < 200; ++i) {  // more than are kept prepared
        sqlite_rows row = in.query("SELECT " + std::to_string(i));
        ASSERT_TRUE(row.next());
        EXPECT_EQ(row.get<int>(0), i);
    }
}

TEST(SqliteTransaction, LeavesItsRowsHarmlessWhenItEnds) {
    sqlite_service s;
    sqlite_transaction in = s.db.begin();
    sqlite_rows rows = in.query("SELECT 1 UNION SELECT 2");
    ASSERT_TRUE(rows.next());
    in.commit();
    EXPECT_THROW(rows.next(), std::logic_error);
}

TEST(SqliteTransaction, CallsOnCommitAfterACommitOnly) {
    sqlite_service s;
    int calls = 0;
    sqlite_transaction first = s.db.begin();
    first.on_commit([&] { ++calls; });
    first.rollback();
    EXPECT_EQ(calls, 0);
    sqlite_transaction second = s.db.begin();
    second.on_commit([&] { ++calls; });
    second.commit();
    EXPECT_EQ(calls, 1);
}

TEST(SqliteTransaction, EnforcesForeignKeysAndKeepsReadersFromWriting) {
    sqlite_service s;
    testing::make_orders(s.db);
    sqlite_transaction in = s.db.begin();
    in.exec("CREATE TABLE lines (of INTEGER REFERENCES orders (id))");
    EXPECT_THROW(in.exec("INSERT INTO lines VALUES (99)"), sqlite_error);
    in.commit();
    sqlite_transaction read = s.db.read();
    EXPECT_THROW(read.exec("INSERT INTO orders (item) VALUES ('tea')"), sqlite_error);
}

}  // namespace
}  // namespace lastcall
