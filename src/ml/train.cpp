#include "ml/train.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

#include "base/text.h"
#include "ml/baselines.h"
#include "ml/cross_validation.h"
#include "ml/leakage.h"

namespace cip::ml {
namespace {

constexpr std::size_t kMinRowsPerClass = 10;

// The rows that have a target, and nothing else.
struct Prepared {
  FeatureSet set;
  Outcomes outcomes;
  std::size_t num_without_target = 0;
};

Result<std::vector<double>> column_numbers(const frame::Table& table, const std::string& name) {
  const FeatureSpec spec{name, {}, {}, FeatureKind::Number};
  CIP_TRY_ASSIGN(const FeatureSet set, read_features(table, std::span(&spec, 1)));
  return set.values.column(0);
}

Result<void> check_targets(std::span<const double> targets, const std::string& name, Goal goal) {
  if (targets.size() < kMinRows) {
    return fail(Errc::Undefined, fmt::format("training needs {} customers with a '{}', found {}",
                                             kMinRows, name, targets.size()));
  }
  if (goal == Goal::Regression) {
    if (std::ranges::any_of(targets, [&](double value) { return value != targets[0]; })) return {};
    return fail(Errc::Undefined, fmt::format("'{}' is the same for every customer", name));
  }
  std::size_t num_positive = 0;
  for (const double value : targets) {
    if (value != 0 && value != 1) {
      return fail(Errc::InvalidArgument,
                  fmt::format("'{}' should be true or false, or 1 or 0, found {}", name, value));
    }
    num_positive += value > 0 ? 1 : 0;
  }
  const std::size_t num_negative = targets.size() - num_positive;
  if (std::min(num_positive, num_negative) >= kMinRowsPerClass) return {};
  return fail(Errc::Undefined,
              fmt::format("training needs {} customers with and {} without '{}', found {} and {}",
                          kMinRowsPerClass, kMinRowsPerClass, name, num_positive, num_negative));
}

// The column a baseline goes by, if it is there and is not the target itself.
Result<std::vector<double>> rule_column(const frame::Table& table, const TrainSpec& spec,
                                        Goal goal) {
  const std::string& name = goal == Goal::Classification ? spec.recency_column : spec.spend_column;
  if (name.empty() || name == spec.target) return std::vector<double>{};
  return column_numbers(table, name);
}

Result<Prepared> prepare(const frame::Table& table, const TrainSpec& spec, Goal goal) {
  Prepared prepared;
  CIP_TRY_ASSIGN(const std::vector<double> targets, column_numbers(table, spec.target));
  CIP_TRY_ASSIGN(const std::vector<double> rule, rule_column(table, spec, goal));
  CIP_TRY_ASSIGN(prepared.set, read_features(table, spec.features));

  std::vector<std::uint32_t> rows;
  for (std::uint32_t row = 0; row < targets.size(); ++row) {
    if (!std::isnan(targets[row])) rows.push_back(row);
  }
  prepared.num_without_target = targets.size() - rows.size();
  prepared.set.values = prepared.set.values.gathered(rows);
  prepared.outcomes.targets = gathered(targets, rows);
  if (!rule.empty()) prepared.outcomes.rule = gathered(rule, rows);
  CIP_TRY(check_targets(prepared.outcomes.targets, spec.target, goal));
  return prepared;
}

Outcomes chosen(const Outcomes& all, std::span<const std::uint32_t> rows) {
  return {gathered(all.targets, rows),
          all.rule.empty() ? std::vector<double>{} : gathered(all.rule, rows)};
}

std::vector<int> classes_of(std::span<const double> targets, Goal goal) {
  std::vector<int> classes(targets.size(), 0);
  if (goal == Goal::Regression) return classes;
  std::ranges::transform(targets, classes.begin(), [](double value) { return value > 0 ? 1 : 0; });
  return classes;
}

// Everything a candidate is tried on.
struct Arena {
  std::vector<Feature> features;
  Matrix train_rows;
  Matrix test_rows;
  Outcomes train;
  Outcomes test;
  std::vector<std::uint32_t> fold_of;
  Goal goal = Goal::Regression;
  std::uint64_t seed = 0;

  [[nodiscard]] TrainingData data() const {
    return {features, train_rows, train.targets, goal, seed};
  }
};

// The features that may be learned from; what is found against the others goes into `task`.
Result<FeatureSet> without_leaks(const Prepared& prepared, std::span<const std::uint32_t> train,
                                 TrainedTask& task) {
  const FeatureSet& set = prepared.set;
  const FeatureSet train_set{set.features, set.values.gathered(train)};
  LeakageReport leaks = find_leaks(train_set, gathered(prepared.outcomes.targets, train),
                                   task.target, goal_of(task.task));
  task.excluded = std::move(leaks.excluded);
  task.warnings = std::move(leaks.warnings);
  std::vector<std::size_t> kept;
  for (std::size_t at = 0; at < set.features.size(); ++at) {
    const bool is_excluded = std::ranges::any_of(task.excluded, [&](const Remark& remark) {
      return remark.feature == set.features[at].spec.name;
    });
    if (!is_excluded) kept.push_back(at);
  }
  if (!kept.empty()) return set.with_features(kept);
  std::string reasons;
  for (const Remark& remark : task.excluded) {
    reasons += fmt::format("; '{}': {}", remark.feature, remark.reason);
  }
  return fail(Errc::Undefined, "no feature is left to learn from" + reasons);
}

Result<Arena> arena_of(const Prepared& prepared, TrainedTask& task) {
  Arena arena;
  arena.goal = goal_of(task.task);
  arena.seed = task.seed;
  const std::vector<int> classes = classes_of(prepared.outcomes.targets, arena.goal);
  const Split split = split_stratified(classes, kTestShare, task.seed);
  CIP_TRY_ASSIGN(FeatureSet set, without_leaks(prepared, split.train, task));
  arena.features = std::move(set.features);
  arena.train_rows = set.values.gathered(split.train);
  arena.test_rows = set.values.gathered(split.test);
  arena.train = chosen(prepared.outcomes, split.train);
  arena.test = chosen(prepared.outcomes, split.test);
  arena.fold_of = assign_folds(classes_of(arena.train.targets, arena.goal), kNumFolds, task.seed);

  task.num_rows_without_target = prepared.num_without_target;
  task.num_rows_train = split.train.size();
  task.num_rows_test = split.test.size();
  return arena;
}

// A learner that was tried: all it takes to judge it and to put it to use.
struct Trial {
  Candidate candidate;
  std::shared_ptr<const FittedModel> model;
  Sigmoid sigmoid;
  double cut_off = 0;
  std::vector<ErrorBand> bands;
};

std::vector<double> probabilities(const Sigmoid& sigmoid, std::vector<double> scores) {
  for (double& score : scores) score = sigmoid.probability(score);
  return scores;
}

Result<Trial> try_learner(const Learner& learner, const Arena& arena,
                          const std::function<void()>& on_fit) {
  Trial trial;
  trial.candidate.learner = learner.name();
  trial.candidate.label = learner.label();
  const std::vector<double>& targets = arena.train.targets;
  CIP_TRY_ASSIGN(const std::vector<double> unseen,
                 out_of_fold_scores(learner, arena.data(), arena.fold_of, on_fit));
  CIP_TRY_ASSIGN(trial.model, learner.fit(arena.data()));
  on_fit();
  std::vector<double> tested = trial.model->scores(arena.test_rows);

  if (arena.goal == Goal::Regression) {
    trial.candidate.cross_validation = validate_regression(targets, unseen, arena.fold_of);
    trial.candidate.metrics = regression_metrics(arena.test.targets, tested);
    trial.bands = error_bands(targets, unseen, arena.goal);
    return trial;
  }
  trial.candidate.cross_validation = validate_classification(targets, unseen, arena.fold_of);
  trial.sigmoid = fit_sigmoid(targets, unseen);
  const std::vector<double> chances = probabilities(trial.sigmoid, unseen);
  trial.cut_off = best_cut_off(targets, chances);
  trial.bands = error_bands(targets, chances, arena.goal);
  trial.candidate.metrics = classification_metrics(
      arena.test.targets, probabilities(trial.sigmoid, std::move(tested)), trial.cut_off);
  return trial;
}

void take_into_use(Trial trial, const Arena& arena, TrainedTask& task) {
  task.in_use = trial.candidate.learner;
  task.model = std::move(trial.model);
  task.sigmoid = trial.sigmoid;
  task.error_bands = std::move(trial.bands);
  if (arena.goal == Goal::Classification) {
    task.cut_off_score = trial.cut_off;
    task.calibration = calibration_bins(arena.test.targets, task.predict(arena.test_rows));
  }
  const std::vector<double> importance = task.model->importance();
  for (std::size_t at = 0; at < arena.features.size(); ++at) {
    const Feature& feature = arena.features[at];
    task.features.push_back(
        {feature, profile_of(feature, arena.train_rows.column(at)), importance[at]});
  }
}

Result<void> choose_model(std::span<const std::unique_ptr<Learner>> learners, const Arena& arena,
                          TrainedTask& task, Progress& progress) {
  const std::string step = fmt::format("train {}", name_of(task.task));
  const std::uint64_t num_fits = learners.size() * (kNumFolds + 1);
  std::uint64_t num_done = 0;
  progress.report(step, 0, num_fits);
  const auto on_fit = [&] { progress.report(step, ++num_done, num_fits); };

  std::vector<Trial> trials;
  for (const auto& learner : learners) {
    CIP_TRY_ASSIGN(trials.emplace_back(), try_learner(*learner, arena, on_fit));
    task.candidates.push_back(trials.back().candidate);
  }
  const auto best = std::ranges::max_element(
      trials, {}, [](const Trial& trial) { return trial.candidate.cross_validation.mean; });
  take_into_use(std::move(*best), arena, task);
  progress.finish(step);
  return {};
}

TrainedTask task_of(Task kind, const TrainSpec& spec) {
  TrainedTask task;
  task.task = kind;
  task.label = spec.label;
  task.target = spec.target;
  task.seed = spec.seed;
  task.trained_at = spec.trained_at;
  task.cut_off = spec.cut_off;
  task.horizon_days = spec.horizon_days;
  return task;
}

}  // namespace

Result<TrainedTask> train_churn(const frame::Table& customers, const TrainSpec& spec,
                                Progress& progress) {
  TrainedTask task = task_of(Task::Churn, spec);
  task.primary_metric = "f1";
  CIP_TRY_ASSIGN(const Prepared prepared, prepare(customers, spec, Goal::Classification));
  CIP_TRY_ASSIGN(const Arena arena, arena_of(prepared, task));
  const auto& targets = arena.train.targets;
  task.base_rate =
      std::accumulate(targets.begin(), targets.end(), 0.0) / static_cast<double>(targets.size());
  const std::unique_ptr<Learner> learners[] = {boosted_trees_learner(),  // NOLINT(*-c-arrays)
                                               logistic_learner()};
  CIP_TRY(choose_model(learners, arena, task, progress));
  task.baselines = churn_baselines(arena.train, arena.test);
  return task;
}

Result<TrainedTask> train_lifetime_value(const frame::Table& customers, const TrainSpec& spec,
                                         Progress& progress) {
  TrainedTask task = task_of(Task::LifetimeValue, spec);
  task.primary_metric = "r2";
  CIP_TRY_ASSIGN(const Prepared prepared, prepare(customers, spec, Goal::Regression));
  CIP_TRY_ASSIGN(const Arena arena, arena_of(prepared, task));
  const std::unique_ptr<Learner> learners[] = {boosted_trees_learner(),  // NOLINT(*-c-arrays)
                                               ridge_learner()};
  CIP_TRY(choose_model(learners, arena, task, progress));
  task.baselines = lifetime_value_baselines(arena.train, arena.test);
  return task;
}

}  // namespace cip::ml
