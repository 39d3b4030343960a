#include "stats/small_matrix.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace cip::stats {
namespace {

constexpr double kSingular = 1e-12;  // Of the largest cell.
constexpr int kMostSweeps = 60;

double largest_cell(const SquareMatrix& matrix) {
  double largest = 0;
  for (std::size_t row = 0; row < matrix.size(); ++row) {
    for (std::size_t column = 0; column < matrix.size(); ++column) {
      largest = std::max(largest, std::abs(matrix.at(row, column)));
    }
  }
  return largest;
}

void swap_rows(SquareMatrix& matrix, std::size_t one, std::size_t other) {
  for (std::size_t column = 0; column < matrix.size(); ++column) {
    std::swap(matrix.at(one, column), matrix.at(other, column));
  }
}

// row += factor * other
void add_row(SquareMatrix& matrix, std::size_t row, std::size_t other, double factor) {
  for (std::size_t column = 0; column < matrix.size(); ++column) {
    matrix.at(row, column) += factor * matrix.at(other, column);
  }
}

double off_diagonal(const SquareMatrix& matrix) {
  double sum = 0;
  for (std::size_t row = 0; row < matrix.size(); ++row) {
    for (std::size_t column = 0; column < row; ++column) {
      sum += matrix.at(row, column) * matrix.at(row, column);
    }
  }
  return sum;
}

// Turns the plane of two axes so that their common cell becomes zero.
void rotate(SquareMatrix& matrix, std::size_t p, std::size_t q) {
  const double common = matrix.at(p, q);
  if (common == 0) return;
  const double theta = (matrix.at(q, q) - matrix.at(p, p)) / (2 * common);
  const double t = std::copysign(1.0, theta) / (std::abs(theta) + std::hypot(theta, 1.0));
  const double c = 1 / std::hypot(t, 1.0);
  const double s = t * c;
  for (std::size_t k = 0; k < matrix.size(); ++k) {
    const double at_p = matrix.at(k, p);
    const double at_q = matrix.at(k, q);
    matrix.at(k, p) = c * at_p - s * at_q;
    matrix.at(k, q) = s * at_p + c * at_q;
  }
  for (std::size_t k = 0; k < matrix.size(); ++k) {
    const double at_p = matrix.at(p, k);
    const double at_q = matrix.at(q, k);
    matrix.at(p, k) = c * at_p - s * at_q;
    matrix.at(q, k) = s * at_p + c * at_q;
  }
}

// The row from `at` on whose cell of column `at` is the farthest from zero.
std::size_t pivot_of(const SquareMatrix& matrix, std::size_t at) {
  std::size_t pivot = at;
  for (std::size_t row = at + 1; row < matrix.size(); ++row) {
    if (std::abs(matrix.at(row, at)) > std::abs(matrix.at(pivot, at))) pivot = row;
  }
  return pivot;
}

}  // namespace

Result<SquareMatrix> inverted(SquareMatrix matrix) {
  const std::size_t size = matrix.size();
  const double smallest = kSingular * largest_cell(matrix);
  SquareMatrix inverse(size);
  for (std::size_t at = 0; at < size; ++at) inverse.at(at, at) = 1;
  for (std::size_t at = 0; at < size; ++at) {
    const std::size_t pivot = pivot_of(matrix, at);
    const double value = matrix.at(pivot, at);
    if (!(std::abs(value) > smallest)) {
      return fail(Errc::Undefined, "one of the numbers follows from the others");
    }
    swap_rows(matrix, at, pivot);
    swap_rows(inverse, at, pivot);
    for (std::size_t column = 0; column < size; ++column) {
      matrix.at(at, column) /= value;
      inverse.at(at, column) /= value;
    }
    for (std::size_t row = 0; row < size; ++row) {
      const double factor = -matrix.at(row, at);
      if (row == at || factor == 0) continue;
      add_row(matrix, row, at, factor);
      add_row(inverse, row, at, factor);
    }
  }
  return inverse;
}

std::vector<double> eigenvalues_of_symmetric(SquareMatrix matrix) {
  const double done = std::pow(1e-15 * largest_cell(matrix), 2);
  for (int sweep = 0; sweep < kMostSweeps && off_diagonal(matrix) > done; ++sweep) {
    for (std::size_t p = 0; p + 1 < matrix.size(); ++p) {
      for (std::size_t q = p + 1; q < matrix.size(); ++q) rotate(matrix, p, q);
    }
  }
  std::vector<double> values;
  for (std::size_t at = 0; at < matrix.size(); ++at) values.push_back(matrix.at(at, at));
  std::ranges::sort(values);
  return values;
}

}  // namespace cip::stats
