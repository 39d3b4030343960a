// What is missing in the columns of the tables, and what lies far out.

#include <utility>

#include "base/json.h"
#include "query/rows.h"
#include "service/analyses.h"
#include "service/analysis_data.h"
#include "stats/missing.h"
#include "stats/outliers.h"

namespace cip::service {
namespace {

// The rows of a table that the request leaves, under the model's own columns.
Result<frame::Table> filtered_table(const query::Dataset& dataset, const model::TableDef& def,
                                    const AnalysisRequest& request) {
  std::vector<frame::Column> columns;
  if (dataset.num_rows(def.name) == 0) return frame::Table();
  const bool is_whole = request.where.is_everything() && !request.from && !request.to;
  std::vector<std::uint32_t> kept;
  if (!is_whole) {
    CIP_TRY_ASSIGN(
        kept, query::matching_rows(dataset, def.name, request.where, request.from, request.to));
  }
  for (const model::ColumnDef& column : def.columns) {
    const auto cells = dataset.column(def.name, column.name);
    if (cells != nullptr) columns.push_back(is_whole ? *cells : cells->gathered(kept));
  }
  return frame::Table::make(std::move(columns));
}

// Tables that the request's filter does not lead to are left out, not an error: a filter by channel
// says nothing of products.
Result<std::vector<std::pair<const model::TableDef*, frame::Table>>> filtered_tables(
    const query::Dataset& dataset, const AnalysisRequest& request) {
  std::vector<std::pair<const model::TableDef*, frame::Table>> tables;
  for (const model::TableDef& def : dataset.model().tables) {
    auto table = filtered_table(dataset, def, request);
    if (!table && table.error().code == Errc::InvalidArgument) continue;
    if (!table) return Failure{table.error()};
    if (table->num_rows() != 0) tables.emplace_back(&def, std::move(table).value());
  }
  if (tables.empty()) return fail(Errc::Undefined, "no rows are left to look at");
  return tables;
}

JsonObject bounds_json(const stats::Bounds& bounds) {
  return {{"lower", bounds.lower}, {"upper", bounds.upper}, {"count", bounds.num_outside}};
}

JsonObject outliers_json(const model::TableDef& def, const model::ColumnDef& column,
                         const stats::Outliers& found) {
  JsonArray counts;
  for (const std::uint64_t count : found.histogram.counts) counts.push_back(count);
  return {{"table", def.name},
          {"column", column.name},
          {"label", column.label},
          {"unit", column.unit},
          {"n", found.num_values},
          {"missing", found.num_missing},
          {"mean", found.moments.mean},
          {"sd", found.moments.standard_deviation},
          {"iqr", bounds_json(found.by_quartiles)},
          {"zscore", bounds_json(found.by_deviations)},
          {"percentile", bounds_json(found.by_percentiles)},
          {"box", JsonObject{{"low_whisker", found.box.low_whisker},
                             {"q1", found.box.q1},
                             {"median", found.box.median},
                             {"q3", found.box.q3},
                             {"high_whisker", found.box.high_whisker}}},
          {"extreme", numbers_json(found.extreme)},
          {"winsorized", JsonObject{{"lower", found.winsorized.lower},
                                    {"upper", found.winsorized.upper},
                                    {"mean", found.winsorized_moments.mean},
                                    {"sd", found.winsorized_moments.standard_deviation}}},
          {"histogram", JsonObject{{"edges", numbers_json(found.histogram.edges)},
                                   {"counts", std::move(counts)}}}};
}

// Keys and references are numbers only by accident: their size means nothing.
bool is_measure(const model::TableDef& def, const model::ColumnDef& column) {
  const bool is_number =
      column.type == Type::Integer || column.type == Type::Number || column.type == Type::Decimal;
  const bool is_name = column.name == def.key || column.references || column.name.ends_with("_id");
  return is_number && !is_name;
}

}  // namespace

Result<Json> analyze_missing(const query::Dataset& dataset, const AnalysisRequest& request) {
  CIP_TRY_ASSIGN(const auto tables, filtered_tables(dataset, request));
  JsonArray list;
  for (const auto& [def, table] : tables) {
    JsonArray columns;
    for (const stats::MissingValues& missing : stats::missing_values(table)) {
      columns.push_back(JsonObject{{"column", missing.column},
                                   {"type", name_of(missing.type)},
                                   {"missing", missing.num_missing},
                                   {"share", missing.share},
                                   {"treatment", stats::name_of(missing.treatment)},
                                   {"reason", missing.reason}});
    }
    list.push_back(JsonObject{
        {"table", def->name}, {"rows", table.num_rows()}, {"columns", std::move(columns)}});
  }
  return Json(JsonObject{{"tables", std::move(list)}});
}

Result<Json> analyze_outliers(const query::Dataset& dataset, const AnalysisRequest& request) {
  CIP_TRY_ASSIGN(const auto tables, filtered_tables(dataset, request));
  JsonArray columns;
  for (const auto& [def, table] : tables) {
    for (const model::ColumnDef& column : def->columns) {
      const frame::Column* cells = table.find(column.name);
      if (cells == nullptr || !is_measure(*def, column)) continue;
      CIP_TRY_ASSIGN(const std::vector<double> values, cells->to_doubles());
      const auto found = stats::outliers_of(values);
      if (found) columns.push_back(outliers_json(*def, column, *found));
    }
  }
  return Json(JsonObject{{"columns", std::move(columns)}});
}

}  // namespace cip::service
