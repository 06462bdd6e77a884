#include <limits>

#include "adapters_postgres/postgres_service.hpp"

namespace lastcall {
namespace {

using testing::postgres_service;

TEST(PostgresTransaction, BindsAndReadsEveryType) {
    postgres_service s;
    postgres_transaction in = s.db.begin();
    in.exec("CREATE TABLE t (i bigint, r float8, x text, b bytea, n text, o int, y boolean)");
    const std::vector<std::byte> blob{std::byte{0}, std::byte{255}, std::byte{10}};
    EXPECT_EQ(in.exec("INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6, $7)",
                      std::numeric_limits<std::int64_t>::min(), 0.1, "it's 'tea'", blob, nullptr,
                      std::optional<int>(7), true),
              1);
    postgres_rows row = in.query("SELECT * FROM t");
    ASSERT_TRUE(row.next());
    EXPECT_EQ(row.size(), 1);
    EXPECT_EQ(row.columns(), 7);
    EXPECT_EQ(row.get<std::int64_t>(0), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(row.get<double>(1), 0.1);
    EXPECT_EQ(row.get<std::string>(2), "it's 'tea'");
    EXPECT_EQ(row.get<std::vector<std::byte>>(3), blob);
    EXPECT_TRUE(row.is_null(4));
    EXPECT_EQ(row.get<std::optional<std::string>>(4), std::nullopt);
    EXPECT_EQ(row.get<std::optional<int>>(5), 7);
    EXPECT_TRUE(row.get<bool>(6));
    EXPECT_FALSE(row.next());
    EXPECT_THROW((void)row.get<int>(0), std::out_of_range);
}

TEST(PostgresTransaction, ConvertsNothingSilently) {
    postgres_service s;
    postgres_transaction in = s.db.begin();
    postgres_rows row = in.query("SELECT NULL, 'x', 300");
    ASSERT_TRUE(row.next());
    EXPECT_THROW((void)row.get<int>(0), postgres_error);
    EXPECT_THROW((void)row.get<int>(1), postgres_error);
    EXPECT_THROW((void)row.get<std::uint8_t>(2), postgres_error);
    EXPECT_THROW((void)row.get<bool>(1), postgres_error);
    EXPECT_THROW(in.exec("SELECT $1", std::string("a\0b", 3)), std::invalid_argument);
}

TEST(PostgresTransaction, RollsBackUnlessItIsCommitted) {
    postgres_service s;
    {
        postgres_transaction in = s.db.begin();
        in.exec("INSERT INTO orders VALUES (1, 'tea')");
    }
    EXPECT_EQ(s.look.number("SELECT count(*) FROM orders"), 0);
    postgres_transaction in = s.db.begin();
    in.exec("INSERT INTO orders VALUES (1, 'tea')");
    in.commit();
    EXPECT_FALSE(in);
    EXPECT_THROW(in.exec("SELECT 1"), std::logic_error);
    EXPECT_EQ(s.look.number("SELECT count(*) FROM orders"), 1);
}

TEST(PostgresTransaction, SaysWhatFailedAndInWhich) {
    postgres_service s;
    postgres_transaction in = s.db.begin();
    in.exec("INSERT INTO orders VALUES (1, 'tea')");
    try {
        in.exec("INSERT INTO orders VALUES ($1, $2)", 1, "coffee");
        FAIL() << "the id is taken";
    } catch (const postgres_error& error) {
        EXPECT_EQ(error.sqlstate(), "23505");
        EXPECT_EQ(error.sql(), "INSERT INTO orders VALUES ($1, $2)");
        EXPECT_NE(std::string(error.what()).find("orders_pkey"), std::string::npos);
    }
}

// PostgreSQL answers such a COMMIT with success, and rolls back.
TEST(PostgresTransaction, DoesNotCallARollbackACommit) {
    postgres_service s;
    postgres_transaction in = s.db.begin();
    in.exec("INSERT INTO orders VALUES (1, 'tea')");
    EXPECT_THROW(in.exec("SELECT 1 / 0"), postgres_error);
    EXPECT_THROW(in.commit(), postgres_error);
    EXPECT_EQ(s.look.number("SELECT count(*) FROM orders"), 0);
}

TEST(PostgresTransaction, RunsOneStatementOrAScript) {
    postgres_service s;
    postgres_transaction in = s.db.begin();
    in.script("CREATE TABLE a (x int); CREATE TABLE b (x int)");
    EXPECT_EQ(in.exec("INSERT INTO a SELECT generate_series(1, 10)"), 10);
    EXPECT_THROW(in.exec("SELECT 1; SELECT 2"), postgres_error);
}

TEST(PostgresTransaction, RefusesCopyInsteadOfHangingInIt) {
    postgres_service s;
    postgres_transaction in = s.db.begin();
    EXPECT_THROW(in.exec("COPY orders FROM STDIN"), postgres_error);
}

TEST(PostgresTransaction, SendsAndReadsMoreThanASocketHolds) {
    postgres_service s;
    postgres_transaction in = s.db.begin();
    const std::string big(8'000'000, 'x');
    postgres_rows row = in.query("SELECT $1::text || $1::text", big);
    ASSERT_TRUE(row.next());
    EXPECT_EQ(row.get<std::string_view>(0).size(), 2 * big.size());
}

TEST(PostgresTransaction, CallsOnCommitAfterACommitOnly) {
    postgres_service s;
    int calls = 0;
    postgres_transaction first = s.db.begin();
    first.on_commit([&] { ++calls; });
    first.rollback();
    EXPECT_EQ(calls, 0);
    postgres_transaction second = s.db.begin();
    second.on_commit([&] { ++calls; });
    second.commit();
    EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace lastcall
