#include "stats/association.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "stats/contingency.h"
#include "stats/distribution.h"
#include "stats/group_difference.h"
#include "stats/order.h"
#include "stats/small_matrix.h"

namespace cip::stats {
namespace {

// Below this share of its variance a variable is taken to follow from the others.
constexpr double kFollows = 1e-10;

Result<void> check_same_length(std::size_t x, std::size_t y) {
  if (x == y) return {};
  return fail(Errc::InvalidArgument, fmt::format("columns differ in length: {} and {}", x, y));
}

// The variables without the rows in which any is missing.
Result<std::vector<Variable>> complete_rows(std::span<const Variable> variables) {
  std::vector<Variable> complete(variables.size());
  const std::size_t num_rows = variables.empty() ? 0 : variables.front().values.size();
  for (const Variable& variable : variables) {
    CIP_TRY(check_same_length(num_rows, variable.values.size()));
  }
  for (std::size_t row = 0; row < num_rows; ++row) {
    const bool is_complete = std::ranges::none_of(
        variables, [row](const Variable& variable) { return std::isnan(variable.values[row]); });
    if (!is_complete) continue;
    for (std::size_t at = 0; at < variables.size(); ++at) {
      complete[at].values.push_back(variables[at].values[row]);
    }
  }
  return complete;
}

// Takes variable `pivot` out of all others; false if it follows from those taken out before.
bool sweep(SquareMatrix& matrix, std::size_t pivot) {
  const double value = matrix.at(pivot, pivot);
  if (value < kFollows) return false;
  for (std::size_t row = 0; row < matrix.size(); ++row) {
    if (row == pivot) continue;
    const double factor = matrix.at(row, pivot) / value;
    for (std::size_t column = 0; column < matrix.size(); ++column) {
      if (column != pivot) matrix.at(row, column) -= factor * matrix.at(pivot, column);
    }
  }
  for (std::size_t other = 0; other < matrix.size(); ++other) {
    if (other != pivot) matrix.at(other, pivot) = matrix.at(pivot, other) = 0;
  }
  return true;
}

// 1 / (1 - R^2) of one variable on all others, from their correlations.
double inflation_of(SquareMatrix correlations, std::size_t variable) {
  for (std::size_t other = 0; other < correlations.size(); ++other) {
    if (other != variable) sweep(correlations, other);
  }
  const double unexplained = correlations.at(variable, variable);
  return unexplained < kFollows ? std::numeric_limits<double>::infinity() : 1 / unexplained;
}

}  // namespace

double p_of(const Correlation& correlation) noexcept {
  if (correlation.num_pairs < 3) return std::nan("");
  const double r = correlation.coefficient;
  const auto degrees = static_cast<double>(correlation.num_pairs - 2);
  return student_t_tails(r * std::sqrt(degrees / ((1 - r) * (1 + r))), degrees);
}

Result<Association> spearman(std::span<const double> x, std::span<const double> y) {
  CIP_TRY(check_same_length(x.size(), y.size()));
  std::vector<double> both_x;
  std::vector<double> both_y;
  both_x.reserve(x.size());
  both_y.reserve(y.size());
  for (std::size_t row = 0; row < x.size(); ++row) {
    if (std::isnan(x[row]) || std::isnan(y[row])) continue;
    both_x.push_back(x[row]);
    both_y.push_back(y[row]);
  }
  CIP_TRY_ASSIGN(const Correlation found, pearson(ranks_of(both_x), ranks_of(both_y)));
  return Association{found.coefficient, found.num_pairs, p_of(found)};
}

Result<Association> cramers_v(const Categories& x, const Categories& y) {
  CIP_TRY(check_same_length(x.codes.size(), y.codes.size()));
  CIP_TRY_ASSIGN(const Independence test, independence_of(counted_together(x, y)));
  return Association{test.cramers_v, static_cast<std::size_t>(test.num_rows), test.p};
}

Result<Association> correlation_ratio(const Categories& x, std::span<const double> y) {
  CIP_TRY(check_same_length(x.codes.size(), y.size()));
  CIP_TRY_ASSIGN(const GroupDifference test, analysis_of_variance(x, y));
  return Association{std::sqrt(test.effect), test.num_rows, test.p};
}

Result<Multicollinearity> multicollinearity_of(std::span<const Variable> variables) {
  CIP_TRY_ASSIGN(const std::vector<Variable> complete, complete_rows(variables));
  CIP_TRY_ASSIGN(const CorrelationMatrix matrix, correlation_matrix(complete));
  std::vector<std::size_t> varying;
  for (std::size_t at = 0; at < complete.size(); ++at) {
    if (matrix.at(at, at)) varying.push_back(at);
  }
  Multicollinearity found;
  found.num_rows = complete.empty() ? 0 : complete.front().values.size();
  if (varying.size() < 2 || found.num_rows <= varying.size()) {
    return fail(Errc::Undefined,
                fmt::format("multicollinearity needs two numbers that vary and more rows than "
                            "numbers, found {} and {} rows without a gap",
                            varying.size(), found.num_rows));
  }
  SquareMatrix correlations(varying.size());
  for (std::size_t row = 0; row < varying.size(); ++row) {
    for (std::size_t column = 0; column < varying.size(); ++column) {
      correlations.at(row, column) = matrix.at(varying[row], varying[column])->coefficient;
    }
  }
  found.inflation.resize(variables.size());
  for (std::size_t at = 0; at < varying.size(); ++at) {
    found.inflation[varying[at]] = inflation_of(correlations, at);
  }
  const std::vector<double> eigenvalues = eigenvalues_of_symmetric(correlations);
  found.condition_number = eigenvalues.front() < kFollows
                               ? std::numeric_limits<double>::infinity()
                               : std::sqrt(eigenvalues.back() / eigenvalues.front());
  return found;
}

}  // namespace cip::stats
