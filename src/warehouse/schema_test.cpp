#include "warehouse/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "sql/sqlite_connection.h"
#include "warehouse/batch_maker_test.h"

namespace cip::warehouse {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

class SchemaTest : public testing::Test {
 protected:
  void SetUp() override { connection_ = sql::SqliteConnection::open(":memory:").value(); }

  std::string refusal_of(const model::Model& model) {
    const auto refused = prepare_schema(*connection_, model);
    if (refused) return "accepted";
    EXPECT_EQ(refused.error().code, Errc::Conflict);
    return refused.error().message;
  }

  // The names of all tables and indexes with their SQL.
  std::string shape() {
    std::string text;
    EXPECT_TRUE(
        connection_->visit({"SELECT name, coalesce(sql, '') FROM sqlite_master ORDER BY name"},
                           [&text](const sql::RowView& row) -> Result<void> {
                             text += fmt::format("{}: {}\n", row.text(0), row.text(1));
                             return {};
                           }));
    return text;
  }

  std::unique_ptr<sql::SqliteConnection> connection_;
  model::Model model_ = small_model();
};

TEST_F(SchemaTest, WritesKeysReferencesAndTypesThatOtherToolsRead) {
  EXPECT_THAT(schema_ddl(model_),
              Contains("CREATE TABLE \"sales\" (\n"
                       "  \"sale_id\" INTEGER PRIMARY KEY,\n"
                       "  \"customer_id\" INTEGER NOT NULL REFERENCES \"customers\" "
                       "(\"customer_id\"),\n"
                       "  \"product_id\" INTEGER REFERENCES \"products\" (\"product_id\"),\n"
                       "  \"sold_at\" TEXT,\n"
                       "  \"amount\" NUMERIC,\n"
                       "  \"weight\" REAL,\n"
                       "  source_key TEXT,\n"
                       "  extra TEXT,\n"
                       "  run_id INTEGER NOT NULL,\n"
                       "  record_no INTEGER NOT NULL,\n"
                       "  row_hash INTEGER NOT NULL\n"
                       ")"));
  EXPECT_THAT(schema_ddl(model_), Contains(HasSubstr("\"visit_id\" TEXT PRIMARY KEY NOT NULL")));
  EXPECT_THAT(schema_ddl(model_), Contains(HasSubstr("\"product_name\" TEXT NOT NULL UNIQUE")));
  EXPECT_THAT(schema_ddl(model_),
              Contains("CREATE INDEX \"sales_sold_at_index\" ON \"sales\" (\"sold_at\")"));
}

TEST_F(SchemaTest, EveryStatementOfItIsOneThatTheDatabaseTakes) {
  for (const std::string& statement : schema_ddl(model_)) {
    const auto done = connection_->execute({statement});
    EXPECT_TRUE(done) << done.error().message;
  }
}

TEST_F(SchemaTest, PreparesAnEmptyDatabaseAndLeavesOneThatFitsAlone) {
  EXPECT_THAT(check_schema(*connection_, model_).error().message, HasSubstr("no tables yet"));
  ASSERT_TRUE(prepare_schema(*connection_, model_));
  const std::string before = shape();
  EXPECT_TRUE(check_schema(*connection_, model_));
  EXPECT_TRUE(prepare_schema(*connection_, model_));
  EXPECT_EQ(shape(), before);
}

TEST_F(SchemaTest, AddsWhatAGrownModelHasMore) {
  ASSERT_TRUE(prepare_schema(*connection_, model_));
  ASSERT_TRUE(connection_->execute(
      {"INSERT INTO customers (customer_id, run_id, record_no, row_hash) VALUES (1, 1, 1, 1)"}));
  model_.tables[1].columns.push_back(column_of("phone", Type::Text));
  model_.tables[1].columns.back().is_indexed = true;
  model_.tables[1].columns[1].is_indexed = true;   // The name.
  model_.tables[1].columns[2].is_indexed = false;  // The date.
  model::TableDef stores;
  stores.name = "stores";
  stores.key = "store_id";
  stores.columns = {column_of("store_id", Type::Integer)};
  model_.tables.push_back(stores);

  EXPECT_THAT(check_schema(*connection_, model_).error().message, HasSubstr("has grown"));
  const auto grown = prepare_schema(*connection_, model_);
  ASSERT_TRUE(grown) << grown.error().message;
  EXPECT_TRUE(check_schema(*connection_, model_));
  EXPECT_EQ(connection_->value_of({"SELECT count(*) FROM customers WHERE phone IS NULL"}).value(),
            Value(1));
  EXPECT_EQ(connection_->value_of({"SELECT count(*) FROM stores"}).value(), Value(0));
  EXPECT_THAT(shape(), HasSubstr("customers_phone_index"));
  EXPECT_THAT(shape(), HasSubstr("customers_name_index"));
  EXPECT_THAT(shape(), Not(HasSubstr("customers_signup_date_index")));
}

TEST_F(SchemaTest, RefusesAModelThatWouldLoseOrReinterpretData) {
  ASSERT_TRUE(prepare_schema(*connection_, model_));
  const auto refusal_after = [this](const auto& change) {
    model::Model changed = model_;
    change(changed);
    return refusal_of(changed);
  };
  using model::Model;
  EXPECT_THAT(refusal_after([](Model& m) { m.tables[1].columns[1].type = Type::Integer; }),
              HasSubstr("customers.name holds text values, now it is integer"));
  EXPECT_THAT(refusal_after([](Model& m) { m.tables[2].columns[4].scale = 2; }),
              HasSubstr("sales.amount has 4 digits after the point, now 2"));
  EXPECT_THAT(refusal_after([](Model& m) { m.tables[1].columns.pop_back(); }),
              HasSubstr("customers.churned is gone"));
  EXPECT_THAT(refusal_after([](Model& m) { m.tables.pop_back(); }),
              HasSubstr("table 'visits', which the model no longer has"));
  EXPECT_THAT(refusal_after([](Model& m) { m.tables[1].columns[1].is_required = true; }),
              HasSubstr("customers.name is now required"));
  EXPECT_THAT(refusal_after([](Model& m) { m.tables[1].columns[1].is_unique = true; }),
              HasSubstr("customers.name is now unique"));
  EXPECT_THAT(refusal_after([](Model& m) { m.tables[2].columns[2].references = "customers"; }),
              HasSubstr("sales.product_id referred to 'products', now to 'customers'"));
  EXPECT_THAT(refusal_after([](Model& m) {
                m.tables[1].columns.push_back(column_of("tax_no", Type::Text));
                m.tables[1].columns.back().is_required = true;
              }),
              HasSubstr("customers.tax_no is new and required"));
  EXPECT_THAT(refusal_after([](Model& m) { m.name = "other"; }),
              StartsWith("the database was made for model 'small', not for 'other'"));
}

TEST_F(SchemaTest, RefusesADatabaseOfSomebodyElseOrOfAnotherVersion) {
  ASSERT_TRUE(connection_->execute({"CREATE TABLE invoices (id INTEGER)"}));
  EXPECT_THAT(refusal_of(model_), HasSubstr("tables that this program did not make"));
  connection_ = sql::SqliteConnection::open(":memory:").value();
  ASSERT_TRUE(prepare_schema(*connection_, model_));
  ASSERT_TRUE(connection_->execute({"UPDATE cip_schema SET value = '99' WHERE name = 'version'"}));
  EXPECT_THAT(refusal_of(model_),
              HasSubstr("the database has schema version 99, this program knows version 2"));
}

TEST_F(SchemaTest, TheBuiltInModelMakesAWarehouse) {
  const auto done = prepare_schema(*connection_, model::builtin_model());
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(check_schema(*connection_, model::builtin_model()));
}

}  // namespace
}  // namespace cip::warehouse
