#include "quality/trend.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numbers>

namespace cip::quality {
namespace {

constexpr std::size_t kWindow = 20;
constexpr std::size_t kLeastLoads = 5;
constexpr std::size_t kLeastOfWeekday = 4;
constexpr double kSecondSpreads = 2.5;
constexpr double kLeastSpread = 0.1;
constexpr double kNormalMad = 1.4826;  // 1 / the upper quartile of the normal distribution.
constexpr double kDoubt = 5;           // Loads by which a measured spread is widened.
constexpr double kSay = 0.2;           // Of the newest load in the moving average.

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

double small_sample_factor(std::size_t size) {
  constexpr std::array<double, 10> kFactors = {1,     1,     1.196, 1.495, 1.363,
                                               1.206, 1.200, 1.140, 1.129, 1.107};
  const auto n = static_cast<double>(size);
  return size < kFactors.size() ? kFactors[size] : n / (n - 0.8);
}

struct Level {
  double centre = 0;
  double spread = 0;
};

Level level_of(const std::vector<double>& values, double error) {
  const double centre = median_of(values);
  std::vector<double> distances(values.size());
  std::ranges::transform(values, distances.begin(),
                         [centre](double value) { return std::abs(value - centre); });
  const double doubt = 1 + kDoubt / static_cast<double>(values.size());
  const double mad = doubt * kNormalMad * small_sample_factor(values.size()) * median_of(distances);
  return {centre, std::max({mad, error, kLeastSpread})};
}

// The loads so far, in their order, and those of them that a new one is compared with.
class Baseline {
 public:
  void add(const TrendPoint& point, bool is_alarm) {
    seen_.push_back({point, is_alarm});
    if (!is_alarm) kept_.push_back(point);
  }
  [[nodiscard]] std::size_t size() const noexcept { return kept_.size(); }

  [[nodiscard]] std::vector<double> recent(int weekday) const {
    std::vector<double> same_day = recent_of(weekday);
    return same_day.empty() ? recent() : same_day;
  }

  // How far chance alone moves a load: its own standard error, or that of the loads before it. A
  // small load without any fault has none of its own, which says little about the next.
  [[nodiscard]] double error_of(const TrendPoint& point) const {
    double squares = point.error * point.error;
    std::size_t num_loads = 1;
    for (std::size_t at = kept_.size(); at-- > 0 && num_loads <= kWindow; ++num_loads) {
      squares += kept_[at].error * kept_[at].error;
    }
    return std::max(point.error, std::sqrt(squares / static_cast<double>(num_loads)));
  }

  // How far a weekday lies from all loads; nought where that may be chance.
  [[nodiscard]] double offset_of(int weekday) const {
    if (kept_.size() < kLeastLoads) return 0;
    const std::vector<double> same_day = recent_of(weekday);
    if (same_day.empty()) return 0;
    const Level level = level_of(recent(), 0);
    const double offset = median_of(same_day) - level.centre;
    return std::abs(offset) > kSecondSpreads * level.spread ? offset : 0;
  }

  [[nodiscard]] std::vector<double> first() const {
    std::vector<double> values;
    for (std::size_t at = 0; at < std::min(kept_.size(), kWindow); ++at) {
      values.push_back(kept_[at].value);
    }
    return values;
  }

 private:
  struct Seen {
    TrendPoint point;
    bool is_alarm;
  };

  [[nodiscard]] std::vector<double> recent() const {
    std::vector<double> values;
    for (std::size_t at = kept_.size(); at-- > 0 && values.size() < kWindow;) {
      values.push_back(kept_[at].value);
    }
    return values;
  }

  // Those of a weekday, or what has shown itself to be its habit; none if neither is known.
  [[nodiscard]] std::vector<double> recent_of(int weekday) const {
    std::vector<double> values;
    for (std::size_t at = kept_.size(); at-- > 0 && values.size() < kWindow;) {
      if (kept_[at].weekday == weekday) values.push_back(kept_[at].value);
    }
    return values.size() >= kLeastOfWeekday ? values : habit_of(weekday);
  }

  // The last four loads of a weekday, alarms or not, if they lie closer to each other than to the
  // rest while most loads of the other days were as usual: that is no fault, it is the weekday.
  [[nodiscard]] std::vector<double> habit_of(int weekday) const {
    std::vector<double> values;
    std::size_t num_others = 0;
    std::size_t num_usual = 0;
    for (std::size_t at = seen_.size(); at-- > 0 && values.size() < kLeastOfWeekday;) {
      const Seen& seen = seen_[at];
      if (seen.point.weekday == weekday) {
        values.push_back(seen.point.value);
      } else {
        ++num_others;
        if (!seen.is_alarm) ++num_usual;
      }
    }
    if (values.size() < kLeastOfWeekday || 4 * num_usual < 3 * num_others) return {};
    const auto [least, most] = std::ranges::minmax(values);
    const double distance = std::abs(median_of(values) - median_of(recent()));
    return num_others > 0 && most - least < distance ? values : std::vector<double>();
  }

  std::vector<Seen> seen_;
  std::vector<TrendPoint> kept_;
};

// The moving average and how far it may stray from the first loads.
class DriftWatch {
 public:
  bool strays(const Baseline& baseline, const TrendPoint& point) {
    const double value = point.value - baseline.offset_of(point.weekday);
    average_ = has_average_ ? (1 - kSay) * average_ + kSay * value : value;
    has_average_ = true;
    if (baseline.size() < kLeastLoads) return false;
    const std::vector<double> first = baseline.first();
    const Level level = level_of(first, baseline.error_of(point));
    const double deviation =
        level.spread *
        std::sqrt(kSay / (2 - kSay) + std::numbers::pi / 2 / static_cast<double>(first.size()));
    return std::abs(average_ - level.centre) > kAlarmSpreads * deviation;
  }

 private:
  bool has_average_ = false;
  double average_ = 0;
};

}  // namespace

std::vector<TrendBand> judge_trend(std::span<const TrendPoint> points) {
  std::vector<TrendBand> bands;
  Baseline baseline;
  DriftWatch drift;
  double distance_before = 0;  // Of the load before, in spreads, with its sign.
  for (const TrendPoint& point : points) {
    TrendBand band;
    double distance = 0;
    if (baseline.size() >= kLeastLoads) {
      const std::vector<double> recent = baseline.recent(point.weekday);
      const Level level = level_of(recent, baseline.error_of(point));
      band = {TrendState::Normal, level.centre, level.spread, recent.size()};
      distance = (point.value - level.centre) / level.spread;
      const bool is_second =
          std::min(std::abs(distance), std::abs(distance_before)) > kSecondSpreads &&
          distance * distance_before > 0;
      if (std::abs(distance) > kAlarmSpreads || is_second) band.state = TrendState::Jump;
    }
    // A jump says nothing about a drift, and must not drag the average along.
    if (band.state != TrendState::Jump && drift.strays(baseline, point)) {
      band.state = TrendState::Drift;
    }
    baseline.add(point, band.is_alarm());
    distance_before = distance;
    bands.push_back(band);
  }
  return bands;
}

}  // namespace cip::quality
