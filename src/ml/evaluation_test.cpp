#include "ml/evaluation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/json.h"
#include "base/random.h"

namespace cip::ml {
namespace {

using Values = std::vector<double>;

// By hand, on four rows. The agreement with scikit-learn is in
// reference_test.cpp.

const Values kActual = {0, 0, 1, 1};
const Values kPredicted = {0.1, 0.4, 0.35, 0.8};

TEST(Metrics, MatchAHandCount) {
  EXPECT_DOUBLE_EQ(roc_auc(kActual, kPredicted), 0.75);
  EXPECT_DOUBLE_EQ(pr_auc(kActual, kPredicted), 0.5 * 1 + 0.5 * 2 / 3);
  EXPECT_DOUBLE_EQ(accuracy(kActual, kPredicted, 0.4), 0.5);
  EXPECT_DOUBLE_EQ(f1(kActual, kPredicted, 0.35), 0.8);
  EXPECT_DOUBLE_EQ(best_cut_off(kActual, kPredicted), 0.35);
}

TEST(Metrics, GiveHalfToARankingThatSaysNothing) {
  const Values same(4, 0.5);
  EXPECT_DOUBLE_EQ(roc_auc(kActual, same), 0.5);
  EXPECT_DOUBLE_EQ(pr_auc(kActual, same), 0.5);
}

TEST(Metrics, HaveNoValueWhereTheDataHaveNone) {
  const Values none = {0, 0, 0, 0};
  EXPECT_TRUE(std::isnan(roc_auc(none, kPredicted)));
  EXPECT_TRUE(std::isnan(pr_auc(none, kPredicted)));
  EXPECT_TRUE(std::isnan(r2(none, kPredicted)));
  EXPECT_EQ(f1(none, kPredicted, 0.9), 0);
  EXPECT_EQ(to_json({{"roc_auc", std::nan("")}}), (JsonObject{{"roc_auc", nullptr}}));
}

TEST(Calibration, WeighsTheDistanceOfEachBin) {
  const Values actual = {0, 1, 1, 1};
  const Values predicted = {0.22, 0.28, 0.93, 1.0};
  const auto bins = calibration_bins(actual, predicted);
  ASSERT_EQ(bins.size(), 2U);
  EXPECT_DOUBLE_EQ(bins[0].predicted, 0.25);
  EXPECT_DOUBLE_EQ(bins[0].observed, 0.5);
  EXPECT_EQ(bins[1].num_rows, 2U);
  EXPECT_DOUBLE_EQ(calibration_error(bins), (0.25 * 2 + 0.035 * 2) / 4);
}

TEST(WilsonInterval, IsThatOfTheTextbook) {
  // R. G. Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263,
  // method 3.
  const Range range = wilson_interval(81, 263, 1.959963984540054);
  EXPECT_NEAR(range.low, 0.2553, 5e-5);
  EXPECT_NEAR(range.high, 0.3662, 5e-5);
  EXPECT_EQ(wilson_interval(0, 20, 1.96).low, 0);
}

TEST(Sigmoid, TakesExaggeratedLogOddsBack) {
  Random random(3);
  Values actual;
  Values scores;
  for (int row = 0; row < 20'000; ++row) {
    const double log_odds = 1.5 * random.normal() - 1;
    actual.push_back(random.uniform() < 1 / (1 + std::exp(-log_odds)) ? 1 : 0);
    scores.push_back(3 * log_odds + 2);
  }
  const Sigmoid sigmoid = fit_sigmoid(actual, scores);
  EXPECT_NEAR(sigmoid.slope, 1.0 / 3, 0.02);
  EXPECT_NEAR(sigmoid.intercept, -2.0 / 3, 0.05);
}

TEST(Sigmoid, NeverTurnsARankingAround) {
  const Values falling = {4, 3, 2, 1};
  EXPECT_EQ(fit_sigmoid(kActual, falling).slope, 1);
}

TEST(Sigmoid, StaysFiniteWhenTheClassesDoNotOverlap) {
  const Sigmoid sigmoid = fit_sigmoid({{0, 0, 1, 1}}, Values{-100, -90, 90, 100});
  EXPECT_GT(sigmoid.slope, 0);
  EXPECT_TRUE(std::isfinite(sigmoid.slope));
  EXPECT_LT(sigmoid.probability(-100), 0.5);
}

}  // namespace
}  // namespace cip::ml
