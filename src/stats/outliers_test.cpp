#include "stats/outliers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/random.h"

namespace cip::stats {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr double kNull = std::numeric_limits<double>::quiet_NaN();

// Mostly near zero, now and then far away, here and there missing.
std::vector<double> wild_numbers(std::uint64_t seed, std::size_t count) {
  Random random(seed);
  std::vector<double> values(count);
  for (double& value : values) {
    value = random.normal() * (random.below(20) == 0 ? 30 : 1);
    if (random.below(25) == 0) value = kNull;
  }
  return values;
}

std::size_t num_outside(const std::vector<double>& values, const Bounds& bounds) {
  return static_cast<std::size_t>(std::ranges::count_if(
      values, [&bounds](double value) { return value < bounds.lower || value > bounds.upper; }));
}

// Known answers by hand; reference_test.cpp has those of others.

TEST(Outliers, OfElevenNumbersAreWhatOneFindsByHand) {
  // Quartiles 3.5 and 8.5: the fences are -4 and 16.
  const std::vector<double> values = {100, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const Outliers found = outliers_of(values).value();
  EXPECT_EQ(found.box.q1, 3.5);
  EXPECT_EQ(found.box.median, 6);
  EXPECT_EQ(found.box.q3, 8.5);
  EXPECT_EQ(found.by_quartiles.lower, -4);
  EXPECT_EQ(found.by_quartiles.upper, 16);
  EXPECT_EQ(found.box.low_whisker, 1);
  EXPECT_EQ(found.box.high_whisker, 10);
  EXPECT_THAT(found.extreme, ElementsAre(100));
}

TEST(Outliers, NeedMoreThanTenValuesToLieThreeDeviationsAway) {
  // (n - 1) / sqrt(n) is the farthest a value can lie from the mean of n, in deviations.
  // Source: R. E. Shiffler, "Maximum Z Scores and Outliers", The American Statistician 42 (1988).
  std::vector<double> values(10, 0.0);
  values.back() = 1000;
  EXPECT_EQ(outliers_of(values).value().by_deviations.num_outside, 0U);
  values.insert(values.begin(), 0);
  EXPECT_EQ(outliers_of(values).value().by_deviations.num_outside, 1U);
}

TEST(Outliers, CountAValueOnABoundAsInside) {
  // Quartiles 1 and 3: the fences are -2 and 6.
  const std::vector<double> values = {-2, 1, 1, 2, 3, 3, 6};
  const Outliers found = outliers_of(values).value();
  EXPECT_EQ(found.by_quartiles.lower, -2);
  EXPECT_EQ(found.by_quartiles.upper, 6);
  EXPECT_EQ(found.by_quartiles.num_outside, 0U);
  EXPECT_EQ(found.box.low_whisker, -2);
  EXPECT_EQ(found.box.high_whisker, 6);
}

TEST(Outliers, KeepTheWhiskersOutsideTheBox) {
  // The first quartile, 7.5, lies between 0, which is an outlier, and 10.
  const std::vector<double> low = {0, 10, 10.1, 10.2};
  const Box with_low = outliers_of(low).value().box;
  EXPECT_EQ(with_low.low_whisker, with_low.q1);
  const std::vector<double> high = {0, -10, -10.1, -10.2};
  const Box with_high = outliers_of(high).value().box;
  EXPECT_EQ(with_high.high_whisker, with_high.q3);
}

TEST(Outliers, OfAConstantAreNone) {
  const std::vector<double> values(9, 0.1);
  const Outliers found = outliers_of(values).value();
  for (const Bounds& bounds : {found.by_quartiles, found.by_deviations, found.by_percentiles}) {
    EXPECT_EQ(bounds.num_outside, 0U);
  }
  EXPECT_EQ(found.box.low_whisker, 0.1);
  EXPECT_EQ(found.box.high_whisker, 0.1);
  EXPECT_THAT(found.histogram.counts, ElementsAre(9));
}

TEST(Outliers, OfOneValueAreNone) {
  const std::vector<double> one = {kNull, 5};
  const Outliers found = outliers_of(one).value();
  EXPECT_EQ(found.num_values, 1U);
  EXPECT_EQ(found.num_missing, 1U);
  EXPECT_THAT(found.extreme, IsEmpty());
}

TEST(Outliers, NameTheFarthestFiftyOnly) {
  std::vector<double> values(1000, 0.0);
  for (int at = 1; at <= 60; ++at) values.push_back(at);
  const Outliers found = outliers_of(values).value();
  EXPECT_EQ(found.by_quartiles.num_outside, 60U);
  ASSERT_THAT(found.extreme, SizeIs(50));
  EXPECT_EQ(found.extreme.front(), 60);
  EXPECT_EQ(found.extreme.back(), 11);
}

// Properties.

TEST(Outliers, AreCountedAsTheBoundsSay) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const std::vector<double> values = wild_numbers(seed, 5 + 7 * seed);
    const Outliers found = outliers_of(values).value();
    EXPECT_EQ(found.num_values + found.num_missing, values.size());
    for (const Bounds& bounds :
         {found.by_quartiles, found.by_deviations, found.by_percentiles, found.winsorized}) {
      EXPECT_EQ(bounds.num_outside, num_outside(values, bounds)) << "seed " << seed;
    }
    EXPECT_EQ(found.extreme.size(), std::min<std::size_t>(50, found.by_quartiles.num_outside));
    EXPECT_EQ(num_outside(found.extreme, found.by_quartiles), found.extreme.size());
    EXPECT_EQ(std::accumulate(found.histogram.counts.begin(), found.histogram.counts.end(),
                              std::uint64_t{0}),
              found.num_values);
  }
}

TEST(Outliers, HaveABoxWhoseNumbersRise) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto found = outliers_of(wild_numbers(seed, 3 + seed % 11));
    if (!found) continue;  // All of the few are missing.
    const Box& box = found->box;
    const std::vector<double> rising = {box.low_whisker, box.q1, box.median, box.q3,
                                        box.high_whisker};
    EXPECT_TRUE(std::ranges::is_sorted(rising)) << "seed " << seed;
  }
}

TEST(Outliers, DoNotCareForTheOrder) {
  std::vector<double> values = wild_numbers(7, 300);
  const Outliers before = outliers_of(values).value();
  std::ranges::reverse(values);
  const Outliers after = outliers_of(values).value();
  EXPECT_EQ(after.extreme, before.extreme);
  EXPECT_EQ(after.histogram.counts, before.histogram.counts);
  EXPECT_EQ(after.by_quartiles.lower, before.by_quartiles.lower);
}

TEST(Outliers, StayTheSameInOtherUnits) {
  // Powers of two, so that no digit is lost.
  std::vector<double> values = wild_numbers(8, 300);
  const Outliers before = outliers_of(values).value();
  for (double& value : values) value *= 1024;
  const Outliers after = outliers_of(values).value();
  EXPECT_EQ(after.by_quartiles.num_outside, before.by_quartiles.num_outside);
  EXPECT_EQ(after.by_deviations.num_outside, before.by_deviations.num_outside);
  EXPECT_EQ(after.box.median, before.box.median * 1024);
  EXPECT_EQ(after.histogram.counts, before.histogram.counts);
}

TEST(Winsorize, KeepsEveryValueInside) {
  const std::vector<double> values = wild_numbers(9, 400);
  const std::vector<double> clamped = winsorize(values, -1, 2);
  ASSERT_EQ(clamped.size(), values.size());
  for (std::size_t at = 0; at < values.size(); ++at) {
    if (std::isnan(values[at])) {
      EXPECT_TRUE(std::isnan(clamped[at]));
    } else if (values[at] >= -1 && values[at] <= 2) {
      EXPECT_EQ(clamped[at], values[at]);
    } else {
      EXPECT_EQ(clamped[at], values[at] < -1 ? -1 : 2);
    }
  }
}

TEST(Winsorize, TwiceIsTheSameAsOnce) {
  const std::vector<double> values = {-9, 0, 1, 9};
  const std::vector<double> once = winsorize(values, -1, 2);
  EXPECT_EQ(winsorize(once, -1, 2), once);
  EXPECT_THAT(winsorize(values, 3, 3), Each(3));
}

TEST(Winsorize, LeavesLessDeviation) {
  const Outliers found = outliers_of(wild_numbers(10, 400)).value();
  EXPECT_LT(found.winsorized_moments.standard_deviation, found.moments.standard_deviation);
  EXPECT_EQ(found.winsorized_moments.count, found.moments.count);
}

// Refusals.

TEST(Outliers, NeedAValue) {
  const std::vector<double> nothing = {kNull};
  EXPECT_EQ(outliers_of(nothing).error().code, Errc::Undefined);
}

TEST(Outliers, RefuseValuesTooLargeToSquare) {
  const std::vector<double> huge = {-1.7e308, 0, 1.7e308};
  EXPECT_EQ(outliers_of(huge).error().code, Errc::Undefined);
}

TEST(Winsorize, BetweenBoundsTheWrongWayRoundIsABug) {
  EXPECT_THROW(winsorize({}, 2, 1), ContractViolation);
}

}  // namespace
}  // namespace cip::stats
