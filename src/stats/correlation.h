// stats/correlation.h: how strongly numeric columns move together.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace cip::stats {

struct Correlation {
  double coefficient;     // In [-1, 1], dimensionless.
  std::size_t num_pairs;  // Rows it rests on: those present in both columns.
};

/// Pearson's product-moment correlation: how close the points lie to a straight line.
///
/// Shape:   x and y have the same number of rows; a row with NaN on either side is skipped.
/// Units:   any; a*x + b with a > 0 gives the same coefficient.
/// Method:  two passes over values taken relative to the first pair, so that a large common
///          offset does not cancel the digits away. O(rows) time, no allocation.
/// Source:  T. F. Chan, G. H. Golub, R. J. LeVeque, "Algorithms for Computing the Sample
///          Variance", The American Statistician 37 (1983), two-pass algorithm.
/// Errors:  InvalidArgument  the columns differ in length
///          Undefined        fewer than two pairs, a side that does not vary, or overflow
Result<Correlation> pearson(std::span<const double> x, std::span<const double> y);

/// A named column for the matrix.
struct Variable {
  std::string name;
  std::vector<double> values;  // NaN where missing.
};

struct StrongPair {
  std::size_t left;  // Places in the list of variables, left < right.
  std::size_t right;
  Correlation correlation;
};

struct CorrelationMatrix {
  std::size_t num_variables = 0;
  std::vector<std::optional<Correlation>> cells;  // Row by row; nothing where it is undefined.
  std::vector<StrongPair> strong;                 // Beyond the threshold in size, strongest first.

  [[nodiscard]] const std::optional<Correlation>& at(std::size_t row, std::size_t column) const {
    return cells[row * num_variables + column];
  }
};

/// Pearson's correlation of each variable with each other one.
///
/// Shape:   all variables have the same number of rows; the diagonal is 1 where a variable varies.
/// Errors:  InvalidArgument  the variables differ in length
Result<CorrelationMatrix> correlation_matrix(std::span<const Variable> variables,
                                             double strong_threshold = 0.5);

}  // namespace cip::stats
