#include "stats/cohort.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/random.h"

namespace cip::stats {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Cohorts, FollowCustomersFromTheirFirstPurchase) {
  // Two customers of period 10, one of 12. Customer 1 buys twice in 10 and again in 12.
  const std::vector<Activity> activities = {{1, 12, 30}, {1, 10, 5},   {2, 10, 7},
                                            {1, 10, 8},  {3, 12, 100}, {2, 11, 1}};
  const auto cohorts = cohorts_of(activities, 13);
  ASSERT_EQ(cohorts.size(), 2U);
  EXPECT_EQ(cohorts[0].period, 10);
  EXPECT_EQ(cohorts[0].num_customers, 2U);
  EXPECT_THAT(cohorts[0].active, ElementsAre(2, 1, 1, 0));
  EXPECT_THAT(cohorts[0].amounts, ElementsAre(20, 1, 30, 0));
  EXPECT_EQ(cohorts[1].period, 12);
  EXPECT_THAT(cohorts[1].active, ElementsAre(1, 0));
  EXPECT_THAT(cohorts[1].amounts, ElementsAre(100, 0));
}

TEST(Cohorts, OfNobodyAreNone) { EXPECT_THAT(cohorts_of({}, 3), IsEmpty()); }

TEST(Cohorts, AddUpToAllCustomersAndAllTheirMoney) {
  Random random(7);
  std::vector<Activity> activities;
  std::int64_t total = 0;
  std::vector<bool> seen(50);
  for (int at = 0; at < 400; ++at) {
    const auto customer = static_cast<std::uint32_t>(random.below(50));
    const auto amount = static_cast<std::int64_t>(random.below(1000));
    activities.push_back({customer, static_cast<std::int32_t>(random.below(24)), amount});
    seen[customer] = true;
    total += amount;
  }
  std::int64_t found_total = 0;
  std::size_t found_customers = 0;
  for (const Cohort& cohort : cohorts_of(activities, 23)) {
    for (const std::int64_t amount : cohort.amounts) found_total += amount;
    found_customers += cohort.num_customers;
    EXPECT_EQ(cohort.active.front(), cohort.num_customers)
        << "all are active in their first period";
  }
  EXPECT_EQ(found_total, total);
  EXPECT_EQ(found_customers, static_cast<std::size_t>(std::ranges::count(seen, true)));
}

}  // namespace
}  // namespace cip::stats
