// stats/numbers.h: what every statistic here works on: numbers in a row, NaN where one is missing
// (Column::to_doubles() gives them so).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace cip::stats {

/// The values that are there, smallest first.
[[nodiscard]] std::vector<double> sorted_present(std::span<const double> values);

/// The p-quantile of sorted values, p in [0, 1], linear between the neighbours.
///
/// Shape:   at least one value, sorted, none missing.
/// Source:  R. J. Hyndman, Y. Fan, "Sample Quantiles in Statistical Packages", The American
///          Statistician 50 (1996), type 7 (what R and NumPy give by default).
[[nodiscard]] double quantile_of(std::span<const double> sorted, double p);

struct Moments {
  std::size_t count = 0;
  double mean = 0;
  double standard_deviation = 0;  // Of the sample (n - 1); 0 for one value.
};

/// Mean and standard deviation of the values that are there.
///
/// Method:  two passes relative to the first value, so that a large common offset costs no digits.
/// Source:  T. F. Chan, G. H. Golub, R. J. LeVeque, "Algorithms for Computing the Sample Variance",
///          The American Statistician 37 (1983).
/// Errors:  Undefined  no value is there, or overflow
Result<Moments> moments_of(std::span<const double> values);

struct Histogram {
  std::vector<double> edges;          // One more than counts.
  std::vector<std::uint64_t> counts;  // Each bin holds its lower edge, the last one both.
};

/// Counts in bins of equal width over [low, high]; what lies outside is counted in the end bins,
/// what is missing nowhere.
///
/// Shape:   num_bins >= 1, low <= high; low == high gives one bin.
Histogram histogram_of(std::span<const double> values, double low, double high,
                       std::size_t num_bins);

/// The number of bins that suits the data: Freedman-Diaconis, between 5 and 60.
///
/// Source:  D. Freedman, P. Diaconis, "On the histogram as a density estimator" (1981).
std::size_t suitable_bins(std::span<const double> sorted);

}  // namespace cip::stats
