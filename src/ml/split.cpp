#include "ml/split.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/contract.h"
#include "base/random.h"

namespace cip::ml {
namespace {

// Fisher and Yates, from the end.
void shuffle(std::vector<std::uint32_t>& rows, Random& random) {
  for (std::size_t left = rows.size(); left > 1; --left) {
    std::swap(rows[left - 1], rows[random.below(left)]);
  }
}

// The rows of each class, shuffled; classes in ascending order.
std::vector<std::vector<std::uint32_t>> shuffled_by_class(std::span<const int> classes,
                                                          std::uint64_t seed) {
  std::map<int, std::vector<std::uint32_t>> rows_of;
  for (std::uint32_t row = 0; row < classes.size(); ++row) rows_of[classes[row]].push_back(row);
  Random random(seed);
  std::vector<std::vector<std::uint32_t>> groups;
  for (auto& [number, rows] : rows_of) {
    shuffle(rows, random);
    groups.push_back(std::move(rows));
  }
  return groups;
}

}  // namespace

Split split_rows(std::size_t num_rows, double test_share, std::uint64_t seed) {
  return split_stratified(std::vector<int>(num_rows, 0), test_share, seed);
}

Split split_stratified(std::span<const int> classes, double test_share, std::uint64_t seed) {
  CIP_EXPECTS(test_share > 0 && test_share < 1);
  Split split;
  for (const auto& rows : shuffled_by_class(classes, seed)) {
    const auto num_test = std::llround(test_share * static_cast<double>(rows.size()));
    const auto middle = rows.begin() + num_test;
    split.test.insert(split.test.end(), rows.begin(), middle);
    split.train.insert(split.train.end(), middle, rows.end());
  }
  std::ranges::sort(split.train);
  std::ranges::sort(split.test);
  return split;
}

std::vector<std::uint32_t> assign_folds(std::span<const int> classes, std::size_t num_folds,
                                        std::uint64_t seed) {
  CIP_EXPECTS(num_folds >= 2);
  std::vector<std::uint32_t> fold_of(classes.size());
  std::size_t next = 0;  // Goes on from class to class, so that no fold collects all remainders.
  for (const auto& rows : shuffled_by_class(classes, seed)) {
    for (const std::uint32_t row : rows) {
      fold_of[row] = static_cast<std::uint32_t>(next++ % num_folds);
    }
  }
  return fold_of;
}

}  // namespace cip::ml
