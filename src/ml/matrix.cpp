#include "ml/matrix.h"

#include <algorithm>

namespace cip::ml {

std::vector<double> Matrix::column(std::size_t column) const {
  std::vector<double> values(num_rows_);
  for (std::size_t row = 0; row < num_rows_; ++row) values[row] = at(row, column);
  return values;
}

Matrix Matrix::gathered(std::span<const std::uint32_t> rows) const {
  Matrix chosen(rows.size(), num_columns_);
  for (std::size_t to = 0; to < rows.size(); ++to) {
    CIP_EXPECTS(rows[to] < num_rows_);
    std::ranges::copy(row(rows[to]), chosen.row(to).begin());
  }
  return chosen;
}

Matrix Matrix::with_columns(std::span<const std::size_t> columns) const {
  Matrix chosen(num_rows_, columns.size());
  for (std::size_t row = 0; row < num_rows_; ++row) {
    for (std::size_t to = 0; to < columns.size(); ++to) chosen.at(row, to) = at(row, columns[to]);
  }
  return chosen;
}

std::vector<double> gathered(std::span<const double> values, std::span<const std::uint32_t> rows) {
  std::vector<double> chosen;
  chosen.reserve(rows.size());
  for (const std::uint32_t row : rows) chosen.push_back(values[row]);
  return chosen;
}

}  // namespace cip::ml
