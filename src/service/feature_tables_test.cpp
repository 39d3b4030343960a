#include "service/feature_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "frame/column_builder.h"

namespace cip::service {
namespace {

using frame::ColumnBuilder;
using testing::Contains;
using testing::Not;

constexpr int kScale = 4;  // Of amounts in the built-in model.
constexpr std::int64_t kUnits = 10'000;

struct Customer {
  std::int64_t id;
  std::optional<std::string> signup;
  std::string gender;
};

struct Line {
  std::int64_t order;
  std::int64_t customer;
  std::string at;
  std::int64_t amount;  // Whole units of money.
};

frame::Table made_of(std::vector<ColumnBuilder> builders) {
  std::vector<frame::Column> columns;
  columns.reserve(builders.size());
  for (ColumnBuilder& builder : builders) columns.push_back(std::move(builder).build());
  return frame::Table::make(std::move(columns)).value();
}

frame::Table customers_table(const std::vector<Customer>& customers) {
  std::vector<ColumnBuilder> columns;
  columns.emplace_back("customer_id", Type::Integer);
  columns.emplace_back("signup_date", Type::Date);
  columns.emplace_back("gender", Type::Text);
  for (const Customer& customer : customers) {
    columns[0].append_integer(customer.id);
    if (customer.signup) {
      columns[1].append_date(parse_date(*customer.signup).value());
    } else {
      columns[1].append_null();
    }
    columns[2].append_text(customer.gender);
  }
  return made_of(std::move(columns));
}

frame::Table transactions_table(const std::vector<Line>& lines) {
  std::vector<ColumnBuilder> columns;
  columns.emplace_back("transaction_id", Type::Integer);
  columns.emplace_back("order_id", Type::Integer);
  columns.emplace_back("customer_id", Type::Integer);
  columns.emplace_back("transaction_date", Type::Datetime);
  columns.emplace_back("amount", Type::Decimal, kScale);
  std::int64_t id = 0;
  for (const Line& line : lines) {
    columns[0].append_integer(++id);
    columns[1].append_integer(line.order);
    columns[2].append_integer(line.customer);
    columns[3].append_datetime(parse_instant(line.at).value());
    columns[4].append_decimal(line.amount * kUnits);
  }
  return made_of(std::move(columns));
}

std::shared_ptr<const query::Dataset> dataset_of(const std::vector<Customer>& customers,
                                                 const std::vector<Line>& lines) {
  std::vector<std::pair<std::string, frame::Table>> tables;
  tables.emplace_back("customers", customers_table(customers));
  tables.emplace_back("transactions", transactions_table(lines));
  return query::make_dataset(model::builtin_model(), std::move(tables), "test").value();
}

const std::vector<Customer> kCustomers = {
    {1, "2024-01-01", "f"}, {2, "2024-01-15", "m"}, {3, "2024-02-15", "f"}, {4, std::nullopt, "m"}};
const std::vector<Line> kJanuary = {{100, 1, "2024-01-10 09:00", 80},
                                    {101, 1, "2024-01-20 09:00", 20},
                                    {400, 4, "2024-01-20 10:00", 15},
                                    {400, 4, "2024-01-20 10:00", 5}};

const Days kFebruary = days_of({2024, 2, 1});

FeatureTable in_february(const std::vector<Line>& lines) {
  return features_as_of(*dataset_of(kCustomers, lines), kFebruary).value();
}

// A feature of a customer as text, "" where it is missing.
std::string feature(const FeatureTable& features, std::int64_t customer, std::string_view name) {
  const auto row = features.row_of(customer);
  return row ? features.table[name].text_at(*row) : "no such customer";
}

TEST(Features, CountOrdersAndNotTheirLines) {
  const FeatureTable features = in_february(kJanuary);
  EXPECT_EQ(feature(features, 1, "transaction_count"), "2");
  EXPECT_EQ(feature(features, 4, "transaction_count"), "1");
  EXPECT_EQ(feature(features, 4, "total_spent"), "20");
  EXPECT_EQ(feature(features, 1, "avg_amount"), "50");
}

TEST(Features, CountDaysUpToTheMorningOfTheDay) {
  const FeatureTable features = in_february(kJanuary);
  EXPECT_EQ(feature(features, 1, "recency_days"), "11");  // 20 January, 9:00, to 1 February, 0:00.
  EXPECT_EQ(feature(features, 1, "tenure_days"), "31");
  EXPECT_EQ(feature(features, 2, "tenure_days"), "17");
  EXPECT_EQ(feature(features, 4, "tenure_days"), "11") << "from the first order without a sign-up";
}

TEST(Features, OfACustomerWithoutOrdersAreZeroOrMissing) {
  const FeatureTable features = in_february(kJanuary);
  EXPECT_EQ(feature(features, 2, "transaction_count"), "0");
  EXPECT_EQ(feature(features, 2, "total_spent"), "0");
  EXPECT_EQ(feature(features, 2, "avg_amount"), "");
  EXPECT_EQ(feature(features, 2, "recency_days"), "");
}

TEST(Features, LeaveOutWhoWasNotThereYet) {
  const FeatureTable features = in_february(kJanuary);
  EXPECT_FALSE(features.row_of(3));
  EXPECT_EQ(features.table.num_rows(), 3U);
}

TEST(Features, TakeEverybodyWithoutADay) {
  const auto features = features_as_of(*dataset_of(kCustomers, kJanuary), std::nullopt);
  EXPECT_EQ(features->table.num_rows(), 4U);
}

TEST(Features, HoldNothingOfWhatCameLater) {
  std::vector<Line> all = kJanuary;
  all.push_back({102, 1, "2024-02-01 00:00", 1000});
  all.push_back({200, 2, "2024-02-02 12:00", 70});
  all.push_back({300, 3, "2024-03-01 12:00", 90});
  const FeatureTable before = in_february(kJanuary);
  const FeatureTable after = in_february(all);
  ASSERT_EQ(after.table.num_rows(), before.table.num_rows());
  ASSERT_EQ(after.specs.size(), before.specs.size());
  for (const auto& [customer, row] : before.rows) {
    for (const ml::FeatureSpec& spec : before.specs) {
      EXPECT_EQ(feature(after, customer, spec.name), feature(before, customer, spec.name))
          << spec.name << " of customer " << customer;
    }
  }
}

TEST(Features, SeeWhatCameLaterOnALaterDay) {
  std::vector<Line> all = kJanuary;
  all.push_back({102, 1, "2024-02-01 00:00", 1000});
  const auto later = features_as_of(*dataset_of(kCustomers, all), kFebruary + 1);
  EXPECT_EQ(feature(*later, 1, "transaction_count"), "3");
}

TEST(Features, HoldNoPersonalData) {
  std::vector<std::string> names;
  for (const ml::FeatureSpec& spec : in_february(kJanuary).specs) names.push_back(spec.name);
  EXPECT_THAT(names, Contains("gender"));
  EXPECT_THAT(names, Not(Contains("city")));
}

TEST(Features, NeedCustomers) {
  const auto nothing = query::make_dataset(model::builtin_model(), {}, "nothing").value();
  EXPECT_EQ(features_as_of(*nothing, kFebruary).error().code, Errc::Undefined);
}

TEST(MetricByCustomer, IsOfTheWindowAlone) {
  const auto dataset = dataset_of(kCustomers, kJanuary);
  const auto revenue = metric_by_customer(*dataset, "revenue", days_of({2024, 1, 20}), kFebruary);
  ASSERT_TRUE(revenue);
  EXPECT_EQ(revenue->at(1), 20);
  EXPECT_EQ(revenue->at(4), 20);
}

}  // namespace
}  // namespace cip::service
