#include "stats/concentration.h"

#include <algorithm>
#include <cmath>

#include "stats/numbers.h"

namespace cip::stats {
namespace {

constexpr std::size_t kMostPoints = 200;

// Sums of the first k values, from k = 0.
std::vector<double> running_sums(std::span<const double> sorted) {
  std::vector<double> sums = {0};
  sums.reserve(sorted.size() + 1);
  for (const double value : sorted) sums.push_back(sums.back() + value);
  return sums;
}

// The sum of the first `place` values, where `place` may lie between two.
double sum_up_to(std::span<const double> sums, double place) {
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sums.size() - 1);
  return std::lerp(sums[below], sums[above], place - static_cast<double>(below));
}

// How many of the richest make up `share` of the total, as a share of all.
double holders_of(std::span<const double> sums, double share) {
  const double left_over = sums.back() * (1 - share);
  const auto above = std::ranges::upper_bound(sums, left_over) - sums.begin();
  const auto below = static_cast<std::size_t>(above) - 1;  // sums[0] is 0, never above.
  const double step = sums[below + 1] - sums[below];
  const double place = static_cast<double>(below) + (left_over - sums[below]) / step;
  return 1 - place / static_cast<double>(sums.size() - 1);
}

std::vector<LorenzPoint> curve_of(std::span<const double> sums) {
  const std::size_t num_steps = std::min(sums.size() - 1, kMostPoints);
  std::vector<LorenzPoint> curve;
  for (std::size_t step = 0; step <= num_steps; ++step) {
    const double share = static_cast<double>(step) / static_cast<double>(num_steps);
    const double place = share * static_cast<double>(sums.size() - 1);
    curve.push_back({share, sum_up_to(sums, place) / sums.back()});
  }
  return curve;
}

}  // namespace

double Concentration::held_by_top(double share) const {
  const double place = (1 - share) * static_cast<double>(curve.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, curve.size() - 1);
  return 1 - std::lerp(curve[below].share_of_total, curve[above].share_of_total,
                       place - static_cast<double>(below));
}

Result<Concentration> concentration_of(std::span<const double> values) {
  std::vector<double> sorted = sorted_present(values);
  const auto first = std::ranges::lower_bound(sorted, 0.0);
  sorted.erase(sorted.begin(), first);
  if (sorted.empty() || sorted.back() <= 0) {
    return fail(Errc::Undefined, "nobody holds anything, a share of nothing has no meaning");
  }
  const std::vector<double> sums = running_sums(sorted);
  if (!std::isfinite(sums.back())) return fail(Errc::Undefined, "the values are too large to add");
  Concentration found;
  found.num_holders = sorted.size();
  found.num_left_out = values.size() - sorted.size();
  found.total = sums.back();
  const auto count = static_cast<double>(sorted.size());
  double weighted = 0;
  for (std::size_t at = 0; at < sorted.size(); ++at) {
    weighted += (2 * static_cast<double>(at + 1) - count - 1) * (sorted[at] / found.total);
  }
  found.gini = std::max(weighted / count, 0.0);
  found.share_of_top_fifth = 1 - sum_up_to(sums, 0.8 * count) / found.total;
  found.holders_of_four_fifths = holders_of(sums, 0.8);
  found.curve = curve_of(sums);
  return found;
}

}  // namespace cip::stats
