// stats/outliers.h: which values of a column lie far from the rest, by three rules.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"
#include "stats/numbers.h"

namespace cip::stats {

struct Bounds {
  double lower;
  double upper;
  std::size_t num_outside;  // Values strictly below lower or strictly above upper.
};

/// The five numbers of a box plot, which never fall. A whisker ends at the last value within 1.5
/// box lengths, or at the box if that value lies inside: a quartile between an outlier and the
/// rest.
struct Box {
  double low_whisker;
  double q1;
  double median;
  double q3;
  double high_whisker;
};

struct Outliers {
  std::size_t num_values = 0;
  std::size_t num_missing = 0;
  Moments moments;
  Bounds by_quartiles{};    // q1 - 1.5 IQR, q3 + 1.5 IQR.
  Bounds by_deviations{};   // Mean +- 3 standard deviations.
  Bounds by_percentiles{};  // The 1st and the 99th percentile.
  Box box{};
  std::vector<double> extreme;  // The values outside the quartile rule, farthest first, at most 50.
  Histogram histogram;          // Over all values.
  Bounds winsorized{};          // The 5th and 95th percentile; what winsorize() clamps to.
  Moments winsorized_moments;   // What is left of mean and deviation then.
};

/// Judges the values of one column.
///
/// Missing:  NaN is skipped and counted.
/// Method:   quantiles of type 7 of all values; O(n log n) for the sort.
/// Source:   J. W. Tukey, "Exploratory Data Analysis" (1977), for the box and its 1.5 rule.
/// Errors:   Undefined  no value is there, or they are too large to square
Result<Outliers> outliers_of(std::span<const double> values);

/// The values with those beyond the bounds moved onto them; NaN stays NaN.
std::vector<double> winsorize(std::span<const double> values, double lower, double upper);

}  // namespace cip::stats
