#include "stats/numbers.h"

#include <algorithm>
#include <cmath>

#include "stats/order.h"

namespace cip::stats {

std::vector<double> sorted_present(std::span<const double> values) {
  std::vector<double> present;
  present.reserve(values.size());
  for (const double value : values) {
    if (!std::isnan(value)) present.push_back(value);
  }
  sort_numbers(present);
  return present;
}

double quantile_of(std::span<const double> sorted, double p) {
  CIP_EXPECTS(!sorted.empty() && p >= 0 && p <= 1);
  const double place = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

Result<Moments> moments_of(std::span<const double> values) {
  Moments moments;
  double origin = 0;
  double sum = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    if (moments.count++ == 0) origin = value;
    sum += value - origin;
  }
  if (moments.count == 0) return fail(Errc::Undefined, "a mean needs at least one value, found 0");
  const auto count = static_cast<double>(moments.count);
  const double mean_distance = sum / count;
  moments.mean = origin + mean_distance;
  double squares = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    const double distance = value - origin - mean_distance;
    squares += distance * distance;
  }
  if (!std::isfinite(moments.mean) || !std::isfinite(squares)) {
    return fail(Errc::Undefined, "a standard deviation overflows, the values are too large");
  }
  if (moments.count > 1) moments.standard_deviation = std::sqrt(squares / (count - 1));
  return moments;
}

Histogram histogram_of(std::span<const double> values, double low, double high,
                       std::size_t num_bins) {
  CIP_EXPECTS(num_bins >= 1 && low <= high);
  if (low == high) num_bins = 1;
  const auto num = static_cast<double>(num_bins);
  const double width = (high - low) / num;
  Histogram histogram;
  histogram.counts.resize(num_bins);
  for (std::size_t at = 0; at < num_bins; ++at) {
    const auto number = static_cast<double>(at);
    histogram.edges.push_back(std::isfinite(width) ? low + width * number
                                                   : std::lerp(low, high, number / num));
  }
  histogram.edges.push_back(high);
  // Searched for among the edges: dividing by the width rounds otherwise than the edges did, and
  // would put some of the values that lie on one into the bin below it.
  const std::span inner = std::span(histogram.edges).subspan(1, num_bins - 1);
  for (const double value : values) {
    if (std::isnan(value)) continue;
    const auto bin = std::ranges::upper_bound(inner, value) - inner.begin();
    ++histogram.counts[static_cast<std::size_t>(bin)];
  }
  return histogram;
}

std::size_t suitable_bins(std::span<const double> sorted) {
  constexpr double kFewest = 5;
  constexpr double kMost = 60;
  if (sorted.size() < 2) return 1;
  const double quartile_range = quantile_of(sorted, 0.75) - quantile_of(sorted, 0.25);
  const double width = 2 * quartile_range / std::cbrt(static_cast<double>(sorted.size()));
  const double range = sorted.back() - sorted.front();
  const double wanted = width > 0 ? std::ceil(range / width) : kMost / 2;
  return static_cast<std::size_t>(std::clamp(wanted, kFewest, kMost));
}

}  // namespace cip::stats
