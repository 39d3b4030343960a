#include "warehouse/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "warehouse/batch_maker_test.h"
#include "warehouse/ledger.h"

namespace cip::warehouse {
namespace {

using testing::HasSubstr;

class SnapshotTest : public testing::Test {
 protected:
  void SetUp() override {
    connection_ = sql::SqliteConnection::open(folder_.database()).value();
    ASSERT_TRUE(prepare_schema(*connection_, model_));
  }

  void load(const std::string& table, const BatchMaker& rows) {
    LoadSpec spec;
    spec.source_id = "shop";
    spec.staging = folder_.path() / "staging";
    spec.tables = {{.table = table}};
    auto load = Load::begin(*connection_, model_, spec);
    ASSERT_TRUE(load) << load.error().message;
    Load running = std::move(load).value();
    ASSERT_TRUE(running.stage(0, rows.batch()));
    Publication publication;
    publication.now = [] { return Micros{0}; };
    ASSERT_TRUE(running.publish(publication));
  }

  std::shared_ptr<const query::Dataset> snapshot() {
    auto read = read_snapshot(*connection_, model_);
    EXPECT_TRUE(read) << read.error().message;
    return read ? std::move(read).value() : nullptr;
  }

  TestFolder folder_;
  model::Model model_ = small_model();
  std::unique_ptr<sql::SqliteConnection> connection_;
};

frame::Table table_of(const query::Dataset& dataset, std::string_view name) {
  std::vector<frame::Column> columns;
  for (const query::PackedColumn& packed : dataset.tables().find(name)->second.columns) {
    columns.push_back(query::unpack(packed));
  }
  return frame::Table::make(std::move(columns)).value();
}

TEST_F(SnapshotTest, AnEmptyWarehouseIsAnEmptySnapshot) {
  const auto empty = snapshot();
  EXPECT_EQ(empty->snapshot(), "empty");
  EXPECT_EQ(empty->num_rows("customers"), 0U);
  EXPECT_FALSE(empty->days());
}

TEST_F(SnapshotTest, GivesBackEveryTypeAsItWasLoaded) {
  BatchMaker customers(model_.tables[1]);
  customers.good({"7", "Zoë", "2024-02-29", "1"}, "K-7", R"({"Plan":"Gold"})");
  customers.good({"8", "", std::nullopt, std::nullopt}, "K-8");
  load("customers", customers);
  BatchMaker sales(model_.tables[2]);
  sales.good({"2", "8", std::nullopt, "2024-03-02T09:30:00.000125Z", "-0.0001", "1e-300"});
  sales.good({"1", "7", std::nullopt, "2024-03-01T09:30:00Z", "123456789.1234", "2"});
  load("sales", sales);

  const auto read = snapshot();
  EXPECT_EQ(read->snapshot(), "run-2");
  const frame::Table people = table_of(*read, "customers");
  EXPECT_EQ(people["name"].text_at(0), "Zoë");
  EXPECT_TRUE(people["name"].has(1));  // The empty text is not null.
  EXPECT_EQ(people["signup_date"].as<frame::Dates>().values[0], *parse_date("2024-02-29"));
  EXPECT_FALSE(people["signup_date"].has(1));
  EXPECT_EQ(people["churned"].as<frame::Booleans>().values[0], 1);
  EXPECT_EQ(people["extra"].text_at(0), R"({"Plan":"Gold"})");
  EXPECT_EQ(people["source_key"].text_at(1), "K-8");
  const frame::Table sold = table_of(*read, "sales");
  ASSERT_EQ(sold.num_rows(), 2U);
  EXPECT_EQ(sold["sale_id"].as<frame::Integers>().values[0], 1);  // By time.
  EXPECT_EQ(sold["amount"].as<frame::Decimals>().values[0], 1'234'567'891'234);
  EXPECT_EQ(sold["amount"].as<frame::Decimals>().values[1], -1);
  EXPECT_EQ(sold["weight"].as<frame::Numbers>().values[1], 1e-300);
  EXPECT_EQ(sold["sold_at"].as<frame::Datetimes>().values[1],
            *parse_instant("2024-03-02T09:30:00.000125Z"));
  EXPECT_EQ(sold["product_id"].num_nulls(), 2U);
  EXPECT_EQ(sold.find("extra"), nullptr);  // There is none.
}

TEST_F(SnapshotTest, SaysWhichCellAnotherProgramSpoiled) {
  BatchMaker customers(model_.tables[1]);
  customers.good({"7", "Ada", "2024-02-29", "1"});
  load("customers", customers);
  ASSERT_TRUE(connection_->execute({"UPDATE customers SET signup_date = 'soon'"}));
  const auto refused = read_snapshot(*connection_, model_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::Unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("customers.signup_date"));
}

TEST_F(SnapshotTest, AModelThatTheDatabaseDoesNotFitIsRefused) {
  model_.tables[1].columns.push_back(column_of("phone", Type::Text));
  const auto refused = read_snapshot(*connection_, model_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::Conflict);
}

TEST_F(SnapshotTest, AReadOnlyConnectionIsEnough) {
  const auto reader = sql::SqliteConnection::open(folder_.database(), sql::OpenMode::ReadOnly);
  ASSERT_TRUE(reader) << reader.error().message;
  const auto read = read_snapshot(**reader, model_);
  EXPECT_TRUE(read) << read.error().message;
}

}  // namespace
}  // namespace cip::warehouse
