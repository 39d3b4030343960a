// stats/small_matrix.h: a few rows and columns of numbers, and what statistics want of them.
#pragma once

#include <cstddef>
#include <vector>

#include "base/contract.h"
#include "base/result.h"

namespace cip::stats {

/// A square matrix, row by row; zeros when made.
class SquareMatrix {
 public:
  explicit SquareMatrix(std::size_t size) : size_(size), cells_(size * size) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] double& at(std::size_t row, std::size_t column) {
    CIP_EXPECTS(row < size_ && column < size_);
    return cells_[row * size_ + column];
  }
  [[nodiscard]] double at(std::size_t row, std::size_t column) const {
    CIP_EXPECTS(row < size_ && column < size_);
    return cells_[row * size_ + column];
  }

 private:
  std::size_t size_;
  std::vector<double> cells_;
};

/// The inverse, by elimination with the largest pivot of the column. O(size^3).
///
/// Errors:  Undefined  the matrix has none, within rounding
Result<SquareMatrix> inverted(SquareMatrix matrix);

/// The eigenvalues of a symmetric matrix, ascending, by Jacobi's rotations. O(size^3) a sweep.
///
/// Source:  G. H. Golub, C. F. Van Loan, "Matrix Computations" (1996), 8.4.
std::vector<double> eigenvalues_of_symmetric(SquareMatrix matrix);

}  // namespace cip::stats
