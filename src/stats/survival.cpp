#include "stats/survival.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.h"
#include "stats/distribution.h"
#include "stats/small_matrix.h"

namespace cip::stats {
namespace {

// Of a standard normal variable, 97.5 %.
constexpr double kTwoSided95 = 1.959963984540054;

void set_interval(SurvivalPoint& point, double greenwood) {
  point.standard_error = point.survival * std::sqrt(greenwood);
  if (point.survival <= 0) {  // Nobody is left; the variance has no bound.
    point.standard_error = 0;
    point.lower = point.upper = point.survival;
    return;
  }
  const double reach = kTwoSided95 * std::sqrt(greenwood) / std::abs(std::log(point.survival));
  point.lower = std::pow(point.survival, std::exp(reach));
  point.upper = std::pow(point.survival, std::exp(-reach));
}

Result<void> check(std::span<const Lifetime> lifetimes) {
  for (const Lifetime& one : lifetimes) {
    if (one.duration >= 0 && std::isfinite(one.duration)) continue;
    return fail(Errc::InvalidArgument,
                fmt::format("a duration is not below zero, got {}", one.duration));
  }
  return {};
}

// At one time, by group.
struct Moment {
  std::vector<double> events;
  std::vector<double> leaving;  // Events and those no longer watched.
};

// What happened at each time, by group; none is empty.
std::map<double, Moment> moments_of_groups(std::span<const std::span<const Lifetime>> groups) {
  std::map<double, Moment> moments;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    for (const Lifetime& one : groups[group]) {
      Moment& moment = moments[one.duration];
      moment.events.resize(groups.size());
      moment.leaving.resize(groups.size());
      moment.events[group] += one.has_ended ? 1 : 0;
      moment.leaving[group] += 1;
    }
  }
  return moments;
}

double quadratic_form(std::span<const double> vector, const SquareMatrix& matrix) {
  double sum = 0;
  for (std::size_t row = 0; row < vector.size(); ++row) {
    for (std::size_t column = 0; column < vector.size(); ++column) {
      sum += vector[row] * matrix.at(row, column) * vector[column];
    }
  }
  return sum;
}

// What was observed, what chance would give, and how the latter varies.
struct Comparison {
  std::vector<double> excess;
  SquareMatrix covariance;
};

void add_moment(const Moment& moment, const std::vector<double>& at_risk, Comparison& sums) {
  double all = 0;
  double events = 0;
  for (std::size_t group = 0; group < at_risk.size(); ++group) {
    all += at_risk[group];
    events += moment.events[group];
  }
  if (events == 0) return;
  const double spread = all > 1 ? events * (all - events) / (all - 1) : 0;
  for (std::size_t row = 0; row < sums.excess.size(); ++row) {
    const double share = at_risk[row] / all;
    sums.excess[row] += moment.events[row] - events * share;
    for (std::size_t column = 0; column < sums.excess.size(); ++column) {
      const double same = row == column ? 1 : 0;
      sums.covariance.at(row, column) += spread * share * (same - at_risk[column] / all);
    }
  }
}

}  // namespace

double SurvivalCurve::at(double time) const noexcept {
  const auto after = std::ranges::upper_bound(points, time, {}, &SurvivalPoint::time);
  return after == points.begin() ? 1 : std::prev(after)->survival;
}

Result<SurvivalCurve> kaplan_meier(std::span<const Lifetime> lifetimes) {
  if (lifetimes.empty()) return fail(Errc::Undefined, "a survival curve needs somebody to watch");
  CIP_TRY(check(lifetimes));
  std::vector<Lifetime> sorted(lifetimes.begin(), lifetimes.end());
  std::ranges::sort(sorted, {}, &Lifetime::duration);
  SurvivalCurve curve;
  curve.num_subjects = sorted.size();
  double survival = 1;
  double greenwood = 0;
  for (std::size_t first = 0; first < sorted.size();) {
    std::size_t end = first;
    std::size_t num_events = 0;
    while (end < sorted.size() && sorted[end].duration == sorted[first].duration) {
      if (sorted[end++].has_ended) ++num_events;
    }
    if (num_events != 0) {
      const auto at_risk = static_cast<double>(sorted.size() - first);
      const auto events = static_cast<double>(num_events);
      survival *= 1 - events / at_risk;
      greenwood += events / (at_risk * (at_risk - events));
      SurvivalPoint point{.time = sorted[first].duration,
                          .at_risk = sorted.size() - first,
                          .num_events = num_events,
                          .survival = survival};
      set_interval(point, greenwood);
      curve.num_events += num_events;
      if (!curve.median && survival <= 0.5) curve.median = point.time;
      curve.points.push_back(point);
    }
    first = end;
  }
  return curve;
}

Result<LogRank> log_rank(std::span<const std::vector<Lifetime>> groups) {
  std::vector<std::span<const Lifetime>> present;
  std::vector<double> at_risk;
  for (const std::vector<Lifetime>& group : groups) {
    CIP_TRY(check(group));
    if (group.empty()) continue;
    present.emplace_back(group);
    at_risk.push_back(static_cast<double>(group.size()));
  }
  if (present.size() < 2) return fail(Errc::Undefined, "the log-rank test compares two groups");
  const std::map<double, Moment> moments = moments_of_groups(present);
  // One group is left out: what it has too many the others have too few.
  const std::size_t degrees = at_risk.size() - 1;
  Comparison sums{std::vector<double>(degrees), SquareMatrix(degrees)};
  for (const auto& [time, moment] : moments) {
    add_moment(moment, at_risk, sums);
    for (std::size_t group = 0; group < at_risk.size(); ++group) {
      at_risk[group] -= moment.leaving[group];
    }
  }
  CIP_TRY_ASSIGN(const SquareMatrix inverse, inverted(sums.covariance));
  const double chi_square = quadratic_form(sums.excess, inverse);
  return LogRank{chi_square, degrees, chi_square_tail(chi_square, static_cast<double>(degrees))};
}

}  // namespace cip::stats
