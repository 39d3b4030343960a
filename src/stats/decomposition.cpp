#include "stats/decomposition.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/text.h"
#include "stats/loess.h"
#include "stats/numbers.h"

namespace cip::stats {
namespace {

// Makes the median absolute deviation of normal values their standard deviation.
constexpr double kNormal = 1.4826;

std::size_t odd_from(double least) {
  const auto whole = static_cast<std::size_t>(std::ceil(least));
  return whole % 2 == 1 ? whole : whole + 1;
}

std::vector<double> moving_average(std::span<const double> values, std::size_t length) {
  const auto divisor = static_cast<double>(length);
  double sum = 0;
  for (const double value : values.first(length)) sum += value;
  std::vector<double> averages = {sum / divisor};
  for (std::size_t at = length; at < values.size(); ++at) {
    sum += values[at] - values[at - length];
    averages.push_back(sum / divisor);
  }
  return averages;
}

std::vector<double> difference(std::span<const double> values, std::span<const double> less) {
  std::vector<double> left;
  left.reserve(values.size());
  for (std::size_t at = 0; at < values.size(); ++at) left.push_back(values[at] - less[at]);
  return left;
}

class Stl {
 public:
  Stl(std::span<const double> values, std::size_t period, std::size_t seasonal)
      : values_(values),
        period_(period),
        seasonal_(seasonal),
        trend_window_(odd_from(1.5 * static_cast<double>(period) /
                               (1 - 1.5 / static_cast<double>(seasonal)))),
        low_pass_window_(odd_from(static_cast<double>(period + 1))),
        trend_(values.size()),
        season_(values.size()) {}

  void run(int num_inner) {
    for (int round = 0; round < num_inner; ++round) {
      const std::vector<double> cycle = smooth_cycle(difference(values_, trend_));
      const std::vector<double> low = low_pass(cycle);
      for (std::size_t at = 0; at < season_.size(); ++at) {
        season_[at] = cycle[period_ + at] - low[at];
      }
      trend_ = Loess(difference(values_, season_), trend_window_, trust_).smooth();
    }
  }

  // Trusts a value the less the farther it lies from trend and season: the bisquare of six medians.
  void weigh() {
    std::vector<double> rests;
    for (std::size_t at = 0; at < values_.size(); ++at) {
      rests.push_back(std::abs(values_[at] - trend_[at] - season_[at]));
    }
    std::vector<double> sorted = rests;
    std::ranges::sort(sorted);
    const std::size_t middle = sorted.size() / 2;
    const double reach = 3 * (sorted[middle] + sorted[sorted.size() - middle - 1]);
    trust_.clear();
    for (const double rest : rests) {
      const double share = rest / reach;
      const double weight = rest <= 0.001 * reach ? 1 : std::pow(1 - share * share, 2);
      trust_.push_back(rest <= 0.999 * reach ? weight : 0);
    }
  }

  [[nodiscard]] Decomposition parts() const {
    return {period_, trend_, season_, difference(difference(values_, trend_), season_)};
  }

 private:
  // Each place of the season smoothed by itself over the seasons, one season more at either end.
  [[nodiscard]] std::vector<double> smooth_cycle(const std::vector<double>& detrended) const {
    std::vector<double> cycle(detrended.size() + 2 * period_);
    for (std::size_t place = 0; place < period_; ++place) {
      std::vector<double> values;
      std::vector<double> trust;
      for (std::size_t at = place; at < detrended.size(); at += period_) {
        values.push_back(detrended[at]);
        if (!trust_.empty()) trust.push_back(trust_[at]);
      }
      Loess loess(values, seasonal_, trust);
      const std::vector<double> smoothed = loess.smooth();
      const std::size_t count = values.size();
      const std::size_t width = std::min(seasonal_, count);
      cycle[place] = loess.at(-1, 0, width - 1).value_or(smoothed.front());
      for (std::size_t at = 0; at < count; ++at) cycle[place + (at + 1) * period_] = smoothed[at];
      cycle[place + (count + 1) * period_] =
          loess.at(static_cast<double>(count), count - width, count - 1).value_or(smoothed.back());
    }
    return cycle;
  }

  [[nodiscard]] std::vector<double> low_pass(const std::vector<double>& cycle) const {
    const auto average = moving_average(moving_average(moving_average(cycle, period_), period_), 3);
    return Loess(average, low_pass_window_, {}).smooth();
  }

  std::span<const double> values_;
  std::size_t period_;
  std::size_t seasonal_;
  std::size_t trend_window_;
  std::size_t low_pass_window_;
  std::vector<double> trend_;
  std::vector<double> season_;
  std::vector<double> trust_;  // Empty while all are trusted.
};

double variance_of(std::span<const double> values) {
  const auto moments = moments_of(values);
  return moments ? moments->standard_deviation * moments->standard_deviation : 0;
}

// How much less the rest varies than the rest and a part together.
double strength_of(std::span<const double> part, std::span<const double> rest) {
  std::vector<double> both;
  for (std::size_t at = 0; at < part.size(); ++at) both.push_back(part[at] + rest[at]);
  const double together = variance_of(both);
  return together > 0 ? std::clamp(1 - variance_of(rest) / together, 0.0, 1.0) : 0;
}

Result<void> check(std::span<const double> values, std::size_t period, int seasonal) {
  if (period < 2 || seasonal < 3 || seasonal % 2 == 0) {
    return fail(
        Errc::InvalidArgument,
        fmt::format("a season has at least 2 steps and is smoothed over an odd number of at "
                    "least 3, got {} and {}",
                    period, seasonal));
  }
  if (values.size() < 2 * period) {
    return fail(Errc::Undefined, fmt::format("two whole seasons are needed, {} values, found {}",
                                             2 * period, values.size()));
  }
  if (std::ranges::all_of(values, [](double value) { return std::isfinite(value); })) return {};
  return fail(Errc::Undefined, "a series with gaps cannot be taken apart");
}

}  // namespace

Result<Decomposition> decompose(std::span<const double> values, std::size_t period,
                                const StlOptions& options) {
  CIP_TRY(check(values, period, options.seasonal));
  Stl stl(values, period, static_cast<std::size_t>(options.seasonal));
  const int num_outer = options.is_robust ? 15 : 0;
  const int num_inner = options.is_robust ? 2 : 5;
  stl.run(num_inner);
  for (int round = 0; round < num_outer; ++round) {
    stl.weigh();
    stl.run(num_inner);
  }
  return stl.parts();
}

double strength_of_trend(const Decomposition& parts) {
  return strength_of(parts.trend, parts.rest);
}

double strength_of_season(const Decomposition& parts) {
  return strength_of(parts.season, parts.rest);
}

Result<GroupDifference> season_test(const Decomposition& parts) {
  std::vector<std::uint32_t> places;
  std::vector<double> without_trend;
  for (std::size_t at = 0; at < parts.season.size(); ++at) {
    places.push_back(static_cast<std::uint32_t>(at % parts.period));
    without_trend.push_back(parts.season[at] + parts.rest[at]);
  }
  return kruskal_wallis({places, parts.period}, without_trend);
}

std::vector<Anomaly> anomalies_of(std::span<const double> rest, double threshold) {
  const std::vector<double> sorted = sorted_present(rest);
  if (sorted.empty()) return {};
  const double median = quantile_of(sorted, 0.5);
  std::vector<double> distances(sorted.size());
  std::ranges::transform(sorted, distances.begin(),
                         [median](double value) { return std::abs(value - median); });
  const double deviation = kNormal * quantile_of(sorted_present(distances), 0.5);
  std::vector<Anomaly> found;
  for (std::size_t at = 0; deviation > 0 && at < rest.size(); ++at) {
    const double score = (rest[at] - median) / deviation;
    if (std::abs(score) > threshold) found.push_back({at, score});
  }
  return found;
}

}  // namespace cip::stats
