// ml/matrix.h: numbers in rows and columns, as learners take them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/contract.h"

namespace cip::ml {

/// Doubles, row after row. NaN means missing: learners need one flat block, so here, unlike in a
/// Column, the hole sits among the values.
class Matrix {
 public:
  Matrix() = default;
  Matrix(std::size_t num_rows, std::size_t num_columns)
      : num_rows_(num_rows), num_columns_(num_columns), values_(num_rows * num_columns, 0.0) {}

  [[nodiscard]] std::size_t num_rows() const noexcept { return num_rows_; }
  [[nodiscard]] std::size_t num_columns() const noexcept { return num_columns_; }

  [[nodiscard]] double& at(std::size_t row, std::size_t column) noexcept {
    return values_[row * num_columns_ + column];
  }
  [[nodiscard]] double at(std::size_t row, std::size_t column) const noexcept {
    return values_[row * num_columns_ + column];
  }

  [[nodiscard]] std::span<const double> row(std::size_t row) const noexcept {
    return std::span(values_).subspan(row * num_columns_, num_columns_);
  }
  [[nodiscard]] std::span<double> row(std::size_t row) noexcept {
    return std::span(values_).subspan(row * num_columns_, num_columns_);
  }
  [[nodiscard]] std::span<const double> values() const noexcept { return values_; }

  /// The values of one column, top to bottom.
  [[nodiscard]] std::vector<double> column(std::size_t column) const;

  /// The rows with these places, in this order.
  [[nodiscard]] Matrix gathered(std::span<const std::uint32_t> rows) const;

  /// The columns with these places, in this order.
  [[nodiscard]] Matrix with_columns(std::span<const std::size_t> columns) const;

 private:
  std::size_t num_rows_ = 0;
  std::size_t num_columns_ = 0;
  std::vector<double> values_;
};

/// The same choice of rows for a list of values.
[[nodiscard]] std::vector<double> gathered(std::span<const double> values,
                                           std::span<const std::uint32_t> rows);

}  // namespace cip::ml
