#include "sql/guarded_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/text.h"
#include "sql/sqlite_connection.h"

namespace cip::sql {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class GuardedQuery : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove(path_);
    const auto database = SqliteConnection::open(path_).value();
    for (const std::string sql :
         {"CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, name TEXT, country TEXT)",
          "CREATE INDEX customers_name ON customers (name)",
          "INSERT INTO customers VALUES (1, 'Ann', 'UK'), (2, 'Bo', 'Norway'), (3, NULL, NULL)",
          "CREATE TABLE users (name TEXT, password TEXT)",
          "INSERT INTO users VALUES ('root', 'hash')",
          "CREATE VIEW everything AS SELECT * FROM users"}) {
      ASSERT_TRUE(database->execute({sql}));
    }
    guard_.tables = {{"customers", {"customer_id", "country"}}};
  }
  void TearDown() override {
    for (const std::string end : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + end);
  }

  Result<GuardedRows> ask(const std::string& sql) { return run_guarded(path_, sql, guard_); }

  Error refusal(const std::string& sql) {
    const auto refused = ask(sql);
    EXPECT_FALSE(refused) << sql;
    return refused ? Error{} : refused.error();
  }

  std::string path_ =
      (std::filesystem::temp_directory_path() / fmt::format("cip_guarded_{}.db", ::getpid()))
          .string();
  QueryGuard guard_;
};

TEST_F(GuardedQuery, GivesTheRowsOfASelect) {
  const auto rows =
      ask("SELECT country AS c, count(*) FROM customers GROUP BY 1 ORDER BY 1;  -- by country\n")
          .value();
  EXPECT_THAT(rows.columns, ElementsAre("c", "count(*)"));
  ASSERT_EQ(rows.rows.size(), 3U);
  EXPECT_THAT(rows.rows[2], ElementsAre(Value("UK"), Value(std::int64_t{1})));
  EXPECT_FALSE(rows.is_cut);
  EXPECT_THAT(rows.hidden, ElementsAre());
}

TEST_F(GuardedQuery, UnderstandsWhatAnAnalystWrites) {
  for (const std::string sql :
       {"WITH uk AS (SELECT * FROM customers WHERE country = 'UK') SELECT count(*) FROM uk",
        "SELECT customer_id, row_number() OVER (ORDER BY country) FROM customers",
        "SELECT a.customer_id FROM customers a JOIN customers b USING (country)",
        "SELECT strftime('%Y', '2024-01-02'), upper(country), round(1.5) FROM customers",
        "SELECT value FROM json_each('[1,2]')", "VALUES (1), (2)",
        "SELECT country FROM customers UNION SELECT 'x'"}) {
    const auto rows = ask(sql);
    EXPECT_TRUE(rows) << sql << ": " << (rows ? "" : rows.error().message);
  }
}

TEST_F(GuardedQuery, ReadsHiddenColumnsAsNullWhereverTheyStand) {
  const auto rows = ask("SELECT * FROM customers ORDER BY customer_id").value();
  EXPECT_THAT(rows.rows[0],
              ElementsAre(Value(std::int64_t{1}), Value(std::monostate{}), Value("UK")));
  EXPECT_THAT(rows.hidden, ElementsAre("customers.name"));
  for (const std::string sql :
       {"SELECT customer_id FROM customers WHERE name = 'Ann'",
        "SELECT customer_id FROM customers WHERE name > ''",
        "SELECT c.customer_id FROM customers c JOIN (SELECT 'Ann' AS n) ON n = c.name",
        "SELECT 1 FROM customers GROUP BY name HAVING max(name) = 'Bo'",
        "WITH t AS (SELECT name AS n FROM customers) SELECT n FROM t WHERE n IS NOT NULL"}) {
    EXPECT_TRUE(ask(sql).value().rows.empty()) << sql;
  }
}

TEST_F(GuardedQuery, RefusesEverythingButReading) {
  for (const std::string sql : {"INSERT INTO customers VALUES (9, 'x', 'y')",
                                "UPDATE customers SET country = 'x'",
                                "DELETE FROM customers",
                                "DROP TABLE customers",
                                "CREATE TABLE t (a)",
                                "CREATE TEMP TABLE t AS SELECT 1",
                                "CREATE TEMP VIEW v AS SELECT 1",
                                "ALTER TABLE customers RENAME TO c",
                                "PRAGMA table_info(customers)",
                                "PRAGMA query_only = OFF",
                                "ATTACH ':memory:' AS other",
                                "DETACH main",
                                "VACUUM",
                                "VACUUM INTO '/tmp/copy.db'",
                                "BEGIN",
                                "SAVEPOINT s",
                                "REINDEX",
                                "ANALYZE",
                                "EXPLAIN SELECT 1",
                                "EXPLAIN QUERY PLAN SELECT * FROM customers",
                                "CREATE VIRTUAL TABLE t USING fts5(a)",
                                "REPLACE INTO customers VALUES (1, 'x', 'y')",
                                "INSERT INTO customers SELECT * FROM customers RETURNING *"}) {
    const Error error = refusal(sql);
    EXPECT_EQ(error.code, Errc::Forbidden) << sql << ": " << error.message;
  }
  for (const std::string sql : {"PRAGMA query_only = OFF", "DELETE FROM customers",
                                "drop TABLE customers", "CREATE TABLE t (a)", "REINDEX"}) {
    const std::string verb = lowered(sql.substr(0, sql.find(' ')));
    EXPECT_THAT(lowered(refusal(sql).message), StartsWith(verb + " is refused"));
  }
  EXPECT_EQ(ask("SELECT count(*) FROM customers").value().rows[0][0], Value(std::int64_t{3}));
}

TEST_F(GuardedQuery, RefusesOtherTables) {
  for (const std::string sql :
       {"SELECT * FROM users", "SELECT count(*) FROM users", "SELECT * FROM everything",
        "SELECT * FROM sqlite_master", "SELECT * FROM sqlite_schema",
        "SELECT * FROM pragma_table_info('users')", "SELECT * FROM pragma_database_list",
        "SELECT (SELECT password FROM users) FROM customers",
        "SELECT customer_id FROM customers WHERE EXISTS (SELECT 1 FROM users)",
        "SELECT country FROM customers UNION SELECT password FROM users", "SELECT * FROM dbstat",
        "SELECT count(*) FROM everything", "SELECT count(*) FROM pragma_database_list",
        "SELECT count(*) FROM sqlite_master",
        "WITH users AS (SELECT 1) SELECT count(*) FROM main.users",
        "WITH t AS (SELECT password FROM users) SELECT * FROM t"}) {
    const auto answered = ask(sql);
    ASSERT_FALSE(answered) << sql;
    // A table that this build of SQLite has not is no table at all.
    const bool is_refused = answered.error().code == Errc::Forbidden ||
                            answered.error().message.starts_with("no such table");
    EXPECT_TRUE(is_refused) << sql << ": " << answered.error().message;
  }
  EXPECT_THAT(refusal("SELECT * FROM users").message, HasSubstr("these tables may: customers"));
}

TEST_F(GuardedQuery, RefusesFunctionsThatReachOut) {
  for (const std::string sql :
       {"SELECT load_extension('x')", "SELECT randomblob(1000)", "SELECT zeroblob(1000000000)",
        "SELECT sqlite_version()", "SELECT sqlite_compileoption_get(1)",
        "SELECT last_insert_rowid()"}) {
    EXPECT_EQ(refusal(sql).code, Errc::Forbidden) << sql;
  }
  // Not in the library at all.
  EXPECT_EQ(refusal("SELECT readfile('/etc/passwd')").code, Errc::InvalidArgument);
}

TEST_F(GuardedQuery, RefusesMoreThanOneStatement) {
  EXPECT_EQ(refusal("SELECT 1; SELECT 2").code, Errc::InvalidArgument);
  EXPECT_EQ(refusal("SELECT 1; DROP TABLE customers").code, Errc::InvalidArgument);
  EXPECT_EQ(refusal("").code, Errc::InvalidArgument);
  EXPECT_EQ(refusal(" -- nothing").code, Errc::InvalidArgument);
  EXPECT_EQ(refusal("SELEC 1").code, Errc::InvalidArgument);
  EXPECT_EQ(refusal("SELECT ?").code, Errc::InvalidArgument);
  EXPECT_EQ(refusal(std::string("SELECT 1\0;DROP", 14)).code, Errc::InvalidArgument);
}

TEST_F(GuardedQuery, StopsWhatTakesTooLong) {
  guard_.max_time_ms = 50;
  const Error error = refusal(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
  EXPECT_EQ(error.code, Errc::LimitExceeded);
  EXPECT_THAT(error.message, HasSubstr("0.05 s"));
}

TEST_F(GuardedQuery, StopsWhatTakesTooMuchMemory) {
  guard_.max_memory_bytes = 1000;
  EXPECT_THAT(
      refusal("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) "
              "SELECT max(i) FROM n")
          .message,
      HasSubstr("memory"));
}

TEST_F(GuardedQuery, CutsALongResultAndSaysSo) {
  const std::string numbers =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n";
  guard_.max_rows = 10;
  const auto few = ask(numbers).value();
  EXPECT_EQ(few.rows.size(), 10U);
  EXPECT_TRUE(few.is_cut);
  EXPECT_FALSE(ask(numbers + " LIMIT 10").value().is_cut);
  guard_.max_rows = 1'000'000;
  guard_.max_bytes = 10'000;
  const auto wide = ask("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, "
                        "printf('%900d', i) FROM n")
                        .value();
  EXPECT_TRUE(wide.is_cut);
  EXPECT_LT(wide.rows.size(), 20U);
}

TEST_F(GuardedQuery, RefusesWhatIsTooLarge) {
  EXPECT_EQ(refusal("SELECT '" + std::string(20'000, 'x') + "'").code, Errc::LimitExceeded);
  EXPECT_EQ(refusal("SELECT printf('%900000d', 1) || printf('%900000d', 1)").code,
            Errc::LimitExceeded);
  EXPECT_EQ(run_guarded("/nowhere/data.db", "SELECT 1", guard_).error().code, Errc::Unavailable);
}

TEST_F(GuardedQuery, ShowsBytesThatAreNoTextAsHex) {
  const auto row = ask("SELECT CAST(x'ff41' AS TEXT), x'00ff'").value().rows.at(0);
  EXPECT_THAT(row, ElementsAre(Value("x'ff41'"), Value("x'00ff'")));
}

}  // namespace
}  // namespace cip::sql
