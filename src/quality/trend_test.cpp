#include "quality/trend.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/random.h"
#include "quality/history.h"

namespace cip::quality {
namespace {

std::vector<TrendPoint> points_of(const std::vector<double>& values) {
  std::vector<TrendPoint> points;
  for (std::size_t at = 0; at < values.size(); ++at) {
    points.push_back({values[at], 0, static_cast<int>(at % 7)});
  }
  return points;
}

// Median of 90, 91, 92, 93, 94 is 92, the median distance 1; widened by 1 + 5/5.
TEST(Trend, MeasuresWithMedianAndMad) {
  const auto bands = judge_trend(points_of({90, 94, 92, 91, 93, 92}));
  EXPECT_EQ(bands[4].state, TrendState::Cold);
  EXPECT_EQ(bands[4].centre, std::nullopt);
  EXPECT_EQ(bands[5].state, TrendState::Normal);
  EXPECT_DOUBLE_EQ(*bands[5].centre, 92);
  EXPECT_NEAR(bands[5].spread, 2 * 1.4826 * 1.206, 1e-9);
  EXPECT_EQ(bands[5].num_loads, 5);
}

TEST(Trend, SeesAChangeOfWhatNeverChanged) {
  const auto bands = judge_trend(points_of({99, 99, 99, 99, 99, 98.6, 99.3}));
  EXPECT_EQ(bands[5].state, TrendState::Jump);
  EXPECT_EQ(bands[6].state, TrendState::Normal);
  EXPECT_DOUBLE_EQ(bands[6].spread, 0.1);
}

TEST(Trend, ForgivesASmallLoadWhatChanceExplains) {
  auto points = points_of({99, 99, 99, 99, 99, 95});
  points.back().error = 2;
  EXPECT_EQ(judge_trend(points).back().state, TrendState::Normal);
}

TEST(Trend, TakesTwoInARowOnOneSide) {
  EXPECT_EQ(judge_trend(points_of({99, 99, 99, 99, 99, 99.3, 99.3})).back().state,
            TrendState::Jump);
  EXPECT_EQ(judge_trend(points_of({99, 99, 99, 99, 99, 99.3, 98.7})).back().state,
            TrendState::Normal);
}

TEST(Trend, KeepsAlarmsOutOfTheBaseline) {
  std::vector<double> values = {99, 99, 99, 99, 99};
  values.insert(values.end(), 30, 80.0);
  const auto bands = judge_trend(points_of(values));
  for (std::size_t at = 5; at < bands.size(); ++at) {
    ASSERT_EQ(bands[at].state, TrendState::Jump) << at;
    ASSERT_DOUBLE_EQ(*bands[at].centre, 99);
  }
}

// Weekdays lie around 95, Sundays at 91: rare among all loads, usual among Sundays.
TEST(Trend, ComparesSundaysWithSundays) {
  std::vector<TrendPoint> points;
  for (int at = 0; at < 42; ++at) {
    points.push_back({at % 7 == 6 ? 91.0 : 93.0 + at % 3 * 2, 0, at % 7});
  }
  const auto bands = judge_trend(points);
  EXPECT_DOUBLE_EQ(*bands[6].centre, 95);  // Of all days, while there are few Sundays.
  EXPECT_EQ(bands[6].state, TrendState::Normal);
  EXPECT_DOUBLE_EQ(*bands[41].centre, 91);
  EXPECT_EQ(bands[41].state, TrendState::Normal);
  points.back().value = 95;  // As good as a Monday, which no Sunday has been.
  EXPECT_EQ(judge_trend(points).back().state, TrendState::Jump);
}

TEST(Trend, SeesASlowDrift) {
  Random random(3);
  std::vector<double> values(20);
  for (double& value : values) value = 95 + random.normal();
  for (int at = 0; at < 40; ++at) values.push_back(95 - 0.1 * at + random.normal());
  const auto bands = judge_trend(points_of(values));
  EXPECT_NE(std::ranges::find(bands, TrendState::Drift, &TrendBand::state), bands.end());
}

// How many of the loads that were judged gave an alarm.
struct AlarmCount {
  int num_judged = 0;
  int num_alarms = 0;

  void add(const std::vector<TrendPoint>& points) {
    for (const TrendBand& band : judge_trend(points)) {
      if (band.state == TrendState::Cold) continue;
      ++num_judged;
      if (band.is_alarm()) ++num_alarms;
    }
  }
  [[nodiscard]] double share() const { return static_cast<double>(num_alarms) / num_judged; }
};

// docs/quality.md says one in 43.
TEST(Trend, RarelyCriesWolfOverNormalNoise) {
  Random random(9);
  AlarmCount count;
  for (int round = 0; round < 1000; ++round) {
    std::vector<double> values(60);
    for (double& value : values) value = 90 + random.normal();
    count.add(points_of(values));
  }
  EXPECT_GT(count.share(), 1.0 / 46);
  EXPECT_LT(count.share(), 1.0 / 40);
}

// docs/quality.md says fewer than one in 300. Small loads with rare faults are the hard ones: most
// have none at all, and seem to be without any spread.
TEST(Trend, HardlyEverCriesWolfOverWhatIsChanceOfCounting) {
  Random random(19);
  for (const int num_records : {50, 200, 2000}) {
    for (const double share : {0.0001, 0.001, 0.003, 0.02}) {
      AlarmCount count;
      for (int round = 0; round < 100; ++round) {
        std::vector<TrendPoint> points;
        for (int at = 0; at < 60; ++at) {
          int num_bad = 0;
          for (int record = 0; record < num_records; ++record) {
            if (random.below(10'000) < static_cast<std::uint64_t>(share * 10'000)) ++num_bad;
          }
          const double rate = 1 - static_cast<double>(num_bad) / num_records;
          points.push_back({100 * rate, 100 * std::sqrt(rate * (1 - rate) / num_records), at % 7});
        }
        count.add(points);
      }
      EXPECT_LT(count.share(), 1.0 / 300) << share << " of " << num_records;
    }
  }
}

// Sundays are worse, week after week, by far more than anything else moves.
std::vector<TrendPoint> weeks_with_bad_sundays(int num_weeks, double noise) {
  Random random(29);
  std::vector<TrendPoint> points;
  for (int at = 0; at < 7 * num_weeks; ++at) {
    points.push_back({(at % 7 == 6 ? 91 : 95) + noise * random.normal(), 0, at % 7});
  }
  return points;
}

TEST(Trend, LearnsWhatAWeekdayIsLike) {
  const auto points = weeks_with_bad_sundays(17, 0.03);
  const auto bands = judge_trend(points);
  for (std::size_t at = 5; at < bands.size(); ++at) {
    const bool is_new = at % 7 == 6 && at < 28;  // The first four Sundays.
    ASSERT_EQ(bands[at].is_alarm(), is_new) << "day " << at;
  }
  EXPECT_NEAR(*bands[118].centre, 91, 0.1);
}

TEST(Trend, SeesASundayThatIsNotLikeASunday) {
  auto points = weeks_with_bad_sundays(17, 0.03);
  for (const double other : {95.0, 90.0}) {
    points.back().value = other;
    EXPECT_EQ(judge_trend(points).back().state, TrendState::Jump) << other;
  }
}

// A source that is broken on all days has no habits.
TEST(Trend, TakesNoNewLevelForAHabit) {
  std::vector<double> values(35, 99);
  values.insert(values.end(), 70, 80.0);
  const auto bands = judge_trend(points_of(values));
  for (std::size_t at = 35; at < bands.size(); ++at) {
    ASSERT_EQ(bands[at].state, TrendState::Jump) << at;
  }
}

// Broken in another way each Sunday: that is no habit either.
TEST(Trend, TakesSundaysThatDifferForNoHabit) {
  auto points = weeks_with_bad_sundays(17, 0.03);
  for (std::size_t at = 6; at < points.size(); at += 7) {
    points[at].value = 92 - static_cast<double>(at % 4) * 3;
  }
  const auto bands = judge_trend(points);
  for (std::size_t at = 6; at < bands.size(); at += 7) ASSERT_TRUE(bands[at].is_alarm()) << at;
}

LoadCounts load_of(std::int64_t run_id, std::uint64_t num_bad, const char* source = "shop") {
  return {run_id,
          source,
          run_id * kMicrosPerDay,
          {{"customers", "email", "validity", "email", "normal", 1000, num_bad},
           {"customers", "required", "completeness", "name", "high", 1000, 10}}};
}

TEST(History, NamesTheRuleAndTheColumnThatMovedTheScore) {
  std::vector<LoadCounts> loads;
  for (std::int64_t run = 1; run <= 8; ++run) loads.push_back(load_of(run, 20));
  loads.push_back(load_of(9, 20, "other"));
  EXPECT_TRUE(history_of(loads, {}).alarms.empty());
  loads.push_back(load_of(10, 300));
  const History history = history_of(loads, {});
  ASSERT_EQ(history.alarms.size(), 2);
  EXPECT_EQ(history.alarms[0].source_id, "shop");
  EXPECT_TRUE(history.alarms[0].rule.empty());
  EXPECT_EQ(history.alarms[0].moved.at(0).column, "email");
  EXPECT_NEAR(history.alarms[0].moved.at(0).points, -14, 1e-9);  // 0.28 of half the weight.
  EXPECT_EQ(history.alarms[1].rule, "email");
  EXPECT_NEAR(history.alarms[1].value, 70, 1e-9);
  EXPECT_EQ(history.trends[1].loads.back().band.state, TrendState::Jump);
}

TEST(History, BeginsAnewWhereALevelWasAccepted) {
  std::vector<LoadCounts> loads;
  for (std::int64_t run = 1; run <= 8; ++run) loads.push_back(load_of(run, 20));
  for (std::int64_t run = 9; run <= 16; ++run) loads.push_back(load_of(run, 300));
  EXPECT_FALSE(history_of(loads, {}).alarms.empty());
  const std::vector<std::int64_t> accepted = {9};
  const History history = history_of(loads, accepted);
  EXPECT_TRUE(history.alarms.empty());
  EXPECT_EQ(history.trends[0].loads.size(), 16);
  EXPECT_EQ(history.trends[0].loads[8].band.state, TrendState::Cold);
  EXPECT_NEAR(*history.trends[0].loads[15].band.centre, 84.5, 1e-9);
}

}  // namespace
}  // namespace cip::quality
