#include "stats/concentration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"

namespace cip::stats {
namespace {

// For 1, 2, ..., n Gini's coefficient is (n - 1) / (3 n): the sum over ranks in closed form.
TEST(Concentration, OfCountingNumbersIsKnownInClosedForm) {
  for (const int count : {2, 10, 1000}) {
    std::vector<double> values;
    for (int at = 1; at <= count; ++at) values.push_back(at);
    EXPECT_NEAR(concentration_of(values)->gini, (count - 1) / (3.0 * count), 1e-12);
  }
}

TEST(Concentration, RunsFromEqualSharesToOneWhoHasItAll) {
  const std::vector<double> same(8, 2.5);
  const Concentration even = concentration_of(same).value();
  EXPECT_NEAR(even.gini, 0, 1e-15);
  EXPECT_NEAR(even.share_of_top_fifth, 0.2, 1e-12);
  EXPECT_NEAR(even.holders_of_four_fifths, 0.8, 1e-12);

  std::vector<double> one(10);
  one[3] = 7;
  const Concentration sole = concentration_of(one).value();
  EXPECT_NEAR(sole.gini, 0.9, 1e-12);  // (n - 1) / n
  EXPECT_NEAR(sole.share_of_top_fifth, 1, 1e-12);
  EXPECT_NEAR(sole.holders_of_four_fifths, 0.08, 1e-12);
}

TEST(Concentration, KnowsParetosFifth) {
  // One of five holds 80.
  const std::vector<double> values = {5, 80, 5, 5, 5};
  const Concentration found = concentration_of(values).value();
  EXPECT_NEAR(found.share_of_top_fifth, 0.8, 1e-12);
  EXPECT_NEAR(found.holders_of_four_fifths, 0.2, 1e-12);
  EXPECT_NEAR(found.held_by_top(0.6), 0.9, 1e-12);
  EXPECT_EQ(found.curve.size(), 6U);
}

TEST(Concentration, LeavesOutWhatIsMissingOrBelowZeroAndSaysSo) {
  const std::vector<double> values = {1, std::nan(""), 3, -2};
  const Concentration found = concentration_of(values).value();
  EXPECT_EQ(found.num_holders, 2U);
  EXPECT_EQ(found.num_left_out, 2U);
  EXPECT_EQ(found.total, 4);
}

TEST(Concentration, OfNothingIsUndefined) {
  EXPECT_EQ(concentration_of({}).error().code, Errc::Undefined);
  const std::vector<double> nothing = {0, 0, -1};
  EXPECT_EQ(concentration_of(nothing).error().code, Errc::Undefined);
}

TEST(Concentration, HasACurveThatBendsDownAndNeverUp) {
  Random random(11);
  std::vector<double> values;
  for (int at = 0; at < 1234; ++at) values.push_back(std::exp(random.normal()));
  const Concentration found = concentration_of(values).value();
  ASSERT_EQ(found.curve.size(), 201U);
  EXPECT_EQ(found.curve.front().share_of_total, 0);
  EXPECT_NEAR(found.curve.back().share_of_total, 1, 1e-12);
  double slope = 0;
  double area = 0;
  for (std::size_t at = 1; at < found.curve.size(); ++at) {
    const double rise = found.curve[at].share_of_total - found.curve[at - 1].share_of_total;
    EXPECT_GE(rise, slope - 1e-12);
    slope = rise;
    area += (found.curve[at].share_of_total + found.curve[at - 1].share_of_total) / 2 / 200;
  }
  EXPECT_NEAR(1 - 2 * area, found.gini, 1e-3) << "Gini is twice the area above the curve";
}

}  // namespace
}  // namespace cip::stats
