#include "ml/train.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "ml/predict.h"
#include "ml/test_customers.h"

namespace cip::ml {
namespace {

using testing::HasSubstr;

// Never destroyed: XGBoost keeps state per thread that is gone before statics
// go.

const TrainedTask& churn() {
  static const auto* const task =
      new TrainedTask(train_churn(test_customers(1500), churn_spec()).value());
  return *task;
}

const TrainedTask& lifetime_value() {
  static const auto* const task =
      new TrainedTask(train_lifetime_value(test_customers(1500), lifetime_value_spec()).value());
  return *task;
}

double metric(const Metrics& metrics, const std::string& name) {
  const auto found = std::ranges::find(metrics, name, [](const Metric& at) { return at.name; });
  return found == metrics.end() ? std::nan("") : found->value;
}

const Candidate& in_use(const TrainedTask& task) {
  return *std::ranges::find(task.candidates, task.in_use,
                            [](const Candidate& at) { return at.learner; });
}

TEST(TrainChurn, FindsTheTruthThatIsInTheData) {
  const Metrics& found = in_use(churn()).metrics;
  const Metrics& base_rate = churn().baselines.at(0).metrics;
  const Metrics& silence = churn().baselines.at(1).metrics;
  EXPECT_GT(metric(found, "f1"), metric(silence, "f1"));
  EXPECT_GT(metric(found, "roc_auc"), 0.85);
  EXPECT_GT(metric(silence, "roc_auc"), 0.7);
  EXPECT_LT(metric(found, "brier"), 0.7 * metric(base_rate, "brier"));
  EXPECT_LT(metric(found, "calibration_error"),
            0.1);  // Chance alone makes 0.05 of 300 rows.
}

TEST(TrainChurn, TakesTheCandidateWithTheBetterF1OutOfFold) {
  ASSERT_EQ(churn().candidates.size(), 2U);
  for (const Candidate& candidate : churn().candidates) {
    EXPECT_EQ(candidate.cross_validation.folds.size(), kNumFolds);
    EXPECT_LE(candidate.cross_validation.mean, in_use(churn()).cross_validation.mean);
  }
}

TEST(TrainChurn, CountsItsRows) {
  EXPECT_EQ(churn().num_rows_train + churn().num_rows_test, 1500U);
  EXPECT_EQ(churn().num_rows_test, 300U);
  std::size_t in_bins = 0;
  for (const CalibrationBin& bin : churn().calibration) in_bins += bin.num_rows;
  EXPECT_EQ(in_bins, 300U);
}

TEST(TrainChurn, GivesTheSameModelForTheSameSeed) {
  const frame::Table table = test_customers(400);
  const TrainedTask first = train_churn(table, churn_spec()).value();
  const TrainedTask second = train_churn(table, churn_spec()).value();
  EXPECT_EQ(to_text(first.to_json()), to_text(second.to_json()));
  EXPECT_EQ(to_text(first.save().document), to_text(second.save().document));
  EXPECT_EQ(first.save().artefact, second.save().artefact);
}

TEST(TrainChurn, DoesNotLearnFromTestRows) {
  // The profile is of training rows only, so an outlier among the test rows
  // does not show in it.
  const frame::Table table = test_customers(400);
  const auto targets = table["churned"].to_doubles().value();
  std::vector<int> classes;
  classes.reserve(targets.size());
  for (const double target : targets) classes.push_back(target > 0 ? 1 : 0);
  const Split split = split_stratified(classes, kTestShare, kDefaultSeed);
  std::vector<std::uint32_t> rows(table.num_rows());
  std::iota(rows.begin(), rows.end(), 0U);
  // All test rows become copies of one of them; training rows stay as they
  // were.
  for (const std::uint32_t row : split.test) {
    if (classes[row] == classes[split.test[0]]) rows[row] = split.test[0];
  }
  std::vector<frame::Column> columns;
  for (const frame::Column& column : table.columns()) columns.push_back(column.gathered(rows));
  const frame::Table changed = frame::Table::make(std::move(columns)).value();
  const TrainedTask first = train_churn(table, churn_spec()).value();
  const TrainedTask second = train_churn(changed, churn_spec()).value();
  EXPECT_EQ(to_text(first.save().document.at("prediction")),
            to_text(second.save().document.at("prediction")));
  EXPECT_EQ(first.save().artefact, second.save().artefact);
}

TEST(TrainLifetimeValue, BeatsTheMeanAndSaysHowPastSpendDoes) {
  const TrainedTask& task = lifetime_value();
  EXPECT_GT(metric(in_use(task).metrics, "r2"), 0.6);
  EXPECT_LT(metric(task.baselines.at(0).metrics, "r2"), 0.01);
  EXPECT_EQ(task.baselines.at(1).name, "past_spend");
  EXPECT_TRUE(task.calibration.empty());
  EXPECT_FALSE(task.cut_off_score);
}

TEST(TrainLifetimeValue, LeavesOutTheFactorsOfItsTarget) {
  TrainSpec spec = lifetime_value_spec();
  spec.target = "total_spent";
  const TrainedTask task = train_lifetime_value(test_customers(600), spec).value();
  ASSERT_EQ(task.excluded.size(), 2U);
  EXPECT_THAT(task.excluded[0].reason,
              HasSubstr("transaction_count × average_amount equals total_spent"));
  for (const TrainedFeature& feature : task.features) {
    EXPECT_NE(feature.feature.spec.name, "average_amount");
    EXPECT_NE(feature.feature.spec.name, "transaction_count");
  }
  EXPECT_EQ(task.baselines.size(),
            1U);  // Past spend would be the target itself.
}

TEST(TrainedTask, ComesBackFromItsFilesDigitByDigit) {
  for (const TrainedTask* task : {&churn(), &lifetime_value()}) {
    const SavedModel saved = task->save();
    const auto restored =
        TrainedTask::restore({parse_json(to_pretty_text(saved.document)).value(), saved.artefact});
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_EQ(to_text(restored->to_json()), to_text(task->to_json()));
    const JsonObject values{
        {"recency_days", 212}, {"transaction_count", 3}, {"segment", "Regular"}};
    EXPECT_EQ(to_text(predict(*restored, values)->to_json()),
              to_text(predict(*task, values)->to_json()));
  }
}

TEST(TrainedTask, IsNotRestoredFromADocumentWithAHole) {
  for (const char* name : {"report", "prediction"}) {
    SavedModel saved = churn().save();
    saved.document.as_object().erase(name);
    EXPECT_EQ(TrainedTask::restore(saved).error().code, Errc::InvalidArgument) << name;
  }
  for (const char* name : {"task", "features", "candidates", "trained_at", "excluded"}) {
    SavedModel saved = churn().save();
    saved.document.as_object()["report"].as_object().erase(name);
    EXPECT_THAT(TrainedTask::restore(saved).error().message, HasSubstr(name));
  }
}

TEST(Training, RefusesDataThatTeachNothing) {
  const frame::Table few = test_customers(30);
  EXPECT_EQ(train_churn(few, churn_spec()).error().message,
            "training needs 50 customers with a 'churned', found 30");
  TrainSpec amount = churn_spec();
  amount.target = "total_spent";
  EXPECT_EQ(train_churn(test_customers(100), amount).error().code, Errc::InvalidArgument);
  TrainSpec unknown = churn_spec();
  unknown.target = "churn";
  EXPECT_THAT(train_churn(test_customers(100), unknown).error().message,
              HasSubstr("did you mean 'churned'"));
  TrainSpec nothing = lifetime_value_spec();
  nothing.features = {{"future_spend", "Future spend", "currency"}};
  EXPECT_THAT(train_lifetime_value(test_customers(100), nothing).error().message,
              HasSubstr("no feature is left to learn from; 'future_spend': it equals"));
}

class Heard : public Progress {
 public:
  void report(std::string_view step, std::uint64_t done, std::uint64_t total) override {
    steps.emplace(step);
    EXPECT_LE(done, total);
    last = done;
  }
  void finish(std::string_view /*step*/) override { is_finished = true; }

  std::set<std::string> steps;
  std::uint64_t last = 0;
  bool is_finished = false;
};

TEST(Training, SaysHowFarItIs) {
  Heard heard;
  ASSERT_TRUE(train_lifetime_value(test_customers(200), lifetime_value_spec(), heard));
  EXPECT_EQ(heard.last, 12U);
  EXPECT_TRUE(heard.is_finished);
  EXPECT_THAT(heard.steps, testing::ElementsAre("train lifetime_value"));
}

// Predictions.

double sum_of(const Prediction& prediction) {
  double sum = prediction.base;
  for (const Contribution& at : prediction.contributions) sum += at.contribution;
  return sum;
}

TEST(Predict, AddsUpToItsOutput) {
  const frame::Table table = test_customers(200, 99);
  for (const TrainedTask* task : {&churn(), &lifetime_value()}) {
    std::vector<Feature> features;
    for (const TrainedFeature& at : task->features) features.push_back(at.feature);
    for (std::size_t row = 0; row < 100; ++row) {
      const Prediction found = predict(*task, form_values(table, row, features)).value();
      EXPECT_NEAR(sum_of(found), found.value, 1e-12 * std::max(1.0, std::abs(found.value)));
      ASSERT_TRUE(found.low && found.high);
      EXPECT_LE(*found.low, found.value);
      EXPECT_GE(*found.high, found.value);
    }
  }
}

TEST(Predict, AgreesWithTheWholeTableAtOnce) {
  const frame::Table table = test_customers(50, 99);
  std::vector<FeatureSpec> specs;
  std::vector<Feature> features;
  for (const TrainedFeature& at : churn().features) {
    specs.push_back(at.feature.spec);
    features.push_back(at.feature);
  }
  const std::vector<double> all = churn().predict(read_features(table, specs)->values);
  for (std::size_t row = 0; row < all.size(); ++row) {
    EXPECT_DOUBLE_EQ(predict(churn(), form_values(table, row, features))->value, all[row]);
  }
}

TEST(Predict, SeesSilenceAsARisk) {
  const JsonObject loyal{{"recency_days", 10}, {"transaction_count", 18}, {"segment", "Premium"}};
  const JsonObject gone{{"recency_days", 280}, {"transaction_count", 2}, {"segment", "Occasional"}};
  EXPECT_LT(predict(churn(), loyal)->value, 0.2);
  EXPECT_GT(predict(churn(), gone)->value, 0.8);
  const Prediction found = predict(churn(), gone).value();
  EXPECT_EQ(found.contributions[0].feature, "recency_days");
  EXPECT_GT(found.contributions[0].contribution, 0);
}

TEST(Predict, HoldsEightOfTenOutcomesInItsInterval) {
  const frame::Table fresh = test_customers(1000, 1234);
  const auto actual = fresh["future_spend"].to_doubles().value();
  std::vector<Feature> features;
  for (const TrainedFeature& at : lifetime_value().features) features.push_back(at.feature);
  int num_inside = 0;
  for (std::size_t row = 0; row < actual.size(); ++row) {
    const Prediction found = predict(lifetime_value(), form_values(fresh, row, features)).value();
    num_inside += actual[row] >= *found.low && actual[row] <= *found.high ? 1 : 0;
  }
  EXPECT_NEAR(num_inside, 800, 60);
}

TEST(Predict, WarnsOfValuesItHasNotLearnedFrom) {
  const Prediction found =
      predict(churn(),
              {{"recency_days", 4000}, {"transaction_count", 20}, {"age", 40}, {"segment", "Gold"}})
          .value();
  std::vector<std::string> flags;
  for (const Remark& flag : found.flags) flags.push_back(flag.feature + ": " + flag.reason);
  EXPECT_THAT(flags, testing::ElementsAre("recency_days: outside the range of known "
                                          "customers, 0 to 299",
                                          "average_amount: missing",
                                          "segment: not among the values the model "
                                          "has learned from, counts as missing"));
}

TEST(Predict, RefusesWhatIsNoFeature) {
  EXPECT_EQ(predict(churn(), {{"shoe_size", 42}}).error().code, Errc::InvalidArgument);
}

}  // namespace
}  // namespace cip::ml
