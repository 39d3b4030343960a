// What hangs together in what is known of the customers.

#include <cmath>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/json.h"
#include "service/analyses.h"
#include "service/analysis_data.h"
#include "service/feature_tables.h"
#include "stats/association.h"
#include "stats/correlation.h"
#include "stats/distribution.h"

namespace cip::service {
namespace {

constexpr double kStrong = 0.5;

// Two columns, how strongly they hang together, and by which measure.
struct Pair {
  std::string left;
  std::string right;
  std::string_view measure;
  stats::Association found;
  std::optional<double> ranked;  // Spearman's, for two numbers.
};

struct CategoryColumn {
  std::string name;
  DenseCodes codes;

  [[nodiscard]] stats::Categories categories() const {
    return {codes.codes, codes.first_rows.size()};
  }
};

void add_number_pairs(const std::vector<stats::Variable>& variables,
                      const stats::CorrelationMatrix& matrix, std::vector<Pair>& pairs) {
  for (std::size_t right = 1; right < variables.size(); ++right) {
    for (std::size_t left = 0; left < right; ++left) {
      const auto& cell = matrix.at(left, right);
      if (!cell) continue;
      Pair pair{variables[left].name,
                variables[right].name,
                "pearson",
                {cell->coefficient, cell->num_pairs, stats::p_of(*cell)},
                std::nullopt};
      const auto ranked = stats::spearman(variables[left].values, variables[right].values);
      if (ranked) pair.ranked = ranked->strength;
      pairs.push_back(std::move(pair));
    }
  }
}

void add_category_pairs(const std::vector<CategoryColumn>& columns,
                        const std::vector<stats::Variable>& variables, std::vector<Pair>& pairs) {
  for (std::size_t right = 0; right < columns.size(); ++right) {
    for (std::size_t left = 0; left < right; ++left) {
      const auto found = stats::cramers_v(columns[left].categories(), columns[right].categories());
      if (!found) continue;
      pairs.push_back({columns[left].name, columns[right].name, "cramers_v", *found, std::nullopt});
    }
    for (const stats::Variable& variable : variables) {
      const auto found = stats::correlation_ratio(columns[right].categories(), variable.values);
      if (!found) continue;
      pairs.push_back(
          {columns[right].name, variable.name, "correlation_ratio", *found, std::nullopt});
    }
  }
}

// All pairs of columns, numbers and categories, strongest first; p corrected for their number.
Result<JsonArray> pairs_json(const FeatureTable& features,
                             const std::vector<stats::Variable>& variables,
                             const stats::CorrelationMatrix& matrix) {
  std::vector<CategoryColumn> categories;
  for (const ml::FeatureSpec& spec : features.specs) {
    if (spec.kind != ml::FeatureKind::Category) continue;
    categories.push_back({spec.name, dense_codes(features.table[spec.name])});
  }
  std::vector<Pair> pairs;
  add_number_pairs(variables, matrix, pairs);
  add_category_pairs(categories, variables, pairs);
  std::ranges::stable_sort(pairs, std::ranges::greater{},
                           [](const Pair& pair) { return std::abs(pair.found.strength); });
  std::vector<double> p_values(pairs.size());
  std::ranges::transform(pairs, p_values.begin(), [](const Pair& pair) { return pair.found.p; });
  const std::vector<double> corrected = stats::benjamini_hochberg(p_values);
  JsonArray list;
  for (std::size_t at = 0; at < pairs.size(); ++at) {
    const Pair& pair = pairs[at];
    list.push_back(JsonObject{{"a", pair.left},
                              {"b", pair.right},
                              {"measure", pair.measure},
                              {"strength", json_number(pair.found.strength)},
                              {"spearman", optional_json(pair.ranked)},
                              {"n", pair.found.num_rows},
                              {"p", json_number(corrected[at])},
                              {"is_significant", corrected[at] <= kSignificant},
                              {"is_strong", std::abs(pair.found.strength) > kStrong}});
  }
  return list;
}

// A factor or number that is infinite is null: the variable follows from the others.
Json collinearity_json(const std::vector<stats::Variable>& variables) {
  const auto found = stats::multicollinearity_of(variables);
  if (!found) return nullptr;
  JsonArray list;
  for (std::size_t at = 0; at < variables.size(); ++at) {
    const auto& inflation = found->inflation[at];
    if (!inflation) continue;
    list.push_back(JsonObject{{"name", variables[at].name},
                              {"vif", json_number(*inflation)},
                              {"follows_from_others", std::isinf(*inflation)}});
  }
  return JsonObject{{"n", found->num_rows},
                    {"condition_number", json_number(found->condition_number)},
                    {"factors", std::move(list)}};
}

// The filter of a request with its first day: then it is of the customers who ordered since.
query::Filter since(const model::Model& model, const AnalysisRequest& request) {
  if (!request.from || model.find_dimension("day") == nullptr) return request.where;
  const Value first = date_text(*request.from);
  return query::all_of(request.where, query::Filter::of("day", query::Op::GreaterEqual, {first}));
}

}  // namespace

Result<Json> analyze_correlations(const query::Dataset& dataset, const AnalysisRequest& request) {
  const auto days = dataset.days();
  const auto end = days ? std::optional(days->last + 1) : std::nullopt;
  CIP_TRY_ASSIGN(const FeatureTable features, features_as_of(dataset, request.to ? request.to : end,
                                                             since(dataset.model(), request)));
  std::vector<stats::Variable> variables;
  JsonArray columns;
  for (const ml::FeatureSpec& spec : features.specs) {
    if (spec.kind != ml::FeatureKind::Number) continue;
    CIP_TRY_ASSIGN(std::vector<double> values, features.table[spec.name].to_doubles());
    variables.push_back({spec.name, std::move(values)});
    columns.push_back(JsonObject{{"name", spec.name}, {"label", spec.label}});
  }
  CIP_TRY_ASSIGN(const stats::CorrelationMatrix matrix, stats::correlation_matrix(variables));
  JsonArray rows;
  for (std::size_t row = 0; row < variables.size(); ++row) {
    JsonArray cells;
    for (std::size_t column = 0; column < variables.size(); ++column) {
      const auto& cell = matrix.at(row, column);
      cells.push_back(cell ? json_number(cell->coefficient) : Json(nullptr));
    }
    rows.push_back(std::move(cells));
  }
  JsonArray strong;
  for (const stats::StrongPair& pair : matrix.strong) {
    strong.push_back(JsonObject{{"a", variables[pair.left].name},
                                {"b", variables[pair.right].name},
                                {"r", pair.correlation.coefficient},
                                {"n", pair.correlation.num_pairs}});
  }
  CIP_TRY_ASSIGN(JsonArray pairs, pairs_json(features, variables, matrix));
  return Json(JsonObject{{"entity", "customer"},
                         {"columns", std::move(columns)},
                         {"n", features.table.num_rows()},
                         {"matrix", std::move(rows)},
                         {"strong", std::move(strong)},
                         {"pairs", std::move(pairs)},
                         {"collinearity", collinearity_json(variables)}});
}

}  // namespace cip::service
