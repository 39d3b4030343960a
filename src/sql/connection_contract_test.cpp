// The promises of sql/connection.h, put to every adapter. A new adapter adds one line at the
// bottom.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/text.h"
#include "sql/connection.h"
#include "sql/sqlite_connection.h"

namespace cip::sql {
namespace {

using testing::ElementsAre;

struct Adapter {
  std::string name;
  std::function<Result<std::unique_ptr<Connection>>()> open;
};

class ConnectionContract : public testing::TestWithParam<Adapter> {
 protected:
  void SetUp() override {
    auto opened = GetParam().open();
    ASSERT_TRUE(opened) << opened.error().message;
    connection_ = std::move(opened).value();
    must_execute({"CREATE TABLE customer (id BIGINT PRIMARY KEY, name TEXT, spend_eur REAL)"});
  }

  void must_execute(const Statement& statement) {
    const auto done = connection_->execute(statement);
    ASSERT_TRUE(done) << done.error().message;
  }

  std::vector<std::vector<Value>> rows_of(const Statement& statement) {
    std::vector<std::vector<Value>> rows;
    const auto done = connection_->run(statement, [&rows](std::span<const Value> row) {
      rows.emplace_back(row.begin(), row.end());
      return Result<void>{};
    });
    EXPECT_TRUE(done) << done.error().message;
    return rows;
  }

  std::unique_ptr<Connection> connection_;
};

TEST_P(ConnectionContract, GivesBackEveryKindOfValueUnchanged) {
  const std::vector<Value> row = {std::numeric_limits<std::int64_t>::max(), "Zoë \U0001F41E", 0.1};
  must_execute({"INSERT INTO customer VALUES (?, ?, ?)", row});
  EXPECT_THAT(rows_of({"SELECT * FROM customer"}), ElementsAre(row));
}

TEST_P(ConnectionContract, TellsNullFromTheEmptyText) {
  const std::vector<Value> unnamed = {1, std::monostate{}, 0.0};
  const std::vector<Value> nameless = {2, "", std::monostate{}};
  must_execute({"INSERT INTO customer VALUES (?, ?, ?)", unnamed});
  must_execute({"INSERT INTO customer VALUES (?, ?, ?)", nameless});
  EXPECT_THAT(rows_of({"SELECT * FROM customer ORDER BY id"}), ElementsAre(unnamed, nameless));
}

TEST_P(ConnectionContract, VisitsRowsWithoutCopyingThem) {
  must_execute({"INSERT INTO customer VALUES (?, ?, ?)", {7, "Zoë", 0.25}});
  must_execute({"INSERT INTO customer VALUES (?, ?, ?)", {8, std::monostate{}, 3}});
  std::vector<std::string> seen;
  const auto visited = connection_->visit(
      {"SELECT * FROM customer WHERE id < ? ORDER BY id", {9}},
      [&seen](const RowView& row) -> Result<void> {
        const bool is_named = row.kind(1) != CellKind::Null;
        seen.push_back(fmt::format("{} {} {}", row.integer(0),
                                   is_named ? row.text(1) : std::string_view("-"), row.number(2)));
        EXPECT_EQ(row.kind(0), CellKind::Integer);
        EXPECT_EQ(row.kind(2), CellKind::Number);  // A REAL column keeps no integers.
        return {};
      });
  ASSERT_TRUE(visited) << visited.error().message;
  EXPECT_EQ(*visited, 2);
  EXPECT_THAT(seen, ElementsAre("7 Zoë 0.25", "8 - 3"));
}

TEST_P(ConnectionContract, StopsVisitingWithWhatTheVisitorFailedWith) {
  must_execute({"INSERT INTO customer VALUES (1, 'Ada', 0), (2, 'Bo', 0)"});
  const auto stopped = connection_->visit(
      {"SELECT * FROM customer"},
      [](const RowView&) -> Result<void> { return fail(Errc::NotFound, "enough"); });
  EXPECT_EQ(stopped.error().code, Errc::NotFound);
  EXPECT_EQ(connection_->visit({"SELEKT 1"}, {}).error().code, Errc::InvalidArgument);
}

TEST_P(ConnectionContract, KeepsWhatItHoldsWhenTheModeForLargeLoadsComesAndGoes) {
  ASSERT_TRUE(connection_->set_bulk(true));
  must_execute({"INSERT INTO customer VALUES (1, 'Ada', 0)"});
  ASSERT_TRUE(connection_->set_bulk(false));
  EXPECT_THAT(rows_of({"SELECT id FROM customer"}), ElementsAre(ElementsAre(Value(1))));
}

TEST_P(ConnectionContract, NeverReadsAValueAsSql) {
  const std::string hostile = "'; DROP TABLE customer; --";
  must_execute({"INSERT INTO customer VALUES (?, ?, ?)", {1, hostile, 0.0}});
  EXPECT_THAT(rows_of({"SELECT name FROM customer"}), ElementsAre(ElementsAre(Value(hostile))));
}

TEST_P(ConnectionContract, StopsWithWhatTheSinkFailedWith) {
  must_execute({"INSERT INTO customer VALUES (1, 'Ada', 0), (2, 'Bo', 0)"});
  int num_seen = 0;
  const auto stopped =
      connection_->run({"SELECT * FROM customer"}, [&num_seen](auto) -> Result<void> {
        ++num_seen;
        return fail(Errc::NotFound, "enough");
      });
  EXPECT_EQ(stopped.error().code, Errc::NotFound);
  EXPECT_EQ(num_seen, 1);
}

TEST_P(ConnectionContract, SaysWhichKindOfFailureItWas) {
  must_execute({"INSERT INTO customer VALUES (1, 'Ada', 0)"});
  const std::vector<std::pair<Statement, Errc>> refused = {
      {{"SELEKT 1"}, Errc::InvalidArgument},
      {{""}, Errc::InvalidArgument},
      {{"SELECT 1; SELECT 2"}, Errc::InvalidArgument},
      {{"SELECT * FROM no_such_table"}, Errc::InvalidArgument},
      {{"INSERT INTO customer VALUES (?, ?, ?)", {1}}, Errc::InvalidArgument},
      {{"INSERT INTO customer VALUES (1, 'Eve', 0)"}, Errc::Conflict},
  };
  for (const auto& [statement, code] : refused) {
    SCOPED_TRACE(statement.sql);
    EXPECT_EQ(connection_->execute(statement).error().code, code);
  }
}

TEST(SqliteConnection, SaysWhichFileItCouldNotOpen) {
  const auto opened = SqliteConnection::open("/no/such/folder/cip.db");
  EXPECT_EQ(opened.error().code, Errc::Unavailable);
  EXPECT_THAT(opened.error().message, testing::HasSubstr("/no/such/folder/cip.db"));
}

INSTANTIATE_TEST_SUITE_P(Connection, ConnectionContract,
                         testing::Values(Adapter{
                             "Sqlite",
                             []() -> Result<std::unique_ptr<Connection>> {
                               CIP_TRY_ASSIGN(auto opened, SqliteConnection::open(":memory:"));
                               return std::unique_ptr<Connection>(std::move(opened));
                             }}),
                         [](const auto& adapter) { return adapter.param.name; });

}  // namespace
}  // namespace cip::sql
