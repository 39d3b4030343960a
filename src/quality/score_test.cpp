#include "quality/score.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/random.h"

namespace cip::quality {
namespace {

using ingest::RuleCount;

RuleCount rule(std::string name, std::string dimension, std::string severity, std::uint64_t checked,
               std::uint64_t failed) {
  return {"customers", std::move(name), std::move(dimension), "", std::move(severity),
          checked,     failed};
}

// Worked by hand: completeness (3 * 0.98 + 1 * 0.5) / 4 = 0.86, validity 1, so
// (0.3 * 0.86 + 0.3 * 1) / 0.6 = 0.93.
TEST(Score, IsTheWeightedMeanOfRulesThenOfDimensions) {
  const std::vector<RuleCount> counts = {rule("key", "completeness", "critical", 100, 2),
                                         rule("city", "completeness", "normal", 100, 50),
                                         rule("age", "validity", "normal", 100, 0)};
  const Score score = score_of(counts);
  EXPECT_NEAR(*score.score, 93, 1e-9);
  EXPECT_NEAR(*score.dimensions[0].score, 86, 1e-9);
  EXPECT_NEAR(score.coverage, 0.6, 1e-9);
  EXPECT_GT(score.standard_error, 0);
}

TEST(Score, IsNothingWhereNothingWasChecked) {
  EXPECT_EQ(score_of({}).score, std::nullopt);
  const std::vector<RuleCount> crashed = {rule("key", "completeness", "critical", 0, 0)};
  EXPECT_EQ(score_of(crashed).score, std::nullopt);
  EXPECT_EQ(status_of(std::nullopt), "unknown");
}

TEST(Score, CannotHideABrokenKeyBehindManyGoodCells) {
  std::vector<RuleCount> counts = {rule("key", "completeness", "critical", 100, 10)};
  for (int at = 0; at < 50; ++at) {
    counts.push_back(rule("cell" + std::to_string(at), "validity", "normal", 10'000'000, 0));
  }
  EXPECT_LE(*score_of(counts).score, 59);
  counts[0] = rule("reference", "consistency", "high", 100, 20);
  EXPECT_LE(*score_of(counts).score, 79);
}

TEST(Score, DoesNotCondemnASmallTableForOneRecord) {
  const std::vector<RuleCount> counts = {rule("key", "completeness", "critical", 16, 1)};
  EXPECT_NEAR(*score_of(counts).score, 93.75, 1e-9);
  EXPECT_FALSE(breaks_floor(counts[0]));
  EXPECT_TRUE(breaks_floor(rule("key", "completeness", "critical", 1600, 100)));
}

std::vector<RuleCount> some_counts(Random& random) {
  const std::vector<std::string> dimensions = {"completeness", "validity", "consistency",
                                               "timeliness"};
  const std::vector<std::string> severities = {"critical", "high", "normal"};
  std::vector<RuleCount> counts;
  for (int at = 0; at < 12; ++at) {
    const std::uint64_t checked = 1 + random.below(1000);
    counts.push_back(rule(std::to_string(at), dimensions[random.below(4)],
                          severities[random.below(3)], checked, random.below(checked + 1)));
  }
  return counts;
}

TEST(Score, NeverRisesWhenOneMoreCellIsBad) {
  Random random(7);
  for (int round = 0; round < 500; ++round) {
    auto counts = some_counts(random);
    const double before = *score_of(counts).score;
    RuleCount& worse = counts[random.below(counts.size())];
    if (worse.failed < worse.checked) ++worse.failed;
    ASSERT_LE(*score_of(counts).score, before + 1e-9);
  }
}

// A bad value that was not there before; where a rule had nothing to check, the first.
TEST(Score, NeverRisesWhenABadCellIsAdded) {
  Random random(17);
  for (int round = 0; round < 500; ++round) {
    auto counts = some_counts(random);
    counts[0].checked = counts[0].failed = 0;
    const double before = *score_of(counts).score;
    RuleCount& worse = counts[random.below(counts.size())];
    ++worse.checked;
    ++worse.failed;
    ASSERT_LE(*score_of(counts).score, before + 1e-9);
  }
}

TEST(Score, NeverRisesWhenACheckCrashes) {
  Random random(27);
  for (int round = 0; round < 500; ++round) {
    auto counts = some_counts(random);
    const Score before = score_of(counts);
    RuleCount& crashed = counts[random.below(counts.size())];
    crashed.checked = crashed.failed = 0;
    crashed.is_crashed = true;
    const Score after = score_of(counts);
    ASSERT_LE(*after.score, *before.score + 1e-9);
    ASSERT_LT(after.coverage, before.coverage);
  }
}

TEST(Score, IsNothingWhereAllChecksCrashed) {
  RuleCount crashed = rule("key", "completeness", "critical", 0, 0);
  crashed.is_crashed = true;
  EXPECT_EQ(score_of(std::vector{crashed}).score, std::nullopt);
  EXPECT_TRUE(points_lost(std::vector{crashed}).empty());
  EXPECT_TRUE(breaks_floor(crashed));
}

TEST(Score, IsAHundredLessThePointsItsRulesTake) {
  Random random(37);
  for (int round = 0; round < 500; ++round) {
    auto counts = some_counts(random);
    if (round % 2 == 0) counts[3].is_crashed = true;
    double points = 100;
    for (const double lost : points_lost(counts)) {
      ASSERT_GE(lost, 0);
      points -= lost;
    }
    ASSERT_NEAR(points, *score_of(counts).score, 1e-9);
  }
}

TEST(Score, OfTwoLoadsIsTheScoreOfTheirCounts) {
  Random random(8);
  auto both = some_counts(random);
  const auto second = some_counts(random);
  both.insert(both.end(), second.begin(), second.end());
  EXPECT_DOUBLE_EQ(*score_of(both).score, *score_of(merged(both)).score);
  auto sums = some_counts(random);
  for (RuleCount& sum : sums) {
    sum = *std::ranges::find(both, sum.rule, &RuleCount::rule);
    for (const RuleCount& of : second) {
      if (of.rule != sum.rule) continue;
      sum.checked += of.checked;
      sum.failed += of.failed;
    }
  }
  EXPECT_DOUBLE_EQ(*score_of(both).score, *score_of(sums).score);
}

TEST(Score, StaysBetweenZeroAndAHundred) {
  Random random(9);
  for (int round = 0; round < 500; ++round) {
    const Score score = score_of(some_counts(random));
    ASSERT_GE(*score.score, 0);
    ASSERT_LE(*score.score, 100);
    ASSERT_LE(score.coverage, 1 + 1e-12);
  }
}

}  // namespace
}  // namespace cip::quality
