// stats/association.h: how strongly two columns hang together, whatever their kinds, and whether
// chance alone would do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "stats/correlation.h"

namespace cip::stats {

/// A column of categories: a code per row, below num_categories, or kNoCategory where missing.
struct Categories {
  std::span<const std::uint32_t> codes;
  std::size_t num_categories = 0;
};
inline constexpr std::uint32_t kNoCategory = 0xFFFF'FFFF;

struct Association {
  double strength = 0;       // -1 to 1 for two numbers, 0 to 1 if one side is categories.
  std::size_t num_rows = 0;  // Those that have both sides.
  double p = 1;              // The chance of so much or more if the sides had nothing in common.
};

/// The chance of so large a Pearson or Spearman coefficient between unrelated columns.
///
/// Method:  Student's t with n - 2 degrees of freedom; exact for Pearson and normal columns,
///          approximate else. NaN below three pairs.
[[nodiscard]] double p_of(const Correlation& correlation) noexcept;

/// Spearman's rank correlation: how close one column comes to rising whenever the other does.
///
/// Missing:  rows with NaN on either side are left out before the ranking.
/// Method:   Pearson's coefficient of the ranks; ties share the mean. O(n).
/// Source:   C. Spearman (1904); for ties M. G. Kendall, "Rank Correlation Methods" (1948).
/// Errors:   as pearson()
Result<Association> spearman(std::span<const double> x, std::span<const double> y);

/// Cramér's V of two columns of categories, corrected for its bias: 0 on average if they are
/// unrelated, however many categories there are.
///
/// Missing:  rows without a category on either side are left out; so are categories without rows.
/// Source:   H. Cramér (1946); W. Bergsma, "A Bias-Correction for Cramér's V and Tschuprow's T",
///           Journal of the Korean Statistical Society 42 (2013). p: Pearson's chi-square.
/// Errors:   InvalidArgument  the columns differ in length
///           Undefined        fewer than two categories with rows on a side
Result<Association> cramers_v(const Categories& x, const Categories& y);

/// The correlation ratio: the root of the share of the variance of numbers that lies between the
/// categories.
///
/// Missing:  rows without a category or a number are left out.
/// Source:   K. Pearson (1905). p: Fisher's analysis of variance.
/// Errors:   InvalidArgument  the columns differ in length
///           Undefined        fewer than two categories with rows, no more rows than categories, or
///                            numbers that do not vary
Result<Association> correlation_ratio(const Categories& x, std::span<const double> y);

/// How much of each variable the others already say.
struct Multicollinearity {
  std::size_t num_rows = 0;  // Rows without a missing value.
  // One for each variable: 1 / (1 - R^2) of its regression on the others; infinite if it follows
  // from them, nothing if it does not vary.
  std::vector<std::optional<double>> inflation;
  // The largest over the smallest singular value of the standardised variables; infinite if one
  // follows from the others.
  double condition_number = 1;
};

/// Variance inflation factors and the condition number.
///
/// Missing:  a row with any NaN is left out.
/// Source:   D. W. Marquardt (1970), for the factors: above 5 to 10 is trouble; D. A. Belsley, E.
///           Kuh, R. E. Welsch, "Regression Diagnostics" (1980), for the number: above 30 is.
/// Errors:   Undefined        fewer than two variables that vary, or no more rows than variables
///           InvalidArgument  the variables differ in length
Result<Multicollinearity> multicollinearity_of(std::span<const Variable> variables);

}  // namespace cip::stats
