#include "ml/learner.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "base/json.h"
#include "ml/features.h"
#include "ml/test_customers.h"

namespace cip::ml {
namespace {

struct Taught {
  FeatureSet set;
  std::vector<double> targets;
  std::shared_ptr<const FittedModel> model;
};

Taught teach(const Learner& learner, Goal goal) {
  const frame::Table table = test_customers(600);
  Taught taught;
  taught.set = read_features(table, test_features()).value();
  taught.targets =
      table[goal == Goal::Classification ? "churned" : "future_spend"].to_doubles().value();
  taught.model =
      learner.fit({taught.set.features, taught.set.values, taught.targets, goal, 42}).value();
  return taught;
}

class EveryLearner : public testing::TestWithParam<std::string> {
 protected:
  static Taught taught() {
    if (GetParam() == "ridge") return teach(*ridge_learner(), Goal::Regression);
    if (GetParam() == "logistic_regression")
      return teach(*logistic_learner(), Goal::Classification);
    if (GetParam() == "xgboost") return teach(*boosted_trees_learner(), Goal::Classification);
    return teach(*boosted_trees_learner(), Goal::Regression);
  }
};

TEST_P(EveryLearner, ExplainsItsScoreToTheLastDigit) {
  const Taught taught = EveryLearner::taught();
  const std::vector<double> scores = taught.model->scores(taught.set.values);
  for (std::size_t row = 0; row < 50; ++row) {
    const Explanation found = taught.model->explain(taught.set.values.row(row));
    ASSERT_EQ(found.contributions.size(), taught.set.features.size());
    const double sum =
        std::accumulate(found.contributions.begin(), found.contributions.end(), found.base);
    EXPECT_NEAR(sum, found.score, 1e-12 * std::max(1.0, std::abs(found.score)));
    EXPECT_EQ(found.score, scores[row]);
  }
}

TEST_P(EveryLearner, StartsEveryExplanationAtTheSameBase) {
  const Taught taught = EveryLearner::taught();
  const double base = taught.model->explain(taught.set.values.row(0)).base;
  for (std::size_t row = 1; row < 50; ++row) {
    // Single precision inside XGBoost; see boosted_trees.cpp.
    EXPECT_NEAR(taught.model->explain(taught.set.values.row(row)).base, base,
                1e-5 * std::max(1.0, std::abs(base)));
  }
}

TEST_P(EveryLearner, ComesBackFromWhatItSaved) {
  const Taught taught = EveryLearner::taught();
  const FittedModel& model = *taught.model;
  const Json parameters = parse_json(to_text(model.parameters())).value();
  const auto restored =
      restore_model(model.learner(), parameters, model.artefact(), taught.set.features.size());
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ((*restored)->scores(taught.set.values), model.scores(taught.set.values));
  EXPECT_EQ((*restored)->importance(), model.importance());
}

TEST_P(EveryLearner, SharesItsImportanceOut) {
  const Taught taught = EveryLearner::taught();
  const std::vector<double> shares = taught.model->importance();
  EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), 1, 1e-12);
  // Silence and orders decide, or orders and their average; age says nothing.
  EXPECT_GT(shares[0] + shares[1] + shares[2], 0.5);
  EXPECT_LT(shares[3], 0.2);
}

TEST_P(EveryLearner, LivesWithMissingAndAbsurdValues) {
  const Taught taught = EveryLearner::taught();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isfinite(taught.model->explain(std::vector<double>(5, nan)).score));
  EXPECT_TRUE(
      std::isfinite(taught.model->explain(std::vector<double>{1e300, -1e300, 0, 5, 1}).score));
}

INSTANTIATE_TEST_SUITE_P(Learners, EveryLearner,
                         testing::Values("ridge", "logistic_regression", "xgboost",
                                         "xgboost_regression"),
                         [](const auto& name) { return name.param; });

TEST(Learners, RefuseWhatCannotBeLearned) {
  const std::vector<Feature> features = {{{"x", "X", ""}, {}}};
  Matrix rows(4, 1);
  const std::vector<double> same(4, 1.0);
  const TrainingData data{features, rows, same, Goal::Classification, 42};
  EXPECT_EQ(logistic_learner()->fit(data).error().code, Errc::Undefined);
  EXPECT_EQ(boosted_trees_learner()->fit(data).error().code, Errc::Undefined);
  const Matrix no_rows(0, 1);
  const TrainingData nothing{features, no_rows, {}, Goal::Regression, 42};
  EXPECT_EQ(ridge_learner()->fit(nothing).error().code, Errc::Undefined);
  EXPECT_EQ(boosted_trees_learner()->fit(nothing).error().code, Errc::Undefined);
}

TEST(Learners, AreNotRestoredFromForeignBytes) {
  EXPECT_EQ(restore_model("xgboost", JsonObject{}, "not a model", 3).error().code,
            Errc::InvalidArgument);
  EXPECT_EQ(restore_model("xgboost", JsonObject{}, "", 3).error().code, Errc::InvalidArgument);
  EXPECT_EQ(restore_model("ridge", JsonObject{}, "", 3).error().code, Errc::InvalidArgument);
  EXPECT_EQ(restore_model("forest", JsonObject{}, "", 3).error().code, Errc::InvalidArgument);
}

TEST(BoostedTrees, AreNotRestoredForOtherFeatures) {
  const Taught taught = teach(*boosted_trees_learner(), Goal::Regression);
  EXPECT_EQ(restore_model("xgboost", JsonObject{}, taught.model->artefact(), 4).error().message,
            "the trees should use 4 features, found 5");
}

}  // namespace
}  // namespace cip::ml
