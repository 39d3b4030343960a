// A metric over time.

#include <array>
#include <cmath>

#include "base/json.h"
#include "query/memory_engine.h"
#include "service/analyses.h"
#include "service/analysis_data.h"
#include "service/analysis_seasons.h"
#include "stats/trend.h"

namespace cip::service {
namespace {

constexpr std::array<std::string_view, 7> kWeekdays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

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

}  // namespace

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
  JsonObject answer{{"metric", field.name},        {"label", field.label},
                    {"unit", field.unit},          {"grain", "month"},
                    {"points", std::move(points)}, {"weekdays", std::move(weekdays)}};
  CIP_TRY_ASSIGN(const model::Metric* metric, dataset.model().metric(request.metric));
  add_seasons({metric, days.values, months.values, range}, answer);
  return Json(std::move(answer));
}

}  // namespace cip::service
