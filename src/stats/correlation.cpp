#include "stats/correlation.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace cip::stats {
namespace {

using Values = std::span<const double>;

Result<void> check_same_length(Values x, Values y) {
  if (x.size() == y.size()) return {};
  return fail(Errc::InvalidArgument,
              fmt::format("columns differ in length: {} and {}", x.size(), y.size()));
}

struct Point {
  double x = 0.0;
  double y = 0.0;
};

template <class Visit>
void for_each_pair(Values x, Values y, Visit visit) {
  for (std::size_t row = 0; row < x.size(); ++row) {
    if (!std::isnan(x[row]) && !std::isnan(y[row])) visit(Point{x[row], y[row]});
  }
}

// The mean, kept as a starting point and the mean distance from it. A constant column then lies at
// distance exactly zero, which a rounded mean would not give it (that of three 0.1 is not 0.1).
struct Centre {
  Point origin;
  Point mean_distance;
  std::size_t num_pairs = 0;
};

Centre centre_of(Values x, Values y) {
  Centre centre;
  Point sum;
  for_each_pair(x, y, [&centre, &sum](Point at) {
    if (centre.num_pairs++ == 0) centre.origin = at;
    sum.x += at.x - centre.origin.x;
    sum.y += at.y - centre.origin.y;
  });
  const auto num_pairs = static_cast<double>(std::max<std::size_t>(centre.num_pairs, 1));
  centre.mean_distance = {sum.x / num_pairs, sum.y / num_pairs};
  return centre;
}

// Sums of squares and products around the centre.
struct Spread {
  double xx = 0.0;
  double yy = 0.0;
  double xy = 0.0;
};

Spread spread_around(const Centre& centre, Values x, Values y) {
  Spread spread;
  for_each_pair(x, y, [&centre, &spread](Point at) {
    const double dx = at.x - centre.origin.x - centre.mean_distance.x;
    const double dy = at.y - centre.origin.y - centre.mean_distance.y;
    spread.xx += dx * dx;
    spread.yy += dy * dy;
    spread.xy += dx * dy;
  });
  return spread;
}

}  // namespace

Result<Correlation> pearson(Values x, Values y) {
  CIP_TRY(check_same_length(x, y));

  const Centre centre = centre_of(x, y);
  if (centre.num_pairs < 2) {
    return fail(Errc::Undefined,
                fmt::format("correlation needs two complete pairs, found {}", centre.num_pairs));
  }
  const Spread spread = spread_around(centre, x, y);
  if (!std::isfinite(spread.xx) || !std::isfinite(spread.yy)) {
    return fail(Errc::Undefined, "correlation overflows, the values are too large");
  }
  if (spread.xx == 0.0 || spread.yy == 0.0) {
    return fail(Errc::Undefined, "correlation needs both columns to vary");
  }

  // Two roots, not the root of a product that may overflow. Rounding can carry a perfect line an
  // ulp past 1, and an acos() downstream would see it.
  const double coefficient = spread.xy / (std::sqrt(spread.xx) * std::sqrt(spread.yy));
  return Correlation{std::clamp(coefficient, -1.0, 1.0), centre.num_pairs};
}

Result<CorrelationMatrix> correlation_matrix(std::span<const Variable> variables,
                                             double strong_threshold) {
  for (const Variable& variable : variables) {
    CIP_TRY(check_same_length(variables.front().values, variable.values));
  }
  CorrelationMatrix matrix;
  const std::size_t num_variables = variables.size();
  matrix.num_variables = num_variables;
  matrix.cells.resize(num_variables * num_variables);
  for (std::size_t row = 0; row < num_variables; ++row) {
    for (std::size_t column = row; column < num_variables; ++column) {
      const auto found = pearson(variables[row].values, variables[column].values);
      if (!found) continue;  // One of the two does not vary: there is no answer, and no error.
      const bool is_diagonal =
          row == column;  // Where rounding must not make it 0.9999999999999999.
      const Correlation cell{is_diagonal ? 1.0 : found->coefficient, found->num_pairs};
      matrix.cells[row * num_variables + column] = cell;
      matrix.cells[column * num_variables + row] = cell;
      const bool is_strong = !is_diagonal && std::abs(cell.coefficient) > strong_threshold;
      if (is_strong) matrix.strong.push_back({row, column, cell});
    }
  }
  std::ranges::stable_sort(matrix.strong, std::ranges::greater{}, [](const StrongPair& pair) {
    return std::abs(pair.correlation.coefficient);
  });
  return matrix;
}

}  // namespace cip::stats
