// What a null counts as where a metric says so, on both engines.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "query/memory_engine.h"
#include "query/query_text.h"
#include "query/sql_engine.h"
#include "query/store_for_test.h"

namespace cip::query {
namespace {

using testing::ElementsAre;

constexpr const char* kMetrics = R"toml(
[metric]
quantity_sum = { sum = "transactions.quantity" }
quantity_sum_zero = { sum = "transactions.quantity", nulls = "zero" }
quantity_mean = { average = "transactions.quantity" }
quantity_mean_zero = { average = "transactions.quantity", nulls = "zero" }
web_mean_zero = { average = "transactions.quantity", where = "channel = 'web'", nulls = "zero" }
rest = { expr = "{revenue} - {quantity_sum}" }
rest_zero = { expr = "{revenue} - {quantity_sum}", nulls = "zero" }
ratio_zero = { expr = "{revenue} / {quantity_sum}", nulls = "zero" }
)toml";

class Nulls : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    model = std::make_unique<model::Model>(
        model::parse_model(kMetrics, "test.toml", &model::builtin_model()).value());
    const auto lines = table_from_lines(
        *model->find_table("transactions"),
        {"transaction_id|order_id|customer_id|transaction_date|quantity|amount|channel",
         "1|1|1|2024-01-02T00:00:00Z|4|10|web", "2|2|1|2024-01-03T00:00:00Z|~|20|web",
         "3|3|1|2024-01-04T00:00:00Z|~|40|shop"});
    store = std::make_unique<TestStore>(
        make_test_store(*model, {{"transactions", lines.value()}}).value());
  }
  static void TearDownTestSuite() {
    store.reset();
    model.reset();
  }

  // The rows of the answer, the same from both engines.
  static std::vector<std::string> asked(const std::string& question) {
    const Query query = query_from_url(question).value();
    const auto in_memory = lines_of(run(query, *store->dataset).value());
    EXPECT_EQ(in_memory, lines_of(run(query, *model, *store->connection).value()));
    return in_memory;
  }

  static std::unique_ptr<model::Model> model;
  static std::unique_ptr<TestStore> store;
};

std::unique_ptr<model::Model> Nulls::model;
std::unique_ptr<TestStore> Nulls::store;

TEST_F(Nulls, AreLeftOutIfNothingIsSaid) {
  EXPECT_THAT(asked("metrics=quantity_sum,quantity_mean,rest&by=channel"),
              ElementsAre("shop | ~ | ~ | ~", "web | 4 | 4 | 26"));
}

TEST_F(Nulls, CountAsZeroWhereTheMetricSaysSo) {
  EXPECT_THAT(asked("metrics=quantity_sum_zero,quantity_mean_zero,rest_zero&by=channel"),
              ElementsAre("shop | 0 | 0 | 40", "web | 4 | 2 | 26"));
}

TEST_F(Nulls, OfRowsThatAMetricDoesNotLookAtCountAsNothing) {
  EXPECT_THAT(asked("metrics=web_mean_zero&by=channel"), ElementsAre("shop | ~", "web | 2"));
}

TEST_F(Nulls, StandBesideMetricsThatLeaveThemOut) {
  EXPECT_THAT(asked("metrics=quantity_mean,quantity_mean_zero"),
              ElementsAre("4 | 1.3333333333333333"));
}

TEST_F(Nulls, AreNoWayAroundADivisionByZero) {
  EXPECT_THAT(asked("metrics=ratio_zero&by=channel"), ElementsAre("shop | ~", "web | 7.5"));
}

}  // namespace
}  // namespace cip::query
