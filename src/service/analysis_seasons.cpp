#include "service/analysis_seasons.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "service/analysis_data.h"
#include "stats/decomposition.h"
#include "stats/distribution.h"

namespace cip::service {
namespace {

constexpr std::size_t kWeek = 7;
constexpr std::size_t kYear = 12;
constexpr std::size_t kWeeksOfYear = 52;
constexpr std::size_t kMostDays = 1100;  // Of a longer range the weeks are shown.
// A week's pattern changes slowly: smoothed over 35 weeks it does not swallow what is odd.
constexpr int kSlowSeason = 35;
constexpr std::size_t kMostAnomalies = 20;

struct Steps {
  std::vector<Days> starts;
  std::vector<double> values;
};

// Sums and counts of a day without rows are 0; of another metric such a day has no value.
bool is_zero_without_rows(const model::Metric& metric) {
  const bool is_sum = metric.aggregate == model::Aggregate::Sum ||
                      metric.aggregate == model::Aggregate::Count ||
                      metric.aggregate == model::Aggregate::Distinct;
  return metric.expression.empty() && is_sum;
}

// Every period from first to last; nothing if one has no value.
std::optional<Steps> steps_of(std::span<const stats::PeriodValue> values, Grain grain, Days first,
                              Days last, bool fill) {
  std::unordered_map<Days, double> known;
  for (const stats::PeriodValue& value : values) {
    if (value.value) known.emplace(value.on, *value.value);
  }
  Steps steps;
  for (Days on = first; on <= last; on = next_period(on, grain)) {
    const auto found = known.find(on);
    if (found == known.end() && !fill) return std::nullopt;
    steps.starts.push_back(on);
    steps.values.push_back(found == known.end() ? 0 : found->second);
  }
  return steps;
}

// Whole weeks from whole days.
Steps weeks_of(const Steps& days) {
  Steps weeks;
  std::size_t at = 0;
  while (at < days.starts.size() && weekday_of(days.starts[at]) != 0) ++at;
  for (; at + kWeek <= days.starts.size(); at += kWeek) {
    double sum = 0;
    for (std::size_t day = 0; day < kWeek; ++day) sum += days.values[at + day];
    weeks.starts.push_back(days.starts[at]);
    weeks.values.push_back(sum);
  }
  return weeks;
}

// The months that the data cover from their first to their last day.
std::optional<Steps> whole_months(const MetricOverTime& series, bool fill) {
  Days first = period_start(series.range.first, Grain::Month);
  if (first != series.range.first) first = next_period(first, Grain::Month);
  const Days last = period_start(series.range.last + 1, Grain::Month) - 1;
  return steps_of(series.months, Grain::Month, first, last, fill);
}

JsonArray points_json(const Steps& steps, const stats::Decomposition& parts) {
  JsonArray points;
  for (std::size_t at = 0; at < steps.starts.size(); ++at) {
    points.push_back(JsonObject{{"on", date_text(steps.starts[at])},
                                {"value", json_number(steps.values[at])},
                                {"trend", json_number(parts.trend[at])},
                                {"season", json_number(parts.season[at])},
                                {"rest", json_number(parts.rest[at])}});
  }
  return points;
}

JsonArray anomalies_json(const Steps& steps, const stats::Decomposition& parts) {
  std::vector<stats::Anomaly> found = stats::anomalies_of(parts.rest);
  std::ranges::stable_sort(found, std::ranges::greater{},
                           [](const stats::Anomaly& one) { return std::abs(one.score); });
  found.resize(std::min(found.size(), kMostAnomalies));
  JsonArray list;
  for (const stats::Anomaly& one : found) {
    list.push_back(
        JsonObject{{"on", date_text(steps.starts[one.place])},
                   {"value", json_number(steps.values[one.place])},
                   {"expected", json_number(parts.trend[one.place] + parts.season[one.place])},
                   {"score", json_number(one.score)}});
  }
  return list;
}

// One test of a season: what it says, or why it says nothing.
struct SeasonTest {
  std::string_view name;
  std::size_t num_values = 0;
  std::optional<stats::GroupDifference> found;
  double strength = 0;
  std::string reason;
};

SeasonTest test_of(std::string_view name, const std::optional<Steps>& steps, std::size_t period) {
  SeasonTest test;
  test.name = name;
  if (!steps) {
    test.reason = "there are periods without a value";
    return test;
  }
  test.num_values = steps->values.size();
  const auto parts = stats::decompose(steps->values, period, {.seasonal = kSlowSeason});
  if (!parts) {
    test.reason = parts.error().message;
    return test;
  }
  const auto found = stats::season_test(*parts);
  if (!found) {
    test.reason = found.error().message;
    return test;
  }
  test.found = *found;
  test.strength = stats::strength_of_season(*parts);
  return test;
}

JsonArray tests_json(const std::vector<SeasonTest>& tests) {
  std::vector<double> p_values(tests.size());
  std::ranges::transform(tests, p_values.begin(), [](const SeasonTest& test) {
    return test.found ? test.found->p : std::nan("");
  });
  const std::vector<double> corrected = stats::holm(p_values);
  JsonArray list;
  for (std::size_t at = 0; at < tests.size(); ++at) {
    const SeasonTest& test = tests[at];
    JsonObject json{{"season", test.name}, {"n", test.num_values}};
    if (test.found) {
      json["statistic"] = json_number(test.found->statistic);
      json["p"] = json_number(corrected[at]);
      json["effect"] = json_number(test.found->effect);
      json["strength"] = json_number(test.strength);
      json["is_significant"] = corrected[at] <= kSignificant;
    } else {
      json["reason"] = test.reason;
    }
    list.push_back(std::move(json));
  }
  return list;
}

}  // namespace

void add_seasons(const MetricOverTime& series, JsonObject& answer) {
  const bool fill = is_zero_without_rows(*series.metric);
  const auto days = steps_of(series.days, Grain::Day, series.range.first, series.range.last, fill);
  answer["seasonality"] =
      tests_json({test_of("weekday", days, kWeek),
                  test_of("month of the year", whole_months(series, fill), kYear)});
  answer["anomalies"] = JsonArray{};
  answer["decomposition"] = nullptr;
  // Weeks of a number that is no sum of days would have to be asked for anew.
  if (!days || (days->values.size() > kMostDays && !series.metric->is_additive)) return;
  const bool by_week = days->values.size() > kMostDays;
  const Steps steps = by_week ? weeks_of(*days) : *days;
  const std::size_t period = by_week ? kWeeksOfYear : kWeek;
  const auto parts =
      stats::decompose(steps.values, period, {.seasonal = kSlowSeason, .is_robust = true});
  if (!parts) return;
  answer["decomposition"] =
      JsonObject{{"grain", by_week ? "week" : "day"},
                 {"period", period},
                 {"trend_strength", json_number(stats::strength_of_trend(*parts))},
                 {"season_strength", json_number(stats::strength_of_season(*parts))},
                 {"points", points_json(steps, *parts)}};
  answer["anomalies"] = anomalies_json(steps, *parts);
}

}  // namespace cip::service
