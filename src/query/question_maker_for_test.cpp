#include "query/question_maker_for_test.h"

#include <algorithm>

#include "query/field.h"

namespace cip::query {

model::Model test_model() {
  return model::parse_model(R"toml(
[table.customers.columns]
rating = { type = "number" }
[dimension]
plan = "customers.extra.plan"
rating = "customers.rating"
price_band = { column = "transactions.unit_price", buckets = [1, 2.5, 10] }
order_hour = { grain = "hour" }
signup_day = { column = "customers.signup_date", grain = "day" }
years_since_signup = { since = "signup_month", grain = "year" }
first_purchase = { first = "transactions.transaction_date" }
weeks_since_signup = { since = "signup_day", grain = "week" }
signup_weekday = { column = "customers.signup_date", part = "weekday" }
[metric]
best_rating = { max = "customers.rating" }
priced_lines = { count = "transactions.unit_price" }
margin = { expr = "({revenue} - 2.5 * {units}) / -({orders} - 3)" }
revenue_per_session = { expr = "{revenue} / {sessions}" }
first_signup = { min = "customers.signup_date" }
middle_amount = { median = "transactions.amount" }
high_quantity = { quantile = "transactions.quantity", at = 0.9 }
middle_rating = { quantile = "customers.rating", at = 0.25 }
web_revenue = { sum = "transactions.amount", where = "channel = 'web' and age_band != '65+'" }
uk_orders = { distinct = "transactions.order_id", where = "country in ('UK', null) or plan is null" }
late_lines = { count = "transactions", where = "not weekday in ('Monday', 'Friday')" }
age_of_all = { average = "customers.age", nulls = "zero" }
priced = { sum = "transactions.unit_price", nulls = "zero" }
web_price = { average = "transactions.unit_price", where = "channel = 'web'", nulls = "zero" }
after_sessions = { expr = "{revenue} - 2 * {page_views}", nulls = "zero" }
half_margin = { expr = "{margin} / 2", nulls = "zero" }
mobile_share = { expr = "{mobile_sessions} / {sessions}" }
revenue_run = { running = "revenue" }
revenue_part = { share = "revenue" }
revenue_step = { change = "revenue" }
orders_rate = { change_rate = "orders", against = "previous_year" }
)toml",
                            "test", &model::builtin_model())
      .value();
}

namespace {

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
                                   "cohort",
                                   "first_purchase",
                                   "customers.signup_date"};
const Names kTimeDimensions = {"day",
                               "week",
                               "month",
                               "quarter",
                               "year",
                               "weekday",
                               "hour_of_day",
                               "order_hour",
                               "months_since_first_order",
                               "weeks_since_signup",
                               "years_since_signup"};
const Names kSaleDimensions = {"product", "category",   "channel",
                               "order",   "price_band", "transactions.unit_price"};
const Names kSaleMetrics = {
    "revenue",       "orders",      "order_lines",         "units",          "customers",
    "products_sold", "first_order", "last_order",          "average_amount", "average_quantity",
    "priced_lines",  "margin",      "average_order_value", "largest_amount", "middle_amount",
    "high_quantity", "web_revenue", "uk_orders",           "late_lines",     "priced",
    "web_price",     "half_margin"};
const Names kCustomerMetrics = {"customer_count", "churn_rate",   "average_age",
                                "best_rating",    "first_signup", "churned_customers",
                                "middle_rating",  "age_of_all"};
const Names kSessionMetrics = {
    "sessions",     "visitors",        "conversion_rate",     "page_views",    "pages_per_session",
    "mobile_share", "mobile_sessions", "revenue_per_session", "after_sessions"};

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

}  // namespace

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
  if (chance(0.3)) made.zone = one_of({"Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"});
  if (chance(0.3)) compose(made, shape);
  return made;
}

// Comparisons, top lists, pivots, levels, and metrics that are made from other groups.
void Maker::compose(Query& made, std::int64_t shape) {
  made.with_subtotals = chance(0.3);
  if (chance(0.5)) {
    made.from = static_cast<Days>(19'680 + below(200));
    made.to = *made.from + 20 + static_cast<Days>(below(200));
    const auto with = static_cast<Comparison::With>(below(3));
    made.compare = Comparison{with, {}, {}};
    if (with == Comparison::With::Custom) made.compare->from = *made.from - 40;
    if (with == Comparison::With::Custom) made.compare->to = *made.from + 10;
    if (shape < 2) made.metrics.push_back(one_of({"revenue_step", "orders_rate"}));
  }
  if (shape < 2 && chance(0.3)) made.metrics.emplace_back("revenue_part");
  if (made.by.empty()) return;
  if (chance(0.5)) {
    made.top = Top{one_of(made.by), 1 + below(4), made.metrics.front(), chance(0.3), chance(0.7)};
  }
  if (!chance(0.3)) return;
  made.pivot = one_of(made.by);
  made.with_subtotals = false;
  // A pivot is sorted by what stays on its left.
  std::erase_if(made.sort, [&made](const SortKey& key) {
    return key.by == made.pivot || std::ranges::find(made.by, key.by) == made.by.end();
  });
}

}  // namespace cip::query
