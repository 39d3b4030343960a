#include "stats/trend.h"

#include <gtest/gtest.h>

#include <numeric>

#include "base/random.h"

namespace cip::stats {
namespace {

Days on(int year, int month, int day) { return days_of({year, month, day}); }

std::vector<PeriodChange> monthly(const std::vector<PeriodValue>& values, Days first, Days last) {
  return changes_of(values, Grain::Month, first, last);
}

TEST(Changes, CompareEachPeriodWithTheOneBefore) {
  const auto changes =
      monthly({{on(2024, 1, 1), 200}, {on(2024, 2, 1), 250}, {on(2024, 3, 1), 200}}, on(2024, 1, 1),
              on(2024, 3, 31));
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_FALSE(changes[0].change);
  EXPECT_FALSE(changes[0].growth);
  EXPECT_EQ(changes[1].change, 50);
  EXPECT_EQ(changes[1].growth, 0.25);
  EXPECT_EQ(changes[2].change, -50);
  EXPECT_EQ(changes[2].growth, -0.2);
}

TEST(Changes, DoNotReachAcrossAPeriodThatIsAbsent) {
  const auto changes =
      monthly({{on(2024, 1, 1), 200}, {on(2024, 3, 1), 300}}, on(2024, 1, 1), on(2024, 3, 31));
  EXPECT_FALSE(changes[1].change);
  EXPECT_FALSE(changes[1].growth);
}

TEST(Changes, DoNotReachAcrossAPeriodWithoutAValue) {
  const auto changes =
      monthly({{on(2024, 1, 1), 200}, {on(2024, 2, 1), std::nullopt}, {on(2024, 3, 1), 300}},
              on(2024, 1, 1), on(2024, 3, 31));
  EXPECT_FALSE(changes[1].change);
  EXPECT_FALSE(changes[2].change);
}

TEST(Changes, GoOverTheTurnOfTheYear) {
  const auto changes =
      monthly({{on(2023, 12, 1), 100}, {on(2024, 1, 1), 150}}, on(2023, 12, 1), on(2024, 1, 31));
  EXPECT_EQ(changes[1].growth, 0.5);
}

TEST(Changes, FromNothingHaveNoGrowth) {
  const auto changes =
      monthly({{on(2024, 1, 1), 0}, {on(2024, 2, 1), 50}}, on(2024, 1, 1), on(2024, 2, 29));
  EXPECT_EQ(changes[1].change, 50);
  EXPECT_FALSE(changes[1].growth);
}

TEST(Changes, FromALossHaveNoGrowth) {
  // From -100 to -50 is a gain; -50 % would say the opposite.
  const auto changes =
      monthly({{on(2024, 1, 1), -100}, {on(2024, 2, 1), -50}}, on(2024, 1, 1), on(2024, 2, 29));
  EXPECT_EQ(changes[1].change, 50);
  EXPECT_FALSE(changes[1].growth);
}

TEST(Changes, SayWhichPeriodsTheDataCover) {
  const std::vector<PeriodValue> values = {
      {on(2024, 1, 1), 1}, {on(2024, 2, 1), 1}, {on(2024, 3, 1), 1}};
  const auto cut = monthly(values, on(2024, 1, 2), on(2024, 3, 30));
  EXPECT_FALSE(cut[0].is_complete);
  EXPECT_TRUE(cut[1].is_complete);
  EXPECT_FALSE(cut[2].is_complete);
  const auto whole = monthly(values, on(2024, 1, 1), on(2024, 3, 31));
  EXPECT_TRUE(whole[0].is_complete);
  EXPECT_TRUE(whole[2].is_complete);
}

TEST(Changes, KnowEveryGrain) {
  const auto weeks =
      changes_of(std::vector<PeriodValue>{{on(2024, 12, 30), 4}, {on(2025, 1, 6), 6}}, Grain::Week,
                 on(2024, 12, 30), on(2025, 1, 12));
  EXPECT_EQ(weeks[1].growth, 0.5);
  EXPECT_TRUE(weeks[1].is_complete);
  const auto years = changes_of(std::vector<PeriodValue>{{on(2023, 1, 1), 4}, {on(2024, 1, 1), 6}},
                                Grain::Year, on(2023, 1, 1), on(2024, 12, 30));
  EXPECT_EQ(years[1].growth, 0.5);
  EXPECT_FALSE(years[1].is_complete);
}

TEST(Changes, OfNothingAreNone) {
  EXPECT_TRUE(monthly({}, on(2024, 1, 1), on(2024, 1, 31)).empty());
}

TEST(Changes, AddUpToTheDistanceFromFirstToLast) {
  Random random(1);
  std::vector<PeriodValue> values;
  for (Days day = on(2024, 1, 1); day <= on(2024, 12, 31); ++day) {
    values.push_back({day, static_cast<double>(random.below(1000))});
  }
  double sum = 0;
  for (const auto& change : changes_of(values, Grain::Day, values.front().on, values.back().on)) {
    sum += change.change.value_or(0);
  }
  EXPECT_EQ(sum, *values.back().value - *values.front().value);
}

// The days of the week. 1 January 2024 was a Monday.

TEST(WeekdayShares, SumByDayOfTheWeek) {
  const std::vector<PeriodValue> days = {
      {on(2024, 1, 1), 30}, {on(2024, 1, 3), 20}, {on(2024, 1, 8), 50}};
  const auto shares = weekday_shares(days, on(2024, 1, 1), on(2024, 1, 14));
  EXPECT_EQ(shares[0].sum, 80);
  EXPECT_EQ(shares[0].share, 0.8);
  EXPECT_EQ(shares[0].num_days, 2U);
  EXPECT_EQ(shares[0].mean_per_day, 40);
  EXPECT_EQ(shares[2].share, 0.2);
  EXPECT_EQ(shares[2].mean_per_day, 10) << "the second Wednesday counts as zero";
  EXPECT_EQ(shares[6].sum, 0);
}

TEST(WeekdayShares, CountTheDaysOfTheRange) {
  const auto shares = weekday_shares({}, on(2024, 1, 1), on(2024, 12, 31));
  std::size_t num_days = 0;
  for (int weekday = 0; weekday < 7; ++weekday) {
    const auto& share = shares[static_cast<std::size_t>(weekday)];
    EXPECT_EQ(share.weekday, weekday);
    EXPECT_EQ(share.share, 0);
    EXPECT_EQ(share.mean_per_day, 0);
    EXPECT_EQ(share.num_days, weekday < 2 ? 53U : 52U);
    num_days += share.num_days;
  }
  EXPECT_EQ(num_days, 366U);
}

TEST(WeekdayShares, LeaveOutWhatLiesOutsideTheRange) {
  const std::vector<PeriodValue> days = {{on(2023, 12, 31), 7},
                                         {on(2024, 1, 1), 1},
                                         {on(2024, 1, 2), std::nullopt},
                                         {on(2024, 1, 3), 7}};
  const auto shares = weekday_shares(days, on(2024, 1, 1), on(2024, 1, 2));
  EXPECT_EQ(shares[0].share, 1);
  EXPECT_EQ(shares[1].sum, 0);
  EXPECT_EQ(shares[2].sum, 0);
  EXPECT_EQ(shares[6].sum, 0);
}

TEST(WeekdayShares, AddUpToOne) {
  Random random(2);
  std::vector<PeriodValue> days;
  for (Days day = on(2024, 1, 1); day < on(2024, 7, 1); ++day) {
    days.push_back({day, static_cast<double>(random.below(100))});
  }
  const auto shares = weekday_shares(days, days.front().on, days.back().on);
  const double sum = std::accumulate(
      shares.begin(), shares.end(), 0.0,
      [](double before, const WeekdayShare& share) { return before + share.share; });
  EXPECT_NEAR(sum, 1, 1e-12);
}

}  // namespace
}  // namespace cip::stats
