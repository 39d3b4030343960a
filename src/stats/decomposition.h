// stats/decomposition.h: a series of numbers as trend, season and rest.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "stats/group_difference.h"

namespace cip::stats {

struct StlOptions {
  int seasonal = 7;        // How many periods the season is smoothed over; odd, at least 3.
  bool is_robust = false;  // Whether single odd values are kept out of trend and season.
};

struct Decomposition {
  std::size_t period = 0;
  std::vector<double> trend;
  std::vector<double> season;
  std::vector<double> rest;  // What trend and season do not explain: they add up to the values.
};

/// Takes a series apart by loess: STL.
///
/// Shape:    values at even steps, none missing; `period` of them make a season, at least 2; two
///           whole seasons at least.
/// Method:   the trend is smoothed over the smallest odd number of steps not below 1.5 period / (1
/// -
///           1.5 / seasonal), the low pass over the next odd number above the period, all of degree
///           1; 2 inner rounds and 15 outer ones if robust, else 5 and none; no steps are jumped.
///           O(n * (trend window + seasonal)) a round.
/// Source:   R. B. Cleveland, W. S. Cleveland, J. E. McRae, I. Terpenning, "STL: A Seasonal-Trend
///           Decomposition Procedure Based on Loess", Journal of Official Statistics 6 (1990).
/// Errors:   Undefined        fewer than two seasons, or a value is missing
///           InvalidArgument  a period below 2, a seasonal window that is even or below 3
Result<Decomposition> decompose(std::span<const double> values, std::size_t period,
                                const StlOptions& options = {});

/// How much of what varies is trend (beside the rest), and how much is season: 0 to 1.
///
/// Source:   X. Wang, K. Smith, R. Hyndman, "Characteristic-Based Clustering for Time Series Data",
///           Data Mining and Knowledge Discovery 13 (2006).
[[nodiscard]] double strength_of_trend(const Decomposition& parts);
[[nodiscard]] double strength_of_season(const Decomposition& parts);

/// Whether the places within a season differ by more than chance: Kruskal and Wallis on the series
/// without its trend.
///
/// Note:     it takes what is left for independent; a rest that drifts makes it too sure.
/// Errors:   Undefined  the series is as good as its trend
Result<GroupDifference> season_test(const Decomposition& parts);

struct Anomaly {
  std::size_t place = 0;
  double score = 0;  // How many robust standard deviations the rest lies from its median.
};

/// The places whose rest lies more than `threshold` robust standard deviations from the median.
///
/// Method:   1.4826 times the median absolute deviation stands for the standard deviation: half of
///           the values may be odd without spoiling it. None if that is 0.
/// Source:   F. R. Hampel, "The Influence Curve and its Role in Robust Estimation", JASA 69 (1974).
std::vector<Anomaly> anomalies_of(std::span<const double> rest, double threshold = 3.5);

}  // namespace cip::stats
