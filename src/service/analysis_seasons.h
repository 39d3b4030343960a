// service/analysis_seasons.h: a metric over time as trend, season and rest.
#pragma once

#include <span>
#include <string>

#include "base/json_fwd.h"
#include "model/model.h"
#include "query/dataset.h"
#include "stats/trend.h"

namespace cip::service {

/// A metric by day and by month, with the days the data cover.
struct MetricOverTime {
  const model::Metric* metric = nullptr;
  std::span<const stats::PeriodValue> days;
  std::span<const stats::PeriodValue> months;
  query::DayRange range{};
};

/// Adds "decomposition", "seasonality" and "anomalies" to the answer of the trends. What cannot be
/// said says why.
void add_seasons(const MetricOverTime& series, JsonObject& answer);

}  // namespace cip::service
