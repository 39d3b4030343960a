#include "service/analysis.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/json.h"
#include "base/text.h"
#include "query/memory_engine.h"
#include "query/rows.h"
#include "service/asking.h"
#include "service/feature_tables.h"
#include "stats/correlation.h"
#include "stats/missing.h"
#include "stats/outliers.h"
#include "stats/trend.h"

namespace cip::service {
namespace {

constexpr std::array<std::string_view, 7> kWeekdays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

Json optional_json(const std::optional<double>& value) {
  return value ? json_number(*value) : Json(nullptr);
}

// The rows of a table that the request leaves, under the model's own columns.
Result<frame::Table> filtered_table(const query::Dataset& dataset, const model::TableDef& def,
                                    const AnalysisRequest& request) {
  const frame::Table* rows = dataset.find(def.name);
  std::vector<frame::Column> columns;
  if (rows == nullptr || rows->num_rows() == 0) return frame::Table();
  const bool is_whole = request.where.is_everything() && !request.from && !request.to;
  std::vector<std::uint32_t> kept;
  if (!is_whole) {
    CIP_TRY_ASSIGN(
        kept, query::matching_rows(dataset, def.name, request.where, request.from, request.to));
  }
  for (const model::ColumnDef& column : def.columns) {
    const frame::Column* cells = rows->find(column.name);
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

JsonObject bounds_json(const stats::Bounds& bounds) {
  return {{"lower", bounds.lower}, {"upper", bounds.upper}, {"count", bounds.num_outside}};
}

JsonArray numbers_json(const std::vector<double>& numbers) {
  JsonArray array;
  for (const double number : numbers) array.push_back(json_number(number));
  return array;
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

// A metric by a grain of time, as the statistics want it.
struct Series {
  std::vector<stats::PeriodValue> values;
  std::vector<std::int64_t> counts;  // Orders the values rest on; empty if the model has none.
};

Result<Series> series_of(const query::Dataset& dataset, const AnalysisRequest& request,
                         std::string_view grain) {
  query::Query query;
  query.metrics = {request.metric};
  const bool has_orders =
      dataset.model().find_metric("orders") != nullptr && request.metric != "orders";
  if (has_orders) query.metrics.emplace_back("orders");
  query.by = {std::string(grain)};
  query.where = request.where;
  query.from = request.from;
  query.to = request.to;
  CIP_TRY_ASSIGN(const query::Answer answer, query::run(query, dataset));
  const frame::Column& periods = answer.table[grain];
  CIP_TRY_ASSIGN(const auto starts, periods.to_doubles());
  CIP_TRY_ASSIGN(const auto values, answer.table[request.metric].to_doubles());
  CIP_TRY_ASSIGN(const auto counts,
                 answer.table[has_orders ? "orders" : request.metric].to_doubles());
  Series series;
  for (std::size_t row = 0; row < starts.size(); ++row) {
    if (std::isnan(starts[row])) continue;
    const auto value = std::isnan(values[row]) ? std::nullopt : std::optional(values[row]);
    series.values.push_back({static_cast<Days>(starts[row]), value});
    if (has_orders || request.metric == "orders") {
      series.counts.push_back(std::isnan(counts[row]) ? 0 : static_cast<std::int64_t>(counts[row]));
    }
  }
  return series;
}

Result<query::DayRange> range_of(const query::Dataset& dataset, const AnalysisRequest& request) {
  const auto days = dataset.days();
  if (!days) return fail(Errc::Undefined, "there are no facts with a time yet");
  return query::DayRange{std::max(days->first, request.from.value_or(days->first)),
                         std::min(days->last, request.to ? *request.to - 1 : days->last)};
}

Result<Json> analyze_trends(const query::Dataset& dataset, const AnalysisRequest& request) {
  CIP_TRY_ASSIGN(const query::DayRange range, range_of(dataset, request));
  CIP_TRY_ASSIGN(const query::Field field, query::describe(dataset.model(), request.metric));
  CIP_TRY_ASSIGN(const Series months, series_of(dataset, request, "month"));
  CIP_TRY_ASSIGN(const Series days, series_of(dataset, request, "day"));
  const auto changes = stats::changes_of(months.values, Grain::Month, range.first, range.last);
  JsonArray points;
  for (std::size_t at = 0; at < changes.size(); ++at) {
    points.push_back(
        JsonObject{{"period", date_text(changes[at].on)},
                   {"value", optional_json(changes[at].value)},
                   {"change", optional_json(changes[at].change)},
                   {"growth", optional_json(changes[at].growth)},
                   {"complete", changes[at].is_complete},
                   {"n", months.counts.empty() ? Json(nullptr) : Json(months.counts[at])}});
  }
  JsonArray weekdays;
  for (const stats::WeekdayShare& share :
       stats::weekday_shares(days.values, range.first, range.last)) {
    weekdays.push_back(
        JsonObject{{"weekday", kWeekdays.at(static_cast<std::size_t>(share.weekday))},
                   {"value", share.mean_per_day},
                   {"share", share.share},
                   {"n", share.num_days}});
  }
  return Json(JsonObject{{"metric", field.name},
                         {"label", field.label},
                         {"unit", field.unit},
                         {"grain", "month"},
                         {"points", std::move(points)},
                         {"weekdays", std::move(weekdays)}});
}

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

struct Analysis {
  std::string name;
  Result<Json> (*run)(const query::Dataset&, const AnalysisRequest&);
};

const std::vector<Analysis>& analyses() {
  static const std::vector<Analysis> all = {{"missing", analyze_missing},
                                            {"outliers", analyze_outliers},
                                            {"trends", analyze_trends},
                                            {"correlations", analyze_correlations},
                                            {"patterns", analyze_patterns}};
  return all;
}

}  // namespace

const std::vector<std::string>& analysis_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> listed;
    for (const Analysis& analysis : analyses()) listed.push_back(analysis.name);
    return listed;
  }();
  return names;
}

Result<AnalysisRequest> analysis_from_json(const Json& json) {
  const auto* object = json.if_object();
  if (object == nullptr) return fail(Errc::InvalidArgument, "an analysis wants an object");
  AnalysisRequest request;
  JsonObject question{{"metrics", JsonArray{"revenue"}}};  // A query knows how filters are written.
  for (const auto& [key, value] : *object) {
    if (key == "where" || key == "from" || key == "to") {
      question[key] = value;
    } else if (key == "metric" && value.is_string()) {
      request.metric = std::string(value.as_string());
    } else {
      return fail(
          Errc::InvalidArgument,
          fmt::format("an analysis wants where, from, to and metric, not '{}'", std::string(key)));
    }
  }
  CIP_TRY_ASSIGN(query::Query query, query::query_from_json(question));
  request.where = std::move(query.where);
  request.from = query.from;
  request.to = query.to;
  return request;
}

Result<Json> analyze(Platform& platform, const account::Identity& who, std::string_view name,
                     const AnalysisRequest& request) {
  query::Query seen;
  seen.where = request.where;
  CIP_TRY(check_may_see(platform, who, seen));
  const auto found = std::ranges::find(analyses(), name, &Analysis::name);
  if (found == analyses().end()) {
    return fail(Errc::NotFound, unknown_name_message("analysis", name, analysis_names()));
  }
  CIP_TRY_ASSIGN(const auto dataset, platform.dataset());
  return found->run(*dataset, request);
}

}  // namespace cip::service
