#include "stats/repeat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace cip::stats {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RepeatPurchases, AreCountedInDaysBetweenDays) {
  const std::vector<Purchase> purchases = {{1, 100}, {2, 5}, {1, 110}, {1, 110},
                                           {1, 140}, {3, 7}, {3, 27}};
  const RepeatPurchases found = repeat_purchases(purchases);
  EXPECT_EQ(found.num_customers, 3U);
  EXPECT_EQ(found.num_repeated, 2U);
  EXPECT_EQ(found.num_purchases, 6U) << "two on one day are one";
  EXPECT_THAT(found.intervals, ElementsAre(10, 20, 30));
  ASSERT_EQ(found.steps.size(), 3U);
  EXPECT_EQ(found.steps[0].num_customers, 3U);
  EXPECT_EQ(found.steps[0].num_repeated, 2U);
  EXPECT_EQ(found.steps[0].median_days, 15);
  EXPECT_EQ(found.steps[1].num_customers, 2U);
  EXPECT_EQ(found.steps[1].num_repeated, 1U);
  EXPECT_EQ(found.steps[1].median_days, 30);
  EXPECT_EQ(found.steps[2].num_repeated, 0U);
}

TEST(RepeatPurchases, HoldAllIntervalsEvenBeyondTheTenStepsShown) {
  std::vector<Purchase> purchases;
  for (Days on = 0; on < 30; ++on) purchases.push_back({1, on * 2});
  const RepeatPurchases found = repeat_purchases(purchases);
  EXPECT_EQ(found.intervals.size(), 29U);
  EXPECT_EQ(found.steps.size(), 10U);
  EXPECT_EQ(found.steps.back().num_repeated, 1U);
}

TEST(RepeatPurchases, OfNobodyAreNone) {
  const RepeatPurchases found = repeat_purchases({});
  EXPECT_EQ(found.num_customers, 0U);
  EXPECT_THAT(found.steps, IsEmpty());
}

}  // namespace
}  // namespace cip::stats
