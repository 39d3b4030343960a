// ml/split.h: which rows teach and which rows test.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace cip::ml {

inline constexpr std::uint64_t kDefaultSeed = 42;
inline constexpr double kTestShare = 0.2;
inline constexpr std::size_t kNumFolds = 5;

struct Split {
  std::vector<std::uint32_t> train;  // Ascending.
  std::vector<std::uint32_t> test;   // Ascending.
};

/// A random part of the rows is set aside for the test.
Split split_rows(std::size_t num_rows, double test_share, std::uint64_t seed);

/// The same within each class, so that both parts hold the classes in the proportion of the whole
/// (to within half a row). `classes` holds a small non-negative number per row.
Split split_stratified(std::span<const int> classes, double test_share, std::uint64_t seed);

/// The fold, 0 to num_folds - 1, that each row is tested in. Folds differ by one row at most, and
/// by about one row of each class; give one class to all rows for plain folds.
std::vector<std::uint32_t> assign_folds(std::span<const int> classes, std::size_t num_folds,
                                        std::uint64_t seed);

}  // namespace cip::ml
