#include "service/analysis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "frame/column_builder.h"
#include "query/dataset.h"
#include "service/analyses.h"
#include "service/analysis_data.h"
#include "service/feature_tables.h"

namespace cip::service {
namespace {

using frame::ColumnBuilder;
using testing::AllOf;
using testing::HasSubstr;

constexpr std::int64_t kUnits = 10'000;  // The built-in model holds money to four digits.

struct Line {
  std::int64_t order;
  std::int64_t customer;
  std::int64_t product;
  std::string on;
  std::int64_t quantity;
  std::int64_t amount;
};

frame::Table table_of(std::vector<ColumnBuilder> builders) {
  std::vector<frame::Column> columns;
  for (ColumnBuilder& builder : builders) columns.push_back(std::move(builder).build());
  return frame::Table::make(std::move(columns)).value();
}

frame::Table lines_table(const std::vector<Line>& lines) {
  std::vector<ColumnBuilder> columns;
  for (const char* const name : {"transaction_id", "order_id", "customer_id", "product_id"}) {
    columns.emplace_back(name, Type::Integer);
  }
  columns.emplace_back("transaction_date", Type::Datetime);
  columns.emplace_back("quantity", Type::Integer);
  columns.emplace_back("amount", Type::Decimal, 4);
  std::int64_t id = 0;
  for (const Line& line : lines) {
    columns[0].append_integer(++id);
    columns[1].append_integer(line.order);
    columns[2].append_integer(line.customer);
    columns[3].append_integer(line.product);
    columns[4].append_datetime(parse_instant(line.on + " 10:00").value());
    columns[5].append_integer(line.quantity);
    columns[6].append_decimal(line.amount * kUnits);
  }
  return table_of(std::move(columns));
}

frame::Table keyed(const std::string& key, const std::string& name,
                   const std::vector<std::string>& values) {
  std::vector<ColumnBuilder> columns;
  columns.emplace_back(key, Type::Integer);
  columns.emplace_back(name, Type::Text);
  std::int64_t id = 0;
  for (const std::string& value : values) {
    columns[0].append_integer(++id);
    columns[1].append_text(value);
  }
  return table_of(std::move(columns));
}

// Three customers: 1 and 2 new in January, 3 in February; 1 comes back in February and March.
const std::vector<Line> kLines = {
    {1, 1, 1, "2024-01-05", 2, 20}, {1, 1, 2, "2024-01-05", 1, 5},  {2, 2, 1, "2024-01-20", 1, 10},
    {3, 1, 1, "2024-02-04", 3, 30}, {4, 3, 2, "2024-02-10", 1, 5},  {4, 3, 1, "2024-02-10", 1, 10},
    {5, 1, 1, "2024-03-05", 4, 48}, {5, 1, 2, "2024-03-05", 2, 10}, {6, 3, 2, "2024-03-31", 1, 5}};

std::shared_ptr<const query::Dataset> shop() {
  std::vector<std::pair<std::string, frame::Table>> tables;
  tables.emplace_back("customers", keyed("customer_id", "country", {"UK", "UK", "Norway"}));
  tables.emplace_back("products", keyed("product_id", "product_name", {"Tea", "Cup"}));
  tables.emplace_back("transactions", lines_table(kLines));
  return query::make_dataset(model::builtin_model(), std::move(tables), "test").value();
}

AnalysisRequest asking(const std::string& json) {
  return analysis_from_json(parse_json(json).value()).value();
}

std::string refusal_of(const std::string& json) {
  return analysis_from_json(parse_json(json).value()).error().message;
}

TEST(CohortAnalysis, CountsCustomersAndMoneyByAge) {
  const Json json = analyze_cohort(*shop(), {}).value();
  EXPECT_EQ(to_text(json.at_pointer("/cohorts/0/active")), "[2,1,1]");
  EXPECT_EQ(to_text(json.at_pointer("/cohorts/0/amounts")), "[35,30,58]");
  EXPECT_EQ(to_text(json.at_pointer("/cohorts/1/active")), "[1,1]");
  EXPECT_EQ(json.at("n"), 3);
  EXPECT_EQ(json.at("last_complete"), true);
}

TEST(CohortAnalysis, TakesNobodyForNewWhoBoughtBeforeThePeriod) {
  const Json json = analyze_cohort(*shop(), asking(R"({"from":"2024-02-01"})")).value();
  ASSERT_EQ(json.at("cohorts").as_array().size(), 1U);
  EXPECT_EQ(json.at("n"), 1) << "customer 3; customer 1 was there in January";
}

TEST(CohortAnalysis, IsFilteredAsAQuestionIs) {
  const Json json = analyze_cohort(*shop(), asking(R"({"where":"country = 'UK'"})")).value();
  EXPECT_EQ(json.at("n"), 2);
}

TEST(ParetoAnalysis, SharesOutTheMetricAmongHolders) {
  const Json json = analyze_pareto(*shop(), asking(R"({"by":"product"})")).value();
  EXPECT_EQ(json.at("n"), 2);
  EXPECT_DOUBLE_EQ(json.at("total").to_number<double>(), 143);
  EXPECT_EQ(json.at_pointer("/best/0/value").as_string(), "Tea");
}

TEST(RfmAnalysis, SaysWhoIsWho) {
  const Json json = analyze_rfm(*shop(), {}).value();
  EXPECT_EQ(json.at("as_of").as_string(), "2024-04-01");
  EXPECT_EQ(json.at("n"), 3);
  std::int64_t num_customers = 0;
  for (const Json& group : json.at("groups").as_array()) {
    num_customers += group.at("customers").to_number<std::int64_t>();
  }
  EXPECT_EQ(num_customers, 3) << "everybody is in one group";
  EXPECT_EQ(json.at_pointer("/customers/0/customer"), 1);
  EXPECT_EQ(json.at_pointer("/customers/0/recency_days").to_number<double>(), 27);
}

TEST(BasketAnalysis, FindsWhatIsBoughtTogether) {
  const Json json = analyze_basket(*shop(), asking(R"({"min_support":0.5})")).value();
  EXPECT_EQ(json.at("n"), 6);
  EXPECT_EQ(json.at("min_baskets"), 3);
  EXPECT_EQ(to_text(json.at_pointer("/sets/0/items")), R"(["Cup","Tea"])");
  EXPECT_EQ(json.at_pointer("/sets/0/baskets"), 3);
}

TEST(RepeatAnalysis, CountsTheDaysBetweenPurchases) {
  const Json json = analyze_repeat(*shop(), {}).value();
  EXPECT_EQ(json.at("repeated"), 2);
  EXPECT_DOUBLE_EQ(json.at_pointer("/intervals/median").to_number<double>(), 30);
}

TEST(SurvivalAnalysis, WatchesCustomersUntilTheyBuyAgain) {
  const Json json =
      analyze_survival(*shop(), asking(R"({"event":"repeat","by":"country"})")).value();
  EXPECT_EQ(json.at("n"), 3);
  ASSERT_EQ(json.at("curves").as_array().size(), 2U);
  EXPECT_EQ(json.at_pointer("/curves/0/group").as_string(), "UK");
  EXPECT_EQ(json.at_pointer("/curves/0/points/0/day").to_number<double>(), 30);
  EXPECT_DOUBLE_EQ(json.at_pointer("/curves/0/points/0/survival").to_number<double>(), 0.5);
}

TEST(SurvivalAnalysis, CallsLostWhoIsAwayForTheGap) {
  const Json json = analyze_survival(*shop(), asking(R"({"gap_days":40})")).value();
  EXPECT_EQ(json.at_pointer("/curves/0/events"), 1) << "customer 2 alone";
  EXPECT_EQ(json.at("gap_days").to_number<double>(), 40);
}

TEST(FunnelAnalysis, WantsCustomersWhereStepsAreOfSeveralTables) {
  const auto request = asking(R"({"steps":["Ordered @transactions","Visited @web_analytics"]})");
  EXPECT_THAT(analyze_funnel(*shop(), request).error().message, HasSubstr("by customers"));
  const auto orders = asking(
      R"({"by":"customers","steps":["Ordered @transactions","Tea @transactions: product = 'Tea'"]})");
  const Json json = analyze_funnel(*shop(), orders).value();
  EXPECT_EQ(json.at_pointer("/steps/0/count"), 3);
  EXPECT_EQ(json.at_pointer("/steps/1/count"), 3);
}

TEST(TrendsAnalysis, SaysWhyItCannotSayMore) {
  const Json json = analyze_trends(*shop(), {}).value();
  EXPECT_EQ(json.at_pointer("/decomposition/grain").as_string(), "day");
  EXPECT_EQ(json.at_pointer("/decomposition/points").as_array().size(), 87U) << "5 Jan to 31 Mar";
  EXPECT_EQ(json.at_pointer("/seasonality/0/season").as_string(), "weekday");
  EXPECT_THAT(std::string(json.at_pointer("/seasonality/1/reason").as_string()),
              HasSubstr("two whole seasons"));
}

TEST(TrendsAnalysis, PartsAddUpToTheDays) {
  const Json json = analyze_trends(*shop(), {}).value();
  for (const Json& point : json.at_pointer("/decomposition/points").as_array()) {
    EXPECT_NEAR(point.at("trend").to_number<double>() + point.at("season").to_number<double>() +
                    point.at("rest").to_number<double>(),
                point.at("value").to_number<double>(), 1e-9);
  }
}

TEST(TrendsAnalysis, TakesNoDayWithoutRowsForZeroWhereAMeanWouldBeMeant) {
  const Json json = analyze_trends(*shop(), asking(R"({"metric":"average_order_value"})")).value();
  EXPECT_TRUE(json.at("decomposition").is_null());
  EXPECT_THAT(std::string(json.at_pointer("/seasonality/0/reason").as_string()),
              HasSubstr("without a value"));
}

TEST(PatternsAnalysis, TestsOnlyWhatAnOrderHasOneOf) {
  const Json json = analyze_patterns(*shop(), {}).value();
  bool has_country = false;
  for (const Json& dimension : json.at("dimensions").as_array()) {
    if (dimension.at("name").as_string() != "country") continue;
    has_country = true;
    // Four orders from the UK, two from Norway: 1/3 + 1/3 of what is expected.
    EXPECT_NEAR(dimension.at_pointer("/shares_test/chi_square").to_number<double>(), 2.0 / 3,
                1e-12);
    EXPECT_EQ(dimension.at_pointer("/value_test/n"), 6);
  }
  EXPECT_TRUE(has_country);
}

TEST(CorrelationsAnalysis, ListsAllPairsWithTheirChance) {
  const Json json = analyze_correlations(*shop(), {}).value();
  const JsonArray& pairs = json.at("pairs").as_array();
  ASSERT_FALSE(pairs.empty());
  double last = 1;
  for (const Json& pair : pairs) {
    const double strength = std::abs(pair.at("strength").to_number<double>());
    EXPECT_LE(strength, last) << "strongest first";
    last = strength;
  }
}

TEST(CorrelationsAnalysis, AreOfWhoHasTheOrdersThatAFilterOfOrdersKeeps) {
  const auto customers_of = [](const std::string& filter) {
    const auto where = asking(to_text(JsonObject{{"where", filter}})).where;
    return features_as_of(*shop(), std::nullopt, where).value().table.num_rows();
  };
  EXPECT_EQ(customers_of("country = 'UK'"), 2U);
  EXPECT_EQ(customers_of("product = 'Cup'"), 2U) << "customers 1 and 3";
  EXPECT_EQ(customers_of("product = 'Cup' and country = 'UK'"), 1U);
  EXPECT_TRUE(analyze_correlations(*shop(), asking(R"({"from":"2024-02-01"})")));
}

TEST(ExplainAnalysis, LooksAtEachDimensionThatTellsGroupsApart) {
  const Json json = analyze_explain(*shop(), asking(R"({"from":"2024-03-01"})")).value();
  std::vector<std::string> names;
  for (const Json& dimension : json.at("dimensions").as_array()) {
    names.emplace_back(dimension.at("name").as_string());
  }
  EXPECT_THAT(names, testing::IsSupersetOf({"country", "product"}));
  EXPECT_THAT(names, testing::Not(testing::Contains(
                         testing::AnyOf("customer", "order", "month", "city", "weekday"))));
}

// February 45 (customers 1 and 3), March 63: customer 1 from 30 to 58, customer 3 from 15 to 5.
TEST(ExplainAnalysis, SplitsAChangeIntoPartsThatAddUp) {
  const Json json = analyze_explain(*shop(), {}).value();
  EXPECT_EQ(json.at_pointer("/before/from").as_string(), "2024-02-01");
  EXPECT_DOUBLE_EQ(json.at("change").to_number<double>(), 18);
  const JsonArray& steps = json.at("waterfall").as_array();
  double sum = 0;
  for (std::size_t at = 0; at + 1 < steps.size(); ++at) {
    sum += steps[at].at("value").to_number<double>();
  }
  EXPECT_DOUBLE_EQ(sum, steps.back().at("value").to_number<double>());
  for (const Json& dimension : json.at("dimensions").as_array()) {
    double change = dimension.at_pointer("/others/change").to_number<double>();
    for (const Json& value : dimension.at("values").as_array()) {
      change += value.at("change").to_number<double>();
    }
    EXPECT_DOUBLE_EQ(change, 18) << dimension.at("name").as_string();
  }
  EXPECT_EQ(json.at_pointer("/verdict/is_small"), true);
  EXPECT_THAT(std::string(json.at("sentence").as_string()),
              AllOf(HasSubstr("Revenue rose by 18.00 (+40.0 %)"), HasSubstr("few customers")));
}

TEST(ExplainAnalysis, TellsNewCustomersFromThoseWhoReturn) {
  const Json json =
      analyze_explain(*shop(), asking(R"({"from":"2024-02-01","to":"2024-03-01"})")).value();
  const JsonArray& parts = json.at("customers").as_array();
  EXPECT_EQ(parts[0].at("change").to_number<double>(), 15) << "customer 3 is new";
  EXPECT_EQ(parts[2].at("change").to_number<double>(), -10) << "customer 2 is lost";
  EXPECT_EQ(parts[3].at("change").to_number<double>(), 5) << "customer 1 is kept";
}

TEST(ExplainAnalysis, SharesOutCountsThatAddUpOverCustomers) {
  const Json json = analyze_explain(*shop(), asking(R"({"metric":"orders"})")).value();
  EXPECT_EQ(json.at("change").to_number<double>(), 0);
  EXPECT_THAT(to_text(json.at("notes")), HasSubstr("by product the parts overlap"));
}

TEST(ExplainAnalysis, RefusesWhatCannotBeSharedOutOrHeldAgainstAnything) {
  const auto refusal = [](const std::string& json) {
    return analyze_explain(*shop(), asking(json)).error().message;
  };
  EXPECT_THAT(refusal(R"({"metric":"average_order_value"})"), HasSubstr("add up over customers"));
  EXPECT_THAT(refusal(R"({"against":"yesterday"})"), HasSubstr("previous_period"));
  EXPECT_THAT(refusal(R"({"against":"previous_year"})"), HasSubstr("the data run from"));
  EXPECT_THAT(refusal(R"({"against":"2024-03-01..2024-03-09"})"), HasSubstr("overlap"));
  EXPECT_THAT(refusal(R"({"from":"2024-03-01","to":"2024-03-01"})"), HasSubstr("a period ends"));
}

TEST(AnalysisRequest, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(refusal_of(R"({"colour":"red"})"), HasSubstr("colour"));
  EXPECT_THAT(refusal_of(R"({"limit":0})"), HasSubstr("from 1 to"));
  EXPECT_THAT(refusal_of(R"({"min_support":2})"), HasSubstr("share from 0 to 1"));
  EXPECT_THAT(refusal_of(R"({"steps":[{"where":"a = 1"}]})"), HasSubstr("label"));
  EXPECT_THAT(refusal_of(R"({"steps":["x: country ="]})"), HasSubstr("column"));
  EXPECT_THAT(analyze_survival(*shop(), asking(R"({"event":"never"})")).error().message,
              HasSubstr("lost or repeat"));
  EXPECT_THAT(analyze_cohort(*shop(), asking(R"({"by":"hour"})")).error().message,
              HasSubstr("not by 'hour'"));
}

TEST(AnalysisFilters, ByAMetricAreRefusedWithTheColumnItIsMadeOf) {
  const auto filter = asking(R"({"where":"page_views >= 5"})").where;
  const auto refused = check_filters_rows(model::builtin_model(), filter);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("web_analytics.page_views"));
}

TEST(AnalysisRequest, OfAnEmptyPeriodSaysSo) {
  const auto request = asking(R"({"from":"2030-01-01"})");
  for (const auto run : {analyze_cohort, analyze_rfm, analyze_pareto, analyze_basket,
                         analyze_repeat, analyze_survival}) {
    EXPECT_EQ(run(*shop(), request).error().code, Errc::Undefined);
  }
}

}  // namespace
}  // namespace cip::service
