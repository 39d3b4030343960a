#include "base/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace cip {
namespace {

TEST(Random, RepeatsItselfForTheSameSeedOnly) {
  Random one(42);
  Random same(42);
  Random other(43);
  for (int draw = 0; draw < 100; ++draw) {
    const auto value = one.next();
    EXPECT_EQ(value, same.next());
    EXPECT_NE(value, other.next());
  }
}

TEST(Random, DrawsEachNumberAboutEquallyOften) {
  Random random(1);
  std::vector<int> counts(7);
  for (int draw = 0; draw < 70000; ++draw) ++counts[random.below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10000, 500);  // Five standard deviations.
}

TEST(Random, HasTheMomentsOfAStandardNormal) {
  Random random(2);
  constexpr int kDraws = 100000;
  double sum = 0;
  double squares = 0;
  for (int draw = 0; draw < kDraws; ++draw) {
    const double value = random.normal();
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / kDraws, 0, 0.02);
  EXPECT_NEAR(squares / kDraws, 1, 0.03);
}

TEST(Random, StaysInTheUnitInterval) {
  Random random(3);
  for (int draw = 0; draw < 10000; ++draw) {
    const double value = random.uniform();
    ASSERT_TRUE(value >= 0 && value < 1);
  }
}

}  // namespace
}  // namespace cip
