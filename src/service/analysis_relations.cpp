// How the orders spread over categories, and which categories go together.

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "query/memory_engine.h"
#include "service/analyses.h"
#include "service/analysis_data.h"
#include "stats/association.h"
#include "stats/contingency.h"
#include "stats/distribution.h"
#include "stats/group_difference.h"

namespace cip::service {
namespace {

Result<Json> pattern_of(const query::Dataset& dataset, const AnalysisRequest& request,
                        const std::string& dimension) {
  query::Query query;
  query.metrics = {"revenue", "orders", "average_order_value"};
  query.by = {dimension};
  query.where = request.where;
  query.from = request.from;
  query.to = request.to;
  query.sort = {{"revenue", true}};
  query.with_totals = true;
  CIP_TRY_ASSIGN(const query::Answer answer, query::run(query, dataset));
  CIP_TRY_ASSIGN(const auto revenue, answer.table["revenue"].to_doubles());
  const double total = answer.totals->find("revenue")->to_doubles().value().front();
  JsonArray values;
  for (std::size_t row = 0; row < answer.table.num_rows(); ++row) {
    values.push_back(
        JsonObject{{"value", answer.table[dimension].json_at(row)},
                   {"orders", answer.table["orders"].json_at(row)},
                   {"revenue", answer.table["revenue"].json_at(row)},
                   {"share", total > 0 ? json_number(revenue[row] / total) : Json(nullptr)},
                   {"average_order_value", answer.table["average_order_value"].json_at(row)}});
  }
  return Json(JsonObject{{"name", dimension},
                         {"label", dataset.model().find_dimension(dimension)->label},
                         {"n", answer.totals->find("orders")->json_at(0)},
                         {"metric", "revenue"},
                         {"values", std::move(values)}});
}

constexpr double kStandsOut = 3;  // Standard deviations of a cell from independence.
constexpr std::size_t kMostStandouts = 5;

// Whether the categories are chosen equally often, and whether their orders are worth the same.
Result<void> add_tests(const query::Dataset& dataset, const AnalysisRequest& request,
                       const std::string& dimension, JsonObject& pattern) {
  std::vector<std::uint64_t> counts;
  std::uint64_t sum = 0;
  for (const Json& value : pattern.at("values").as_array()) {
    if (value.at("value").is_null()) continue;
    counts.push_back(value.at("orders").to_number<std::uint64_t>());
    sum += counts.back();
  }
  pattern["shares_test"] = nullptr;
  pattern["value_test"] = nullptr;
  // Where an order has several categories, they are not one choice among many.
  if (sum > pattern.at("n").to_number<std::uint64_t>()) return {};
  if (const auto test = stats::equal_shares_of(counts)) {
    pattern["shares_test"] = JsonObject{{"chi_square", json_number(test->chi_square)},
                                        {"df", test->degrees_of_freedom},
                                        {"p", json_number(test->p)},
                                        {"effect", json_number(test->effect)},
                                        {"n", test->num_rows}};
  }
  const query::Query query =
      question(request, {"revenue"}, {std::string(kOrderDimension), dimension});
  CIP_TRY_ASSIGN(const query::Answer answer, query::run(query, dataset));
  CIP_TRY_ASSIGN(const auto revenue, doubles_of(answer, "revenue"));
  const DenseCodes codes = dense_codes(answer.table[dimension]);
  if (const auto test = stats::kruskal_wallis({codes.codes, codes.first_rows.size()}, revenue)) {
    pattern["value_test"] = JsonObject{{"statistic", json_number(test->statistic)},
                                       {"p", json_number(test->p)},
                                       {"effect", json_number(test->effect)},
                                       {"n", test->num_rows}};
  }
  return {};
}

// Two dimensions of the orders, and how they go together.
struct Together {
  std::string left;
  std::string right;
  std::vector<std::string> left_values;
  std::vector<std::string> right_values;
  stats::Contingency table;
  stats::Independence test;
};

std::vector<std::string> texts_of(const frame::Column& column, const DenseCodes& codes) {
  std::vector<std::string> texts;
  for (const std::uint32_t row : codes.first_rows) texts.push_back(column.text_at(row));
  return texts;
}

Result<Together> together_of(const query::Dataset& dataset, const AnalysisRequest& request,
                             const std::string& left, const std::string& right) {
  CIP_TRY_ASSIGN(const query::Answer answer,
                 query::run(question(request, {"orders"}, {left, right}), dataset));
  CIP_TRY_ASSIGN(const auto orders, doubles_of(answer, "orders"));
  const DenseCodes rows = dense_codes(answer.table[left]);
  const DenseCodes columns = dense_codes(answer.table[right]);
  Together found{
      left, right, texts_of(answer.table[left], rows), texts_of(answer.table[right], columns),
      {},   {}};
  found.table = {rows.first_rows.size(), columns.first_rows.size(), {}};
  found.table.counts.resize(found.table.num_rows * found.table.num_columns);
  for (std::size_t at = 0; at < orders.size(); ++at) {
    if (rows.codes[at] == kNoCode || columns.codes[at] == kNoCode) continue;
    found.table.counts[rows.codes[at] * found.table.num_columns + columns.codes[at]] +=
        static_cast<std::uint64_t>(orders[at]);
  }
  CIP_TRY_ASSIGN(found.test, stats::independence_of(found.table));
  return found;
}

// The cells farthest from independence.
JsonArray standouts_json(const Together& found) {
  std::vector<std::size_t> cells;
  for (std::size_t cell = 0; cell < found.test.residuals.size(); ++cell) {
    if (std::abs(found.test.residuals[cell]) > kStandsOut) cells.push_back(cell);
  }
  std::ranges::stable_sort(cells, std::ranges::greater{}, [&found](std::size_t cell) {
    return std::abs(found.test.residuals[cell]);
  });
  cells.resize(std::min(cells.size(), kMostStandouts));
  JsonArray list;
  for (const std::size_t cell : cells) {
    list.push_back(JsonObject{{"a", found.left_values[cell / found.table.num_columns]},
                              {"b", found.right_values[cell % found.table.num_columns]},
                              {"orders", found.table.counts[cell]},
                              {"residual", json_number(found.test.residuals[cell])}});
  }
  return list;
}

// Every pair of dimensions whose orders fall into one category each; p corrected for their number.
Result<JsonArray> associations_json(const query::Dataset& dataset, const AnalysisRequest& request,
                                    const std::vector<std::string>& dimensions) {
  std::vector<Together> pairs;
  std::vector<double> p_values;
  for (std::size_t right = 1; right < dimensions.size(); ++right) {
    for (std::size_t left = 0; left < right; ++left) {
      auto found = together_of(dataset, request, dimensions[left], dimensions[right]);
      if (!found && found.error().code == Errc::Undefined) continue;
      if (!found) return Failure{found.error()};
      p_values.push_back(found->test.p);
      pairs.push_back(std::move(found).value());
    }
  }
  const std::vector<double> corrected = stats::benjamini_hochberg(p_values);
  JsonArray list;
  for (std::size_t at = 0; at < pairs.size(); ++at) {
    const stats::Independence& test = pairs[at].test;
    list.push_back(JsonObject{{"a", pairs[at].left},
                              {"b", pairs[at].right},
                              {"n", test.num_rows},
                              {"chi_square", json_number(test.chi_square)},
                              {"df", test.degrees_of_freedom},
                              {"p", json_number(corrected[at])},
                              {"cramers_v", json_number(test.cramers_v)},
                              {"smallest_expected", json_number(test.smallest_expected)},
                              {"is_significant", corrected[at] <= kSignificant},
                              {"standouts", standouts_json(pairs[at])}});
  }
  return list;
}

}  // namespace

Result<Json> analyze_patterns(const query::Dataset& dataset, const AnalysisRequest& request) {
  JsonArray dimensions;
  std::vector<std::string> choices;  // Of which an order has one.
  for (const std::string dimension :
       {"category", "channel", "payment_method", "segment", "country"}) {
    if (dataset.model().find_dimension(dimension) == nullptr) continue;
    CIP_TRY_ASSIGN(Json pattern, pattern_of(dataset, request, dimension));
    CIP_TRY(add_tests(dataset, request, dimension, pattern.as_object()));
    if (!pattern.at("shares_test").is_null()) choices.push_back(dimension);
    dimensions.push_back(std::move(pattern));
  }
  CIP_TRY_ASSIGN(JsonArray associations, associations_json(dataset, request, choices));
  return Json(
      JsonObject{{"dimensions", std::move(dimensions)}, {"associations", std::move(associations)}});
}

}  // namespace cip::service
