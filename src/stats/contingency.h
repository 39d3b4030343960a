// stats/contingency.h: counts by categories, against what chance would give.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace cip::stats {

struct Categories;

/// How many rows have each pair of categories, row by row.
struct Contingency {
  std::size_t num_rows = 0;
  std::size_t num_columns = 0;
  std::vector<std::uint64_t> counts;

  [[nodiscard]] std::uint64_t at(std::size_t row, std::size_t column) const {
    return counts[row * num_columns + column];
  }
};

/// Counts rows that have a category on both sides. The columns have the same length.
[[nodiscard]] Contingency counted_together(const Categories& x, const Categories& y);

struct Independence {
  std::uint64_t num_rows = 0;
  double chi_square = 0;
  std::size_t degrees_of_freedom = 0;
  double p = 1;
  double cramers_v = 0;          // 0 to 1, corrected for its bias.
  double smallest_expected = 0;  // Below 5, p is rough.
  // How many standard deviations each cell lies above what independence would give, as the table
  // was given; NaN in rows and columns without counts.
  std::vector<double> residuals;
};

/// Whether the rows of a table have different shares of the columns: Pearson's chi-square.
///
/// Shape:    rows and columns without counts are left out.
/// Source:   K. Pearson (1900); effect: W. Bergsma (2013); residuals: S. J. Haberman, "The Analysis
///           of Residuals in Cross-Classified Tables", Biometrics 29 (1973), adjusted.
/// Errors:   Undefined  fewer than two rows or columns with counts
Result<Independence> independence_of(const Contingency& table);

struct EqualShares {
  std::uint64_t num_rows = 0;
  double chi_square = 0;
  std::size_t degrees_of_freedom = 0;
  double p = 1;
  double effect = 0;  // Cohen's w: 0.1 is small, 0.3 medium, 0.5 large.
};

/// Whether categories are chosen equally often.
///
/// Source:   K. Pearson (1900); J. Cohen, "Statistical Power Analysis for the Behavioral Sciences"
///           (1988), for w.
/// Errors:   Undefined  fewer than two categories, or no counts
Result<EqualShares> equal_shares_of(std::span<const std::uint64_t> counts);

}  // namespace cip::stats
