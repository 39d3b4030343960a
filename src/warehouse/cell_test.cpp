#include "warehouse/cell.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/random.h"
#include "sql/sqlite_connection.h"

namespace cip::warehouse {
namespace {

// Through a column of the database and back.
class CellTest : public testing::Test {
 protected:
  void SetUp() override {
    connection_ = sql::SqliteConnection::open(":memory:").value();
    ASSERT_TRUE(
        connection_->execute({"CREATE TABLE cells (text TEXT, money NUMERIC, whole INTEGER)"}));
  }

  std::optional<std::int64_t> there_and_back(UnitType type, std::int64_t units) {
    const char* column = type.type == Type::Decimal                               ? "money"
                         : type.type == Type::Date || type.type == Type::Datetime ? "text"
                                                                                  : "whole";
    TimeText text{};
    EXPECT_TRUE(connection_->execute({"DELETE FROM cells"}));
    const auto writer =
        connection_->prepare(std::string("INSERT INTO cells (") + column + ") VALUES (?)");
    EXPECT_TRUE((*writer)->write(std::array{param_of(type, units, text)}));
    std::optional<std::int64_t> back;
    const auto read = connection_->visit({std::string("SELECT ") + column + " FROM cells"},
                                         [&](const sql::RowView& row) -> Result<void> {
                                           back = reader_.units(row, 0, type);
                                           return {};
                                         });
    EXPECT_TRUE(read);
    return back;
  }

  std::unique_ptr<sql::SqliteConnection> connection_;
  CellReader reader_;
};

TEST_F(CellTest, WritesTimesAsOtherToolsReadThem) {
  TimeText text{};
  EXPECT_EQ(std::get<std::string_view>(param_of({Type::Date}, 19'783, text)), "2024-03-01");
  const Micros at = *parse_instant("2024-03-01T09:30:05Z");
  EXPECT_EQ(std::get<std::string_view>(param_of({Type::Datetime}, at, text)),
            "2024-03-01 09:30:05");
  EXPECT_EQ(std::get<std::string_view>(param_of({Type::Datetime}, at + 125, text)),
            "2024-03-01 09:30:05.000125");
  EXPECT_EQ(std::get<std::string_view>(param_of({Type::Datetime}, -1, text)),
            "1969-12-31 23:59:59.999999");
}

TEST_F(CellTest, WritesWholeDecimalsAsIntegersAndOthersAsNumbers) {
  TimeText text{};
  EXPECT_EQ(std::get<std::int64_t>(param_of({Type::Decimal, 4}, 120'000, text)), 12);
  EXPECT_EQ(std::get<double>(param_of({Type::Decimal, 4}, 125'000, text)), 12.5);
}

TEST_F(CellTest, GivesBackWhatItWasGiven) {
  Random random(3);
  for (int step = 0; step < 2'000; ++step) {
    const auto day = static_cast<std::int64_t>(random.below(3'652'424)) - 719'528;
    EXPECT_EQ(there_and_back({Type::Date}, day), day);
    const auto at =
        day * kMicrosPerDay + static_cast<std::int64_t>(random.below(86'400)) * 1'000'000;
    EXPECT_EQ(there_and_back({Type::Datetime}, at), at);
    const auto fine = at + static_cast<std::int64_t>(random.below(1'000'000));
    EXPECT_EQ(there_and_back({Type::Datetime}, fine), fine);
    const auto units = static_cast<std::int64_t>(random.below(std::uint64_t{1} << 51)) -
                       (std::int64_t{1} << 50) + 1;
    const int scale = static_cast<int>(random.below(10));
    if (fits_database({Type::Decimal, scale}, units)) {
      EXPECT_EQ(there_and_back({Type::Decimal, scale}, units), units);
    }
    const auto whole = static_cast<std::int64_t>(random.next());
    EXPECT_EQ(there_and_back({Type::Integer}, whole), whole);
  }
}

TEST_F(CellTest, KnowsWhatTheDatabaseCannotGiveBack) {
  EXPECT_TRUE(fits_database({Type::Date}, 2'932'896));
  EXPECT_FALSE(fits_database({Type::Date}, 2'932'897));
  EXPECT_FALSE(fits_database({Type::Date}, -719'529));
  EXPECT_FALSE(fits_database({Type::Datetime}, std::numeric_limits<std::int64_t>::max()));
  EXPECT_FALSE(fits_database({Type::Datetime}, std::numeric_limits<std::int64_t>::min()));
  EXPECT_FALSE(fits_database({Type::Decimal, 4}, 9'007'199'254'740'993));
  EXPECT_TRUE(fits_database({Type::Decimal, 4}, 9'007'199'254'740'000));
  EXPECT_TRUE(fits_database({Type::Integer}, std::numeric_limits<std::int64_t>::max()));
}

TEST_F(CellTest, RefusesACellOfAnotherKind) {
  ASSERT_TRUE(connection_->execute({"INSERT INTO cells (text) VALUES ('2024-02-30')"}));
  const auto read = connection_->visit({"SELECT text, 'x', '2024-03-01 25:00:00' FROM cells"},
                                       [this](const sql::RowView& row) -> Result<void> {
                                         EXPECT_FALSE(reader_.units(row, 0, {Type::Date}));
                                         EXPECT_FALSE(reader_.units(row, 1, {Type::Integer}));
                                         EXPECT_FALSE(reader_.units(row, 1, {Type::Decimal, 2}));
                                         EXPECT_FALSE(reader_.units(row, 2, {Type::Datetime}));
                                         return {};
                                       });
  EXPECT_TRUE(read);
}

}  // namespace
}  // namespace cip::warehouse
