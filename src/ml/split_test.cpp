#include "ml/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace cip::ml {
namespace {

std::vector<int> one_in(int n, std::size_t num_rows) {
  std::vector<int> classes(num_rows);
  for (std::size_t row = 0; row < num_rows; ++row) {
    classes[row] = row % static_cast<std::size_t>(n) == 0 ? 1 : 0;
  }
  return classes;
}

TEST(Split, PutsEachRowOnExactlyOneSide) {
  const Split split = split_rows(1003, kTestShare, kDefaultSeed);
  EXPECT_EQ(split.test.size(), 201U);
  std::vector<std::uint32_t> all = split.train;
  all.insert(all.end(), split.test.begin(), split.test.end());
  std::ranges::sort(all);
  for (std::uint32_t row = 0; row < 1003; ++row) EXPECT_EQ(all[row], row);
}

TEST(Split, KeepsTheProportionOfTheClasses) {
  const std::vector<int> classes = one_in(4, 1000);
  const Split split = split_stratified(classes, kTestShare, kDefaultSeed);
  const auto positives =
      std::ranges::count_if(split.test, [&](std::uint32_t row) { return classes[row] == 1; });
  EXPECT_EQ(split.test.size(), 200U);
  EXPECT_EQ(positives, 50);
}

TEST(Split, DependsOnTheSeedAndOnNothingElse) {
  EXPECT_EQ(split_rows(500, 0.2, 42).test, split_rows(500, 0.2, 42).test);
  EXPECT_NE(split_rows(500, 0.2, 42).test, split_rows(500, 0.2, 43).test);
}

TEST(Folds, AreOfEqualSizeWithinEachClass) {
  const std::vector<int> classes = one_in(3, 100);  // 34 and 66.
  const auto fold_of = assign_folds(classes, kNumFolds, kDefaultSeed);
  std::vector<int> rows(kNumFolds, 0);
  std::vector<int> positives(kNumFolds, 0);
  for (std::size_t row = 0; row < classes.size(); ++row) {
    ++rows[fold_of[row]];
    positives[fold_of[row]] += classes[row];
  }
  for (std::size_t fold = 0; fold < kNumFolds; ++fold) {
    EXPECT_EQ(rows[fold], 20);
    EXPECT_NEAR(positives[fold], 34.0 / 5, 1);
  }
}

}  // namespace
}  // namespace cip::ml
