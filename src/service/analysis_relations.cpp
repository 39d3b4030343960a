// What hangs together, per customer, and how the orders spread.

#include "base/json.h"
#include "query/memory_engine.h"
#include "service/analyses.h"
#include "service/analysis_data.h"
#include "service/feature_tables.h"
#include "stats/correlation.h"

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

}  // namespace

Result<Json> analyze_correlations(const query::Dataset& dataset, const AnalysisRequest& request) {
  const auto days = dataset.days();
  const auto end = days ? std::optional(days->last + 1) : std::nullopt;
  CIP_TRY_ASSIGN(const FeatureTable features,
                 features_as_of(dataset, request.to ? request.to : end, request.where));
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
  return Json(JsonObject{{"entity", "customer"},
                         {"columns", std::move(columns)},
                         {"n", features.table.num_rows()},
                         {"matrix", std::move(rows)},
                         {"strong", std::move(strong)}});
}

Result<Json> analyze_patterns(const query::Dataset& dataset, const AnalysisRequest& request) {
  JsonArray dimensions;
  for (const std::string dimension :
       {"category", "channel", "payment_method", "segment", "country"}) {
    if (dataset.model().find_dimension(dimension) == nullptr) continue;
    CIP_TRY_ASSIGN(Json pattern, pattern_of(dataset, request, dimension));
    dimensions.push_back(std::move(pattern));
  }
  return Json(JsonObject{{"dimensions", std::move(dimensions)}});
}

}  // namespace cip::service
