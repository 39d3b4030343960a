#include "quality/change.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "base/random.h"
#include "quality/score.h"
#include "quality/timeliness.h"

namespace cip::quality {
namespace {

using ingest::RuleCount;

RuleCount rule(std::string name, std::string dimension, std::string severity, std::uint64_t checked,
               std::uint64_t failed) {
  return {"customers", std::move(name), std::move(dimension), "email", std::move(severity),
          checked,     failed};
}

// By hand: one dimension, weights 3 and 1. The normal rule goes from 1 to 0.6: 0.4 / 4 of a
// hundred.
TEST(Change, IsSplitByRule) {
  const std::vector<RuleCount> before = {rule("a", "validity", "critical", 1000, 10),
                                         rule("b", "validity", "normal", 1000, 0)};
  const std::vector<RuleCount> after = {rule("a", "validity", "critical", 1000, 10),
                                        rule("b", "validity", "normal", 1000, 400)};
  const auto changes = change_of(before, after);
  ASSERT_EQ(changes.size(), 1);
  EXPECT_EQ(changes[0].rule, "b");
  EXPECT_NEAR(changes[0].points, -10, 1e-9);
  EXPECT_DOUBLE_EQ(*changes[0].before, 1);
  EXPECT_DOUBLE_EQ(*changes[0].after, 0.6);
}

TEST(Change, SaysWhichRuleCameAndWhichWent) {
  const std::vector<RuleCount> before = {rule("a", "validity", "normal", 100, 50),
                                         rule("b", "validity", "normal", 100, 10)};
  const std::vector<RuleCount> after = {rule("a", "validity", "normal", 100, 50),
                                        rule("c", "completeness", "normal", 100, 0)};
  double sum = 0;
  for (const RuleChange& change : change_of(before, after)) {
    sum += change.points;
    EXPECT_EQ(change.after.has_value(), change.rule != "b");
  }
  EXPECT_NEAR(sum, *score_of(after).score - *score_of(before).score, 1e-9);
}

TEST(Change, IsNothingWithoutAScore) {
  const std::vector<RuleCount> some = {rule("a", "validity", "normal", 100, 50)};
  EXPECT_TRUE(change_of({}, some).empty());
  EXPECT_TRUE(change_of(some, {}).empty());
  EXPECT_TRUE(change_of(some, some).empty());
}

std::vector<RuleCount> some_counts(Random& random) {
  const std::vector<std::string> dimensions = {"completeness", "validity", "consistency",
                                               "timeliness"};
  const std::vector<std::string> severities = {"critical", "high", "normal"};
  std::vector<RuleCount> counts;
  for (std::uint64_t at = 0; at < 12; ++at) {
    if (random.below(4) == 0) continue;
    const std::uint64_t checked = random.below(1000);
    counts.push_back(rule(std::to_string(at), dimensions[at % 4], severities[at % 3], checked,
                          checked == 0 ? 0 : random.below(1 + random.below(checked))));
    counts.back().is_crashed = random.below(20) == 0;
  }
  counts.push_back(rule("always", "validity", "normal", 10, 1));
  return counts;
}

TEST(Change, AddsUpToTheChangeOfTheScore) {
  Random random(41);
  for (int round = 0; round < 1000; ++round) {
    const auto before = some_counts(random);
    const auto after = some_counts(random);
    double sum = 0;
    for (const RuleChange& change : change_of(before, after)) sum += change.points;
    ASSERT_NEAR(sum, *score_of(after).score - *score_of(before).score, 1e-9);
  }
}

constexpr std::int64_t kDay = 86'400;

double lag_rate(std::int64_t age_s) {
  const Micros now = 1'700'000'000 * kMicrosPerSecond;
  const RuleCount count =
      lag_count({"sales", "sold_at", now - age_s * kMicrosPerSecond, kDay}, now);
  EXPECT_FALSE(count.is_crashed);
  return 1 - static_cast<double>(count.failed) / static_cast<double>(count.checked);
}

TEST(Timeliness, IsWholeWithinTheLagAndGoneAtTwiceTheLag) {
  EXPECT_DOUBLE_EQ(lag_rate(-kDay), 1);
  EXPECT_DOUBLE_EQ(lag_rate(kDay), 1);
  EXPECT_DOUBLE_EQ(lag_rate(kDay * 5 / 4), 0.75);
  EXPECT_DOUBLE_EQ(lag_rate(2 * kDay), 0);
  EXPECT_DOUBLE_EQ(lag_rate(900 * kDay), 0);
}

TEST(Timeliness, IsACrashedCheckWhereNobodyKnowsTheAge) {
  const RuleCount count = lag_count({"sales", "sold_at", std::nullopt, kDay}, 0);
  EXPECT_TRUE(count.is_crashed);
  EXPECT_EQ(count.checked, 0);
}

}  // namespace
}  // namespace cip::quality
