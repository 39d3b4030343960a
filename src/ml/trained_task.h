// ml/trained_task.h: all that is known of a trained task: what it was taught, how good it is, what
// it may not do, and the model itself.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/json.h"
#include "base/result.h"
#include "ml/evaluation.h"
#include "ml/features.h"
#include "ml/leakage.h"
#include "ml/learner.h"

namespace cip::ml {

enum class Task { Churn, LifetimeValue };

[[nodiscard]] std::string_view name_of(Task task) noexcept;  // "churn", "lifetime_value"
[[nodiscard]] Goal goal_of(Task task) noexcept;

/// The primary metric (F1 or R2) of the folds a learner was not fitted on.
struct CrossValidation {
  double mean = 0;
  double sd = 0;  // Of the folds, n - 1.
  std::vector<double> folds;
};

struct Candidate {
  std::string learner;
  std::string label;
  Metrics metrics;  // On the test rows.
  CrossValidation cross_validation;
};

struct Baseline {
  std::string name;
  std::string label;
  Metrics metrics;  // On the same test rows.
};

struct TrainedFeature {
  Feature feature;
  FeatureProfile profile;  // Of the training rows.
  double importance = 0;
};

/// How far outcomes lay from predictions near this one, in cross-validation. For a regression `low`
/// and `high` are added to the prediction; for a probability they are shares.
struct ErrorBand {
  double up_to;  // Predictions up to this one; the last band has no end.
  double low;
  double high;
};

/// What a model's files hold: its document, and bytes nobody reads.
struct SavedModel {
  Json document;
  std::string artefact;
};

struct TrainedTask {
  Task task = Task::Churn;
  std::string label;
  std::string target;
  int version = 0;  // Given by the registry; 0 until then.
  Micros trained_at = 0;
  std::optional<Days> cut_off;
  std::optional<int> horizon_days;
  std::uint64_t seed = 0;
  std::size_t num_rows_train = 0;
  std::size_t num_rows_test = 0;
  std::size_t num_rows_without_target = 0;
  std::optional<double> base_rate;  // Of the training rows.
  std::string in_use;
  std::string primary_metric;
  std::vector<Candidate> candidates;
  std::vector<Baseline> baselines;
  std::vector<TrainedFeature> features;
  std::vector<Remark> excluded;
  std::vector<Remark> warnings;
  std::vector<CalibrationBin> calibration;  // Of the test rows; empty for a regression.
  std::optional<double> cut_off_score;      // A probability from here on counts as churn.

  Sigmoid sigmoid;  // From log-odds of the model to a probability.
  std::vector<ErrorBand> error_bands;
  std::shared_ptr<const FittedModel> model;

  /// The task as the API's /models shows it.
  [[nodiscard]] Json to_json() const;

  [[nodiscard]] SavedModel save() const;

  /// Errors:  InvalidArgument  not what save() made; says what is missing
  static Result<TrainedTask> restore(const SavedModel& saved);

  /// Predictions in the unit of the task, for rows whose columns are `features`.
  [[nodiscard]] std::vector<double> predict(const Matrix& rows) const;
};

}  // namespace cip::ml
