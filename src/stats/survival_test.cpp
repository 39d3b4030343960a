#include "stats/survival.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "stats/reference_for_test.h"

namespace cip::stats {
namespace {

const Json& reference() { return statistics_reference().at("survival"); }

// Weeks of remission of 21 patients with acute leukaemia who took 6-mercaptopurine: E. J. Freireich
// et al., Blood 21 (1963); the example of nearly every textbook since.
std::vector<Lifetime> treated() {
  const std::vector<double> weeks = numbers_of(reference().at("treated"));
  const std::vector<double> ended = numbers_of(reference().at("ended"));
  std::vector<Lifetime> lifetimes;
  for (std::size_t at = 0; at < weeks.size(); ++at) lifetimes.push_back({weeks[at], ended[at] > 0});
  return lifetimes;
}

std::vector<Lifetime> placebo() {
  std::vector<Lifetime> lifetimes;
  for (const double weeks : numbers_of(reference().at("placebo")))
    lifetimes.push_back({weeks, true});
  return lifetimes;
}

struct Row {
  double time;
  std::size_t at_risk;
  double survival;
  double standard_error;
  double lower;
  double upper;
};

// As printed for these data by Stata's "sts list" (Greenwood, log(-log S)); D. G. Kleinbaum, M.
// Klein, "Survival Analysis" has the curve.
const std::vector<Row> kPublished = {
    {6, 21, 0.8571, 0.0764, 0.6197, 0.9516},  {7, 17, 0.8067, 0.0869, 0.5631, 0.9228},
    {10, 15, 0.7529, 0.0963, 0.5032, 0.8894}, {13, 12, 0.6902, 0.1068, 0.4316, 0.8491},
    {16, 11, 0.6275, 0.1141, 0.3675, 0.8049}, {22, 7, 0.5378, 0.1282, 0.2678, 0.7468},
    {23, 6, 0.4482, 0.1346, 0.1881, 0.6801}};

TEST(KaplanMeier, IsThePublishedCurveOfFreireichsPatients) {
  const SurvivalCurve curve = kaplan_meier(treated()).value();
  EXPECT_EQ(curve.num_subjects, 21U);
  EXPECT_EQ(curve.num_events, 9U);
  EXPECT_EQ(curve.median, 23);
  ASSERT_EQ(curve.points.size(), kPublished.size());
  for (std::size_t at = 0; at < kPublished.size(); ++at) {
    const SurvivalPoint& point = curve.points[at];
    const Row& row = kPublished[at];
    EXPECT_EQ(point.time, row.time);
    EXPECT_EQ(point.at_risk, row.at_risk);
    EXPECT_NEAR(point.survival, row.survival, 5e-5);
    EXPECT_NEAR(point.standard_error, row.standard_error, 5e-5);
    EXPECT_NEAR(point.lower, row.lower, 5e-5);
    EXPECT_NEAR(point.upper, row.upper, 5e-5);
  }
}

TEST(KaplanMeier, IsThatOfStatsmodels) {
  const SurvivalCurve curve = kaplan_meier(treated()).value();
  const std::vector<double> survival = numbers_of(reference().at("survival"));
  const std::vector<double> errors = numbers_of(reference().at("standard_error"));
  ASSERT_EQ(curve.points.size(), survival.size());
  for (std::size_t at = 0; at < survival.size(); ++at) {
    EXPECT_NEAR(curve.points[at].survival, survival[at], 1e-13);
    EXPECT_NEAR(curve.points[at].standard_error, errors[at], 1e-13);
  }
}

TEST(KaplanMeier, IsAShareWhereAllWereWatchedToTheEnd) {
  const SurvivalCurve curve = kaplan_meier(placebo()).value();
  EXPECT_NEAR(curve.at(8), 8.0 / 21, 1e-12);
  EXPECT_EQ(curve.at(0.5), 1);
  EXPECT_NEAR(curve.at(23), 0, 1e-12);
  EXPECT_EQ(curve.median, 8);
}

TEST(KaplanMeier, HasNoMedianWhileMostAreLeft) {
  const std::vector<Lifetime> lifetimes = {{3, true}, {9, false}, {9, false}};
  const SurvivalCurve curve = kaplan_meier(lifetimes).value();
  EXPECT_EQ(curve.median, std::nullopt);
  EXPECT_EQ(curve.points.size(), 1U);
}

TEST(KaplanMeier, RefusesWhatIsNoDuration) {
  EXPECT_EQ(kaplan_meier({}).error().code, Errc::Undefined);
  const std::vector<Lifetime> below = {{-1, true}};
  EXPECT_EQ(kaplan_meier(below).error().code, Errc::InvalidArgument);
  const std::vector<Lifetime> endless = {{std::numeric_limits<double>::infinity(), false}};
  EXPECT_EQ(kaplan_meier(endless).error().code, Errc::InvalidArgument);
}

TEST(LogRank, IsThatOfStatsmodels) {
  const std::vector<std::vector<Lifetime>> two = {treated(), placebo()};
  const LogRank found = log_rank(two).value();
  EXPECT_NEAR(found.chi_square, number_of(reference().at("log_rank").at(0)), 1e-10);
  EXPECT_NEAR(found.chi_square, 16.79, 5e-3) << "the published value";
  EXPECT_NEAR(found.p, number_of(reference().at("log_rank").at(1)), 1e-12);
  EXPECT_EQ(found.degrees_of_freedom, 1U);
}

TEST(LogRank, ComparesThreeGroupsAndSkipsEmptyOnes) {
  const std::vector<Lifetime> control = placebo();
  const std::vector<std::vector<Lifetime>> groups = {treated(),
                                                     {},
                                                     {control.begin(), control.begin() + 10},
                                                     {control.begin() + 10, control.end()}};
  const LogRank found = log_rank(groups).value();
  EXPECT_EQ(found.degrees_of_freedom, 2U);
  EXPECT_NEAR(found.chi_square, number_of(reference().at("log_rank_of_three").at(0)), 1e-9);
}

TEST(LogRank, NeedsTwoGroupsAndAnEvent) {
  const std::vector<std::vector<Lifetime>> alone = {treated(), {}};
  EXPECT_EQ(log_rank(alone).error().code, Errc::Undefined);
  const std::vector<std::vector<Lifetime>> nothing = {{{3, false}}, {{4, false}}};
  EXPECT_EQ(log_rank(nothing).error().code, Errc::Undefined);
}

}  // namespace
}  // namespace cip::stats
