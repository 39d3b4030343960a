#include "stats/outliers.h"

#include <algorithm>
#include <cmath>

namespace cip::stats {
namespace {

constexpr double kTukey = 1.5;
constexpr double kDeviations = 3;
constexpr double kTail = 0.01;
constexpr double kWinsorTail = 0.05;
constexpr std::size_t kMostExtreme = 50;

Bounds bounds_of(std::span<const double> sorted, double lower, double upper) {
  const auto first_inside = std::ranges::lower_bound(sorted, lower);
  const auto first_above = std::ranges::upper_bound(sorted, upper);
  const auto below = static_cast<std::size_t>(first_inside - sorted.begin());
  const auto above = static_cast<std::size_t>(sorted.end() - first_above);
  return {lower, upper, below + above};
}

Box box_of(std::span<const double> sorted, double lower, double upper) {
  const double q1 = quantile_of(sorted, 0.25);
  const double q3 = quantile_of(sorted, 0.75);
  return {.low_whisker = std::min(*std::ranges::lower_bound(sorted, lower), q1),
          .q1 = q1,
          .median = quantile_of(sorted, 0.5),
          .q3 = q3,
          .high_whisker = std::max(*std::prev(std::ranges::upper_bound(sorted, upper)), q3)};
}

// From both ends of the sorted values inwards, the farther one first.
std::vector<double> extremes_of(std::span<const double> sorted, const Bounds& bounds) {
  std::vector<double> extreme;
  std::size_t low = 0;
  std::size_t high = sorted.size();
  while (extreme.size() < std::min(kMostExtreme, bounds.num_outside)) {
    const double below = bounds.lower - sorted[low];
    const double above = sorted[high - 1] - bounds.upper;
    extreme.push_back(below > above ? sorted[low++] : sorted[--high]);
  }
  return extreme;
}

}  // namespace

std::vector<double> winsorize(std::span<const double> values, double lower, double upper) {
  CIP_EXPECTS(lower <= upper);
  std::vector<double> clamped(values.begin(), values.end());
  for (double& value : clamped) {
    if (!std::isnan(value)) value = std::clamp(value, lower, upper);
  }
  return clamped;
}

Result<Outliers> outliers_of(std::span<const double> values) {
  const std::vector<double> sorted = sorted_present(values);
  Outliers outliers;
  CIP_TRY_ASSIGN(outliers.moments, moments_of(values));
  outliers.num_values = sorted.size();
  outliers.num_missing = values.size() - sorted.size();

  const double q1 = quantile_of(sorted, 0.25);
  const double q3 = quantile_of(sorted, 0.75);
  const double reach = kTukey * (q3 - q1);
  outliers.by_quartiles = bounds_of(sorted, q1 - reach, q3 + reach);
  const double deviation = kDeviations * outliers.moments.standard_deviation;
  outliers.by_deviations =
      bounds_of(sorted, outliers.moments.mean - deviation, outliers.moments.mean + deviation);
  outliers.by_percentiles =
      bounds_of(sorted, quantile_of(sorted, kTail), quantile_of(sorted, 1 - kTail));
  outliers.box = box_of(sorted, outliers.by_quartiles.lower, outliers.by_quartiles.upper);
  outliers.extreme = extremes_of(sorted, outliers.by_quartiles);
  outliers.histogram = histogram_of(sorted, sorted.front(), sorted.back(), suitable_bins(sorted));
  outliers.winsorized =
      bounds_of(sorted, quantile_of(sorted, kWinsorTail), quantile_of(sorted, 1 - kWinsorTail));
  CIP_TRY_ASSIGN(
      outliers.winsorized_moments,
      moments_of(winsorize(sorted, outliers.winsorized.lower, outliers.winsorized.upper)));
  return outliers;
}

}  // namespace cip::stats
