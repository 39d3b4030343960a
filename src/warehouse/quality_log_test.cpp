#include "warehouse/quality_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "warehouse/load_fixture_test.h"

namespace cip::warehouse {
namespace {

class QualityLogTest : public LoadTest {
 protected:
  Result<LoadReport> load_with(const Publication& publication) {
    auto begun = Load::begin(*connection_, model_, spec_of({{.table = "products"}}));
    if (!begun) return Failure{begun.error()};
    return std::move(begun).value().publish(publication);
  }
};

TEST_F(QualityLogTest, KeepsTheProfilesOfARun) {
  Publication end = publication();
  end.profiles = {{"products", "name", 10, 3, std::string("a\0b", 3)},
                  {"sales", "amount", 4, 0, ""}};
  const auto report = load_with(end);
  ASSERT_TRUE(report) << report.error().message;
  const auto all = profiles(*connection_, report->run_id, "");
  ASSERT_EQ(all->size(), 2);
  const auto products = profiles(*connection_, report->run_id, "products");
  ASSERT_EQ(products->size(), 1);
  EXPECT_EQ(products->front().column, "name");
  EXPECT_EQ(products->front().num_rows, 10);
  EXPECT_EQ(products->front().num_nulls, 3);
  EXPECT_EQ(products->front().sketch, std::string("a\0b", 3));
  const auto runs = profiled_runs(*connection_, "products", 5);
  ASSERT_EQ(runs->size(), 1);
  EXPECT_EQ(runs->front().source_id, "shop");
  EXPECT_TRUE(profiled_runs(*connection_, "customers", 5)->empty());
}

TEST_F(QualityLogTest, SaysWhatBecameOfEachCheck) {
  Publication end = publication();
  end.rules = {{"products", "range", "validity", "price", "normal", 10, 1},
               {"products", "email", "validity", "name", "normal", 0, 0},
               {"products", "lag", "timeliness", "", "normal", 0, 0, true}};
  ASSERT_TRUE(load_with(end));
  EXPECT_EQ(rows_of("SELECT rule, status, pass_rate FROM data_quality_log WHERE rule <> 'unique' "
                    "ORDER BY rowid"),
            (Rows{{"range", "checked", 0.9},
                  {"email", "nothing to check", std::monostate()},
                  {"lag", "crashed", std::monostate()}}));
  const auto rules = logged_rules(*connection_, 5);
  ASSERT_TRUE(rules);
  EXPECT_TRUE(rules->back().count.is_crashed);
}

TEST_F(QualityLogTest, RemembersAcceptedLevels) {
  EXPECT_EQ(accept_level(*connection_, {1, kStart, "anna", ""}).error().code, Errc::NotFound);
  ASSERT_TRUE(load_with(publication()));
  ASSERT_TRUE(accept_level(*connection_, {1, kStart, "anna", "first"}));
  ASSERT_TRUE(accept_level(*connection_, {1, kStart + kMicrosPerSecond, "anna", "new supplier"}));
  const auto all = acceptances(*connection_);
  ASSERT_EQ(all->size(), 1);
  EXPECT_EQ(all->front().at, kStart + kMicrosPerSecond);
  EXPECT_EQ(all->front().note, "new supplier");
}

// As a database was before there were profiles.
TEST_F(QualityLogTest, IsAddedToAnOlderDatabase) {
  for (const char* sql :
       {"DROP TABLE column_profile", "DROP TABLE quality_acceptance",
        "ALTER TABLE data_quality_log DROP COLUMN status",
        "INSERT INTO data_quality_log VALUES (1, 'shop', 'products', 'validity', 'range', 'price', "
        "'normal', 10, 1, 0.9)"}) {
    ASSERT_TRUE(connection_->execute({sql})) << sql;
  }
  EXPECT_EQ(check_schema(*connection_, model_).error().code, Errc::Conflict);
  reopen();
  EXPECT_TRUE(check_schema(*connection_, model_));
  EXPECT_EQ(rows_of("SELECT status FROM data_quality_log"), (Rows{{"checked"}}));
  EXPECT_TRUE(acceptances(*connection_)->empty());
}

}  // namespace
}  // namespace cip::warehouse
