// Random questions about random data, put to both engines.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/random.h"
#include "base/text.h"
#include "frame/column_builder.h"
#include "query/filter_text.h"
#include "query/memory_engine.h"
#include "query/sql_engine.h"
#include "query/store_for_test.h"

namespace cip::query {
namespace {

using Names = std::vector<std::string>;

// The built-in model, and what it has no example of: numbers, a text key's parent, attributes.
model::Model test_model() {
  return model::parse_model(R"toml(
[table.customers.columns]
rating = { type = "number" }
[dimension]
plan = "customers.extra.plan"
rating = "customers.rating"
price_band = { column = "transactions.unit_price", buckets = [1, 2.5, 10] }
order_hour = { grain = "hour" }
signup_weekday = { column = "customers.signup_date", part = "weekday" }
[metric]
best_rating = { max = "customers.rating" }
priced_lines = { count = "transactions.unit_price" }
margin = { expr = "({revenue} - 2.5 * {units}) / -({orders} - 3)" }
revenue_per_session = { expr = "{revenue} / {sessions}" }
first_signup = { min = "customers.signup_date" }
)toml",
                            "test", &model::builtin_model())
      .value();
}

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  bool chance(double share) { return random_.uniform() < share; }
  std::int64_t below(std::int64_t n) {
    return static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(n)));
  }
  const std::string& one_of(const Names& names) {
    return names[static_cast<std::size_t>(below(static_cast<std::int64_t>(names.size())))];
  }

  NamedTables tables(std::int64_t num_facts) {
    NamedTables made;
    made.emplace_back("customer_segments", segments());
    made.emplace_back("products", products());
    made.emplace_back("customers", customers());
    made.emplace_back("transactions", transactions(num_facts));
    made.emplace_back("web_analytics", sessions(num_facts / 2));
    return made;
  }

  Query query();

 private:
  // Fills a table column by column: `cell` appends the cell of one row.
  struct Part {
    std::string name;
    Type type;
    double nulls;
    std::function<void(frame::ColumnBuilder&, std::int64_t row)> cell;
  };

  frame::Table table(std::int64_t num_rows, const std::vector<Part>& parts) {
    std::vector<frame::Column> columns;
    for (const Part& part : parts) {
      frame::ColumnBuilder builder(part.name, part.type, part.type == Type::Decimal ? 4 : 0);
      for (std::int64_t row = 0; row < num_rows; ++row) {
        if (chance(part.nulls)) {
          builder.append_null();
        } else {
          part.cell(builder, row);
        }
      }
      columns.push_back(std::move(builder).build());
    }
    return frame::Table::make(std::move(columns)).value();
  }

  auto text(const Names& names) {
    return [this, names](frame::ColumnBuilder& to, std::int64_t) { to.append_text(one_of(names)); };
  }
  auto whole(std::int64_t n) {
    return [this, n](frame::ColumnBuilder& to, std::int64_t) { to.append_integer(below(n)); };
  }
  auto money(std::int64_t n) {
    return [this, n](frame::ColumnBuilder& to, std::int64_t) { to.append_decimal(below(n)); };
  }
  auto truth() {
    return [this](frame::ColumnBuilder& to, std::int64_t) { to.append_boolean(chance(0.3)); };
  }
  auto instant() {
    constexpr std::int64_t kDay = 86'400;  // Seconds.
    // 2023-11-05 and 500 days on, one in three with a fraction of a second.
    return [this](frame::ColumnBuilder& to, std::int64_t) {
      const std::int64_t fraction = chance(0.3) ? below(1'000'000) : 0;
      to.append_datetime((19'666 * kDay + below(500 * kDay)) * kMicrosPerSecond + fraction);
    };
  }
  static void key(frame::ColumnBuilder& to, std::int64_t row) { to.append_integer(row + 1); }

  frame::Table segments() {
    return table(3,
                 {{"segment_id", Type::Integer, 0, key},
                  {"segment_name", Type::Text, 0, [](frame::ColumnBuilder& to, std::int64_t row) {
                     to.append_text(
                         Names{"Premium", "Regular", "Occasional"}[static_cast<std::size_t>(row)]);
                   }}});
  }
  frame::Table products() {
    return table(8, {{"product_id", Type::Integer, 0, key},
                     {"product_name", Type::Text, 0,
                      [](frame::ColumnBuilder& to, std::int64_t row) {
                        to.append_text(fmt::format("Product {}", row));
                      }},
                     {"category", Type::Text, 0.2, text({"Tools", "tools", "Toys", ""})}});
  }
  frame::Table customers() {
    return table(
        30, {{"customer_id", Type::Integer, 0, key},
             {"country", Type::Text, 0.1, text({"UK", "Österreich", "France", "O'Hara's", "uk"})},
             {"age", Type::Integer, 0.2, whole(90)},
             {"rating", Type::Number, 0.2,
              [this](frame::ColumnBuilder& to, std::int64_t) {
                to.append_number(static_cast<double>(below(40)) / 7.0 - 2);
              }},
             {"signup_date", Type::Date, 0.1,
              [this](frame::ColumnBuilder& to, std::int64_t) {
                to.append_date(static_cast<Days>(18'000 + below(900)));
              }},
             {"segment_id", Type::Integer, 0.1, whole(5)},  // 0 and 4 lead nowhere.
             {"churned", Type::Boolean, 0.2, truth()},
             {"extra", Type::Text, 0.2,
              text({R"({"plan":"gold"})", R"({"plan":null,"x":1})", R"({"plan":12.5})",
                    R"({"plan":3})", R"({"plan":true})", R"({"plan":1e20})", "{}"})}});
  }
  frame::Table transactions(std::int64_t num_rows) {
    return table(num_rows, {{"transaction_id", Type::Integer, 0, key},
                            {"order_id", Type::Integer, 0.05, whole(num_rows / 2 + 1)},
                            {"customer_id", Type::Integer, 0, whole(33)},
                            {"product_id", Type::Integer, 0.1, whole(10)},
                            {"transaction_date", Type::Datetime, 0.02, instant()},
                            {"quantity", Type::Integer, 0.1, whole(9)},
                            {"unit_price", Type::Decimal, 0.1, money(200'000)},
                            {"amount", Type::Decimal, 0.05, money(20'000'000)},
                            {"channel", Type::Text, 0.1, text({"web", "shop", "phone"})}});
  }
  frame::Table sessions(std::int64_t num_rows) {
    return table(num_rows, {{"session_id", Type::Text, 0,
                             [](frame::ColumnBuilder& to, std::int64_t row) {
                               to.append_text(fmt::format("s{}", row));
                             }},
                            {"customer_id", Type::Integer, 0.3, whole(33)},
                            {"timestamp", Type::Datetime, 0, instant()},
                            {"page_views", Type::Integer, 0.1, whole(20)},
                            {"device", Type::Text, 0.1, text({"mobile", "desktop"})},
                            {"converted", Type::Boolean, 0.1, truth()}});
  }

  Names some(Names from, std::int64_t most) {
    Names picked;
    for (std::int64_t left = below(most + 1); left > 0 && !from.empty(); --left) {
      const auto at = below(static_cast<std::int64_t>(from.size()));
      picked.push_back(from[static_cast<std::size_t>(at)]);
      from.erase(from.begin() + at);
    }
    return picked;
  }

  Value literal(Type type);
  Filter condition(const Names& dimensions);
  Filter tree(const Names& dimensions, int depth);
  Names metrics_of(std::int64_t shape);
  Filter metric_condition(const Names& metrics);

  Random random_;
};

const Names kCustomerDimensions = {"segment",
                                   "country",
                                   "gender",
                                   "age_band",
                                   "customer",
                                   "churned",
                                   "plan",
                                   "signup_weekday",
                                   "rating",
                                   "signup_month",
                                   "customers.signup_date"};
const Names kTimeDimensions = {"day",  "week",    "month",       "quarter",
                               "year", "weekday", "hour_of_day", "order_hour"};
const Names kSaleDimensions = {"product", "category",   "channel",
                               "order",   "price_band", "transactions.unit_price"};
const Names kSaleMetrics = {
    "revenue",       "orders",      "order_lines",         "units",          "customers",
    "products_sold", "first_order", "last_order",          "average_amount", "average_quantity",
    "priced_lines",  "margin",      "average_order_value", "largest_amount"};
const Names kCustomerMetrics = {"customer_count", "churn_rate",   "average_age",
                                "best_rating",    "first_signup", "churned_customers"};
const Names kSessionMetrics = {"sessions",   "visitors",          "conversion_rate",
                               "page_views", "pages_per_session", "revenue_per_session"};

// A value that fits the type.
Value Maker::literal(Type type) {
  switch (type) {
    case Type::Integer:
      if (chance(0.1)) return 10.5;
      return below(40);
    case Type::Number:
      return static_cast<double>(below(40)) / 7.0 - 2;
    case Type::Decimal:
      return static_cast<double>(below(2000)) / 100;
    case Type::Boolean:
      return std::string(chance(0.5) ? "true" : "false");
    case Type::Date:
      return date_text(static_cast<Days>(19'600 + below(600)));
    case Type::Datetime:
      return date_text(static_cast<Days>(19'666 + below(500))) + " 11:00:00";
    case Type::Text:
      break;
  }
  return one_of({"UK", "Premium", "web", "gold", "18-24", "65+", "Monday", "mobile", "Tools",
                 "O'Hara's", "12.5", "Product 3", "<1", "1 to 2.5", ""});
}

// What may be asked, by kind of field: operators and values that fit.
Filter Maker::condition(const Names& dimensions) {
  const std::string field = one_of(dimensions);
  if (chance(0.15)) return Filter::of(field, chance(0.5) ? Op::IsNull : Op::NotNull, {});
  const Type type = describe(test_model(), field).value().type;
  if (chance(0.5)) {
    std::vector<Value> values;
    for (std::int64_t left = below(4); left > 0; --left) values.push_back(literal(type));
    if (chance(0.2)) values.emplace_back();
    return Filter::of(field, chance(0.5) ? Op::In : Op::NotIn, std::move(values));
  }
  if (type == Type::Text && chance(0.4)) {
    return Filter::of(field, Op::Contains, {Value(one_of({"o", "UK", "tool", "s", "1", "Ö"}))});
  }
  const std::vector<Op> all = {Op::Equal,     Op::NotEqual, Op::Less,
                               Op::LessEqual, Op::Greater,  Op::GreaterEqual};
  const std::int64_t most = type == Type::Boolean ? 2 : 6;
  return Filter::of(field, all[static_cast<std::size_t>(below(most))], {literal(type)});
}

Filter Maker::tree(const Names& dimensions, int depth) {
  if (depth == 0 || chance(0.4)) return condition(dimensions);
  Filter filter;
  filter.kind = chance(0.3)   ? Filter::Kind::Not
                : chance(0.5) ? Filter::Kind::And
                              : Filter::Kind::Or;
  const std::int64_t most = filter.kind == Filter::Kind::Not ? 1 : 3;
  for (std::int64_t at = 0; at < most; ++at) filter.parts.push_back(tree(dimensions, depth - 1));
  return filter;
}

// Questions have one of four shapes: about sales, about sales and sessions, about customers (and
// perhaps sales), about sessions.
Names dimensions_of(std::int64_t shape) {
  Names dimensions = kCustomerDimensions;
  if (shape != 2) {
    dimensions.insert(dimensions.end(), kTimeDimensions.begin(), kTimeDimensions.end());
  }
  if (shape == 0) {
    dimensions.insert(dimensions.end(), kSaleDimensions.begin(), kSaleDimensions.end());
  }
  return dimensions;
}

Names Maker::metrics_of(std::int64_t shape) {
  Names metrics = kSaleMetrics;
  if (shape == 1) metrics.insert(metrics.end(), kSessionMetrics.begin(), kSessionMetrics.end());
  if (shape == 2) metrics = chance(0.5) ? kCustomerMetrics : metrics;
  if (shape == 2) metrics.insert(metrics.end(), kCustomerMetrics.begin(), kCustomerMetrics.end());
  if (shape == 3) metrics = kSessionMetrics;
  if (shape == 3) metrics.pop_back();
  std::ranges::sort(metrics);
  metrics.erase(std::unique(metrics.begin(), metrics.end()), metrics.end());
  return metrics;
}

Filter Maker::metric_condition(const Names& metrics) {
  const std::string& metric = one_of(metrics);
  const bool is_time =
      metric == "first_order" || metric == "last_order" || metric == "first_signup";
  const Value bound = is_time ? Value("2024-05-01") : Value(below(5));
  return Filter::of(metric, chance(0.5) ? Op::Greater : Op::LessEqual, {bound});
}

Query Maker::query() {
  const std::int64_t shape = below(4);
  const Names dimensions = dimensions_of(shape);
  const Names metrics = metrics_of(shape);

  Query made;
  made.by = some(dimensions, 3);
  made.metrics = some(metrics, 4);
  if (made.metrics.empty()) made.metrics = {metrics.front()};
  if (chance(0.6)) made.where = tree(dimensions, 2);
  if (chance(0.3)) made.where = all_of(made.where, metric_condition(metrics));
  if (chance(0.4)) made.from = static_cast<Days>(19'666 + below(300));
  if (chance(0.4)) made.to = made.from.value_or(19'700) + 1 + static_cast<Days>(below(300));
  Names columns = made.by;
  columns.insert(columns.end(), made.metrics.begin(), made.metrics.end());
  for (const std::string& name : some(columns, 2)) made.sort.push_back({name, chance(0.5)});
  if (chance(0.3)) made.limit = below(8);
  if (chance(0.2)) made.offset = below(5);
  made.with_totals = chance(0.3);
  return made;
}

Names answer_of(const Result<Answer>& answer) {
  if (!answer) return {"error: " + answer.error().message};
  Names lines = lines_of(*answer);
  lines.push_back(fmt::format("{} groups of {} rows", answer->num_rows, answer->rows_matched));
  return lines;
}

TEST(Engines, AgreeOnRandomQuestionsAboutRandomData) {
  const model::Model model = test_model();
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Maker maker(seed);
    const TestStore store =
        make_test_store(model, maker.tables(seed % 4 == 0 ? 0 : 40 * static_cast<int>(seed)))
            .value();
    for (int question = 0; question < 120; ++question) {
      const Query query = maker.query();
      const auto in_memory = run(query, *store.dataset);
      const auto in_sql = run(query, model, *store.connection);
      ASSERT_TRUE(in_memory) << in_memory.error().message << "\n" << to_text(to_json(query));
      ASSERT_EQ(answer_of(in_memory), answer_of(in_sql)) << "seed " << seed << "\n"
                                                         << to_text(to_json(query)) << "\n"
                                                         << to_sql(query, model).value().sql;
    }
  }
}

TEST(Engines, QueriesComeBackFromJsonAndFiltersFromText) {
  Maker maker(7);
  for (int question = 0; question < 500; ++question) {
    const Query query = maker.query();
    const auto back = query_from_json(to_json(query));
    ASSERT_TRUE(back) << back.error().message;
    ASSERT_EQ(*back, query) << to_text(to_json(query));
  }
}

TEST(Engines, TheOrderOfRowsDoesNotMatter) {
  const model::Model model = test_model();
  Maker maker(3);
  const NamedTables tables = maker.tables(200);
  NamedTables turned;
  for (const auto& [name, table] : tables) {
    std::vector<std::uint32_t> rows;
    for (auto row = static_cast<std::uint32_t>(table.num_rows()); row-- > 0;) rows.push_back(row);
    std::vector<frame::Column> columns;
    for (const frame::Column& column : table.columns()) columns.push_back(column.gathered(rows));
    turned.emplace_back(name, frame::Table::make(std::move(columns)).value());
  }
  const auto one = make_dataset(model, tables, "one").value();
  const auto other = make_dataset(model, turned, "other").value();
  for (int question = 0; question < 200; ++question) {
    const Query query = maker.query();
    ASSERT_EQ(answer_of(run(query, *one)), answer_of(run(query, *other)))
        << to_text(to_json(query));
  }
}

TEST(Engines, TotalsAreWhatTheSameQuestionWithoutDimensionsGives) {
  const model::Model model = test_model();
  Maker maker(5);
  const auto dataset = make_dataset(model, maker.tables(200), "one").value();
  for (int question = 0; question < 100; ++question) {
    Query query = maker.query();
    query.with_totals = true;
    query.limit.reset();
    query.sort.clear();
    // Filters on metrics do not touch totals; leave them out to compare.
    query.where = {};
    const Answer answer = run(query, *dataset).value();
    Query whole = query;
    whole.by.clear();
    whole.offset = 0;
    whole.with_totals = false;
    const Answer expected = run(whole, *dataset).value();
    for (const frame::Column& column : expected.table.columns()) {
      ASSERT_EQ(column.text_at(0), (*answer.totals)[column.name()].text_at(0));
    }
  }
}

TEST(Engines, AGroupIsWhatAFilterForItGives) {
  const model::Model model = test_model();
  Maker maker(11);
  const auto dataset = make_dataset(model, maker.tables(300), "one").value();
  for (const std::string& dimension :
       Names{"country", "segment", "age_band", "month", "plan", "product"}) {
    Query grouped;
    grouped.metrics = {"revenue", "orders", "customers", "average_amount"};
    grouped.by = {dimension};
    const Answer answer = run(grouped, *dataset).value();
    for (std::size_t row = 0; row < answer.table.num_rows(); ++row) {
      const frame::Column& values = answer.table.columns().front();
      Query filtered = grouped;
      filtered.by.clear();
      filtered.where =
          Filter::of(dimension, Op::In, {values.has(row) ? Value(values.text_at(row)) : Value{}});
      const Answer one = run(filtered, *dataset).value();
      for (std::size_t at = 1; at < answer.table.columns().size(); ++at) {
        EXPECT_EQ(answer.table.columns()[at].text_at(row), one.table.columns()[at - 1].text_at(0))
            << dimension << " " << values.text_at(row);
      }
    }
  }
}

}  // namespace
}  // namespace cip::query
