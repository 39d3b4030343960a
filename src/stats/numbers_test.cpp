#include "stats/numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "base/random.h"

namespace cip::stats {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr double kNull = std::numeric_limits<double>::quiet_NaN();

std::vector<double> normal_numbers(std::uint64_t seed, std::size_t count) {
  Random random(seed);
  std::vector<double> values(count);
  for (double& value : values) value = random.normal();
  return values;
}

void shuffle(std::vector<double>& values, std::uint64_t seed) {
  Random random(seed);
  for (std::size_t at = values.size(); at > 1; --at) {
    std::swap(values[at - 1], values[random.below(at)]);
  }
}

TEST(Moments, SkipWhatIsMissing) {
  const std::vector<double> values = {kNull, 2, kNull, 4, 6, kNull};
  const Moments found = moments_of(values).value();
  EXPECT_EQ(found.count, 3U);
  EXPECT_EQ(found.mean, 4);
  EXPECT_EQ(found.standard_deviation, 2);
}

TEST(Moments, OfAConstantHaveNoDeviationAtAll) {
  // A mean that is summed up and divided rounds to 0.10000000000000002.
  const std::vector<double> values = {0.1, 0.1, 0.1};
  const Moments found = moments_of(values).value();
  EXPECT_EQ(found.mean, 0.1);
  EXPECT_EQ(found.standard_deviation, 0);
}

TEST(Moments, OfOneValueHaveNoDeviation) {
  const std::vector<double> one = {7};
  EXPECT_EQ(moments_of(one).value().standard_deviation, 0);
}

TEST(Moments, MoveWithTheirValues) {
  std::vector<double> values = normal_numbers(1, 500);
  const Moments before = moments_of(values).value();
  for (double& value : values) value = -3 * value + 1e6;
  const Moments after = moments_of(values).value();
  EXPECT_NEAR(after.mean, -3 * before.mean + 1e6, 1e-9);
  EXPECT_NEAR(after.standard_deviation, 3 * before.standard_deviation, 1e-9);
}

TEST(Moments, DoNotCareForTheOrder) {
  std::vector<double> values = normal_numbers(2, 500);
  const Moments before = moments_of(values).value();
  shuffle(values, 3);
  const Moments after = moments_of(values).value();
  EXPECT_NEAR(after.mean, before.mean, 1e-14);
  EXPECT_NEAR(after.standard_deviation, before.standard_deviation, 1e-14);
}

TEST(Moments, NeedAValue) {
  const std::vector<double> nothing = {kNull, kNull};
  EXPECT_EQ(moments_of(nothing).error().code, Errc::Undefined);
  EXPECT_EQ(moments_of({}).error().code, Errc::Undefined);
}

TEST(Moments, RefuseValuesWhoseSquaresOverflow) {
  const std::vector<double> huge = {1e300, -1e300, 0};
  const std::vector<double> too_far_apart = {1.7e308, -1.7e308};
  EXPECT_EQ(moments_of(huge).error().code, Errc::Undefined);
  EXPECT_EQ(moments_of(too_far_apart).error().code, Errc::Undefined);
}

// Quantiles.

TEST(Quantile, OfOneToTenIsThatOfR) {
  // R 4, quantile(1:10): 1.00 3.25 5.50 7.75 10.00, which is type 7, its default.
  std::vector<double> sorted(10);
  std::iota(sorted.begin(), sorted.end(), 1);
  EXPECT_EQ(quantile_of(sorted, 0), 1);
  EXPECT_EQ(quantile_of(sorted, 0.25), 3.25);
  EXPECT_EQ(quantile_of(sorted, 0.5), 5.5);
  EXPECT_EQ(quantile_of(sorted, 0.75), 7.75);
  EXPECT_EQ(quantile_of(sorted, 1), 10);
}

TEST(Quantile, NeverFallsAsItsShareGrows) {
  const std::vector<double> sorted = sorted_present(normal_numbers(4, 37));
  double before = sorted.front();
  for (int step = 0; step <= 1000; ++step) {
    const double value = quantile_of(sorted, step / 1000.0);
    EXPECT_GE(value, before);
    before = value;
  }
  EXPECT_EQ(before, sorted.back());
}

TEST(Quantile, OfOneValueIsThatValue) {
  const std::vector<double> one = {7};
  for (const double p : {0.0, 0.3, 1.0}) EXPECT_EQ(quantile_of(one, p), 7);
}

TEST(Quantile, LiesBetweenNeighboursThatAreTooFarApartToSubtract) {
  const std::vector<double> far = {-1.7e308, 1.7e308};
  EXPECT_EQ(quantile_of(far, 0.5), 0);
}

TEST(Quantile, OfNothingIsABug) {
  const std::vector<double> one = {7};
  EXPECT_THROW(static_cast<void>(quantile_of({}, 0.5)), ContractViolation);
  EXPECT_THROW(static_cast<void>(quantile_of(one, 1.5)), ContractViolation);
}

TEST(SortedPresent, LeavesOutWhatIsMissing) {
  const std::vector<double> values = {3, kNull, 1, 2, kNull};
  EXPECT_THAT(sorted_present(values), ElementsAre(1, 2, 3));
  EXPECT_THAT(sorted_present({}), IsEmpty());
}

// Histograms.

std::uint64_t total_of(const Histogram& histogram) {
  return std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::uint64_t{0});
}

TEST(Histogram, CountsEveryValueThatIsThereOnce) {
  std::vector<double> values = normal_numbers(5, 1000);
  values.push_back(kNull);
  for (const std::size_t num_bins : {1U, 2U, 17U, 60U}) {
    EXPECT_EQ(total_of(histogram_of(values, -1, 1, num_bins)), 1000U);
  }
}

TEST(Histogram, PutsAnEdgeIntoTheBinItOpens) {
  // 0.1 * 3 is above 0.3 and 0.7 / 0.1 below 7: a bin found by division alone is one off.
  for (std::size_t num_bins = 1; num_bins <= 60; ++num_bins) {
    const std::vector<double> edges = histogram_of({}, 0.1, 7.3, num_bins).edges;
    const Histogram found = histogram_of(edges, 0.1, 7.3, num_bins);
    for (std::size_t bin = 0; bin + 1 < num_bins; ++bin) {
      EXPECT_EQ(found.counts[bin], 1U) << "bin " << bin << " of " << num_bins;
    }
    EXPECT_EQ(found.counts.back(), 2U) << num_bins << " bins";
  }
}

TEST(Histogram, CountsWhatLiesOutsideInTheEndBins) {
  const std::vector<double> values = {-100, 0.5, 1.5, 100, 100};
  EXPECT_THAT(histogram_of(values, 0, 2, 2).counts, ElementsAre(2, 3));
}

TEST(Histogram, OfOneValueHasOneBin) {
  const std::vector<double> values = {4, 4, 4};
  const Histogram found = histogram_of(values, 4, 4, 10);
  EXPECT_THAT(found.counts, ElementsAre(3));
  EXPECT_THAT(found.edges, ElementsAre(4, 4));
}

TEST(Histogram, HoldsValuesThatAreTooFarApartToSubtract) {
  const std::vector<double> values = {-1.7e308, 0, 1.7e308};
  const Histogram found = histogram_of(values, values.front(), values.back(), 4);
  EXPECT_THAT(found.counts, ElementsAre(1, 0, 1, 1));
  for (const double edge : found.edges) EXPECT_TRUE(std::isfinite(edge));
}

TEST(Histogram, WithoutABinIsABug) {
  EXPECT_THROW(histogram_of({}, 0, 1, 0), ContractViolation);
  EXPECT_THROW(histogram_of({}, 1, 0, 3), ContractViolation);
}

TEST(SuitableBins, StayBetweenFiveAndSixty) {
  std::vector<double> values = normal_numbers(6, 1000);
  values.push_back(1e6);
  EXPECT_EQ(suitable_bins(sorted_present(values)), 60U);
  const std::vector<double> three = {1, 2, 3};
  EXPECT_EQ(suitable_bins(three), 5U);
}

}  // namespace
}  // namespace cip::stats
