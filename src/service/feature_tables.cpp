#include "service/feature_tables.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/number.h"
#include "base/text.h"
#include "frame/column_builder.h"
#include "query/memory_engine.h"

namespace cip::service {
namespace {

constexpr std::string_view kCustomer = "customer";
constexpr std::size_t kFewestCategories = 2;

bool has_metric(const model::Model& model, std::string_view name) {
  return model.find_metric(name) != nullptr;
}

// The text dimensions that say something about a customer as such.
Result<std::vector<std::string>> describing_dimensions(const model::Model& model) {
  std::vector<std::string> names;
  for (const model::Dimension& dimension : model.dimensions) {
    if (!dimension.column || !dimension.buckets.empty()) continue;
    CIP_TRY_ASSIGN(const query::Field field, query::describe(model, dimension.name));
    const bool is_of_customers = field.table == "customers" || field.table == "customer_segments";
    const bool is_text = field.type == Type::Text || !dimension.attribute.empty();
    if (is_of_customers && is_text && !field.is_personal) names.push_back(dimension.name);
  }
  return names;
}

// What is asked: one row per customer, all descriptions as dimensions, the orders as metrics.
query::Query question(const model::Model& model, const std::vector<std::string>& dimensions,
                      std::optional<Days> as_of) {
  query::Query query;
  query.by = {std::string(kCustomer)};
  query.by.insert(query.by.end(), dimensions.begin(), dimensions.end());
  const auto* customers = model.find_table("customers");
  for (const std::string column : {"age", "signup_date"}) {
    if (customers != nullptr && customers->find(column) != nullptr) {
      query.by.push_back("customers." + column);
    }
  }
  query.metrics = {"customer_count"};
  for (const std::string metric : {"orders", "revenue", "first_order", "last_order"}) {
    if (has_metric(model, metric)) query.metrics.push_back(metric);
  }
  query.to = as_of;
  return query;
}

// A column of the answer as doubles, times in days; all NaN if the model has nothing of that name.
std::vector<double> numbers_of(const frame::Table& answer, std::string_view name) {
  const frame::Column* column = answer.find(name);
  if (column != nullptr) {
    if (auto doubles = column->to_doubles()) return std::move(doubles).value();
  }
  return std::vector<double>(answer.num_rows(), std::nan(""));
}

class Builder {
 public:
  Builder(const query::Dataset& dataset, std::span<const ml::FeatureSpec> like)
      : model_(dataset.model()), like_(like) {}

  // Keeps the rows of customers who were there when `as_of` began.
  void keep_known(const frame::Table& answer, std::optional<Days> as_of) {
    const std::vector<double> signup = numbers_of(answer, "customers.signup_date");
    const std::vector<double> orders = numbers_of(answer, "orders");
    const frame::Column& customer = answer[kCustomer];
    for (std::size_t row = 0; row < answer.num_rows(); ++row) {
      if (!customer.has(row)) continue;
      const bool has_ordered = !std::isnan(orders[row]) && orders[row] > 0;
      const bool has_signed_up = !std::isnan(signup[row]) && as_of && signup[row] < *as_of;
      const bool has_no_times = std::isnan(signup[row]) && !has_ordered && !knows_orders(orders);
      if (!as_of || has_ordered || has_signed_up || has_no_times) {
        kept_.push_back(static_cast<std::uint32_t>(row));
      }
    }
    columns_.push_back(customer.gathered(kept_).renamed("customer_id"));
  }

  void add_number(const std::string& name, const std::string& label, const std::string& unit,
                  const std::vector<double>& of_answer) {
    frame::Numbers numbers;
    bool has_any = false;
    for (const std::uint32_t row : kept_) {
      numbers.values.push_back(of_answer[row]);
      has_any = has_any || !std::isnan(of_answer[row]);
    }
    if (!has_any) return;
    columns_.push_back(frame::Column::make(name, std::move(numbers)).value());
    specs_.push_back({name, label, unit, ml::FeatureKind::Number});
  }

  void add_text(const frame::Table& answer, const std::string& name) {
    const frame::Column* column = answer.find(name);
    if (column == nullptr || column->type() != Type::Text) return;
    const frame::Column kept = column->gathered(kept_);
    std::set<std::string> values;
    std::vector<double> numbers(answer.num_rows(), std::nan(""));
    bool are_numbers = true;
    for (std::size_t at = 0; at < kept_.size(); ++at) {
      if (!kept.has(at)) continue;
      const std::string& text = kept.as<frame::Texts>().at(at);
      values.insert(text);
      const auto number = parse_number(trimmed(text));
      are_numbers = are_numbers && (number || trimmed(text).empty());
      if (number) numbers[kept_[at]] = *number;
    }
    const std::string label = model_.find_dimension(name)->label;
    const auto kind = kind_of(name, are_numbers, values.size());
    if (kind == ml::FeatureKind::Number) {
      add_number(name, label, "number", numbers);
    } else if (kind == ml::FeatureKind::Category && !values.empty()) {
      columns_.push_back(kept);
      specs_.push_back({name, label, "", ml::FeatureKind::Category});
    }
  }

  Result<FeatureTable> build() && {
    CIP_TRY_ASSIGN(frame::Table table, frame::Table::make(std::move(columns_)));
    FeatureTable features{std::move(table), std::move(specs_), {}, {}};
    const auto& ids = features.table["customer_id"].as<frame::Integers>().values;
    for (std::size_t row = 0; row < ids.size(); ++row) features.rows.emplace(ids[row], row);
    return features;
  }

 private:
  // Whether anybody has ordered anything: a customer base without facts has no times at all.
  static bool knows_orders(const std::vector<double>& orders) {
    return std::ranges::any_of(orders, [](double count) { return count > 0; });
  }

  // What a text dimension is worth as a feature; nothing where it tells nobody apart, or everybody.
  [[nodiscard]] std::optional<ml::FeatureKind> kind_of(std::string_view name, bool are_numbers,
                                                       std::size_t num_values) const {
    const auto known = std::ranges::find(like_, name, &ml::FeatureSpec::name);
    if (known != like_.end()) return known->kind;
    if (are_numbers && num_values > kFewestCategories) return ml::FeatureKind::Number;
    const bool is_category = num_values >= kFewestCategories && num_values <= ml::kMaxCategories;
    return is_category ? std::optional(ml::FeatureKind::Category) : std::nullopt;
  }

  const model::Model& model_;
  std::span<const ml::FeatureSpec> like_;
  std::vector<std::uint32_t> kept_;
  std::vector<frame::Column> columns_;
  std::vector<ml::FeatureSpec> specs_;
};

// The answer for all customers that the filter keeps. A filter of orders, such as one by channel,
// says nothing of a customer as such: then it is those who have such orders.
Result<query::Answer> answer_for_all(query::Query query, const query::Dataset& dataset) {
  auto answer = query::run(query, dataset);
  const bool may_be_of_orders = query.metrics.size() > 1 && !query.where.is_everything();
  if (answer || answer.error().code != Errc::InvalidArgument || !may_be_of_orders) return answer;
  query.metrics.erase(query.metrics.begin());  // customer_count
  auto of_orders = query::run(query, dataset);
  return of_orders ? std::move(of_orders) : std::move(answer);
}

// Numbers made of the answers: what a customer spent on average, how long ago the last order was.
struct OrderNumbers {
  std::vector<double> spent;
  std::vector<double> average;
  std::vector<double> recency;
  std::vector<double> tenure;
};

OrderNumbers order_numbers(const frame::Table& answer, std::optional<Days> as_of) {
  const std::vector<double> orders = numbers_of(answer, "orders");
  const std::vector<double> first = numbers_of(answer, "first_order");
  const std::vector<double> last = numbers_of(answer, "last_order");
  const std::vector<double> signup = numbers_of(answer, "customers.signup_date");
  OrderNumbers numbers{numbers_of(answer, "revenue"), {}, {}, {}};
  for (std::size_t row = 0; row < answer.num_rows(); ++row) {
    const bool has_ordered = orders[row] > 0;
    if (orders[row] == 0) numbers.spent[row] = 0;
    numbers.average.push_back(has_ordered ? numbers.spent[row] / orders[row] : std::nan(""));
    const double now = as_of ? *as_of : std::nan("");
    numbers.recency.push_back(std::floor(now - last[row]));
    const double since = std::isnan(signup[row]) ? first[row] : signup[row];
    numbers.tenure.push_back(std::floor(now - since));
  }
  return numbers;
}

}  // namespace

Result<FeatureTable> features_as_of(const query::Dataset& dataset, std::optional<Days> as_of,
                                    const query::Filter& where,
                                    std::span<const ml::FeatureSpec> like) {
  const model::Model& model = dataset.model();
  if (!has_metric(model, "customer_count") || model.find_dimension(kCustomer) == nullptr) {
    return fail(Errc::Undefined,
                "the model has no metric customer_count by customer to learn from");
  }
  CIP_TRY_ASSIGN(const std::vector<std::string> dimensions, describing_dimensions(model));
  query::Query query = question(model, dimensions, as_of);
  query.where = where;
  CIP_TRY_ASSIGN(const query::Answer answer, answer_for_all(query, dataset));
  if (answer.table.num_rows() == 0) return fail(Errc::Undefined, "there are no customers yet");

  Builder builder(dataset, like);
  builder.keep_known(answer.table, as_of);
  const std::vector<double> orders = numbers_of(answer.table, "orders");
  const bool has_facts = std::ranges::any_of(orders, [](double count) { return count > 0; });
  if (has_facts) {
    const OrderNumbers numbers = order_numbers(answer.table, as_of);
    builder.add_number("transaction_count", "Orders", "count", orders);
    builder.add_number("total_spent", "Spent so far", "currency", numbers.spent);
    builder.add_number("avg_amount", "Average order", "currency", numbers.average);
    builder.add_number("recency_days", "Days since last order", "days", numbers.recency);
    builder.add_number("tenure_days", "Customer for", "days", numbers.tenure);
  }
  builder.add_number("age", "Age", "years", numbers_of(answer.table, "customers.age"));
  for (const std::string& dimension : dimensions) builder.add_text(answer.table, dimension);
  return std::move(builder).build();
}

Result<std::vector<ml::TrainedFeature>> spread_of(const FeatureTable& features) {
  CIP_TRY_ASSIGN(const ml::FeatureSet set, ml::read_features(features.table, features.specs));
  std::vector<ml::TrainedFeature> spread;
  for (std::size_t at = 0; at < set.features.size(); ++at) {
    const ml::Feature& feature = set.features[at];
    spread.push_back({feature, ml::profile_of(feature, set.values.column(at)), 0});
  }
  return spread;
}

Result<std::unordered_map<std::int64_t, double>> metric_by_customer(const query::Dataset& dataset,
                                                                    std::string_view metric,
                                                                    std::optional<Days> from,
                                                                    std::optional<Days> to) {
  query::Query query;
  query.metrics = {std::string(metric)};
  query.by = {std::string(kCustomer)};
  query.from = from;
  query.to = to;
  CIP_TRY_ASSIGN(const query::Answer answer, query::run(query, dataset));
  const std::vector<double> values = numbers_of(answer.table, metric);
  const frame::Column& customers = answer.table[kCustomer];
  std::unordered_map<std::int64_t, double> by_customer;
  for (std::size_t row = 0; row < answer.table.num_rows(); ++row) {
    if (!customers.has(row) || std::isnan(values[row])) continue;
    by_customer.emplace(customers.as<frame::Integers>().values[row], values[row]);
  }
  return by_customer;
}

}  // namespace cip::service
