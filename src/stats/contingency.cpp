#include "stats/contingency.h"

#include <algorithm>
#include <cmath>

#include "base/contract.h"
#include "stats/association.h"
#include "stats/distribution.h"

namespace cip::stats {
namespace {

// The shares of the rows and columns of a table.
struct Margins {
  double total = 0;
  std::vector<double> rows;
  std::vector<double> columns;
};

Margins margins_of(const Contingency& table) {
  Margins margins{0, std::vector<double>(table.num_rows), std::vector<double>(table.num_columns)};
  for (std::size_t row = 0; row < table.num_rows; ++row) {
    for (std::size_t column = 0; column < table.num_columns; ++column) {
      const auto count = static_cast<double>(table.at(row, column));
      margins.total += count;
      margins.rows[row] += count;
      margins.columns[column] += count;
    }
  }
  return margins;
}

double num_used(const std::vector<double>& sums) {
  return static_cast<double>(std::ranges::count_if(sums, [](double sum) { return sum > 0; }));
}

double corrected_v(double phi_squared, double total, double rows, double columns) {
  const double phi = std::max(0.0, phi_squared - (rows - 1) * (columns - 1) / (total - 1));
  const double fewer_rows = rows - (rows - 1) * (rows - 1) / (total - 1);
  const double fewer_columns = columns - (columns - 1) * (columns - 1) / (total - 1);
  const double most = std::min(fewer_rows, fewer_columns) - 1;
  return most > 0 ? std::min(1.0, std::sqrt(phi / most)) : 0;
}

}  // namespace

Contingency counted_together(const Categories& x, const Categories& y) {
  CIP_EXPECTS(x.codes.size() == y.codes.size());
  Contingency table{x.num_categories, y.num_categories, {}};
  table.counts.resize(table.num_rows * table.num_columns);
  for (std::size_t row = 0; row < x.codes.size(); ++row) {
    if (x.codes[row] == kNoCategory || y.codes[row] == kNoCategory) continue;
    ++table.counts[x.codes[row] * table.num_columns + y.codes[row]];
  }
  return table;
}

Result<Independence> independence_of(const Contingency& table) {
  const Margins margins = margins_of(table);
  const double rows = num_used(margins.rows);
  const double columns = num_used(margins.columns);
  if (rows < 2 || columns < 2) {
    return fail(Errc::Undefined, "a comparison of shares needs two categories on both sides");
  }
  Independence test;
  test.num_rows = static_cast<std::uint64_t>(margins.total);
  test.smallest_expected = margins.total;
  for (std::size_t row = 0; row < table.num_rows; ++row) {
    for (std::size_t column = 0; column < table.num_columns; ++column) {
      const double row_share = margins.rows[row] / margins.total;
      const double column_share = margins.columns[column] / margins.total;
      const double expected = margins.rows[row] * column_share;
      const double above = static_cast<double>(table.at(row, column)) - expected;
      if (expected > 0) {
        test.chi_square += above * above / expected;
        test.smallest_expected = std::min(test.smallest_expected, expected);
      }
      test.residuals.push_back(above / std::sqrt(expected * (1 - row_share) * (1 - column_share)));
    }
  }
  test.degrees_of_freedom = static_cast<std::size_t>((rows - 1) * (columns - 1));
  test.p = chi_square_tail(test.chi_square, static_cast<double>(test.degrees_of_freedom));
  test.cramers_v = corrected_v(test.chi_square / margins.total, margins.total, rows, columns);
  return test;
}

Result<EqualShares> equal_shares_of(std::span<const std::uint64_t> counts) {
  double total = 0;
  for (const std::uint64_t count : counts) total += static_cast<double>(count);
  if (counts.size() < 2 || total == 0) {
    return fail(Errc::Undefined, "a comparison of shares needs two categories with counts");
  }
  const double expected = total / static_cast<double>(counts.size());
  EqualShares test;
  test.num_rows = static_cast<std::uint64_t>(total);
  for (const std::uint64_t count : counts) {
    const double above = static_cast<double>(count) - expected;
    test.chi_square += above * above / expected;
  }
  test.degrees_of_freedom = counts.size() - 1;
  test.p = chi_square_tail(test.chi_square, static_cast<double>(test.degrees_of_freedom));
  test.effect = std::sqrt(test.chi_square / total);
  return test;
}

}  // namespace cip::stats
