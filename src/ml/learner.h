// ml/learner.h: what every learner promises, and the ones there are.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "ml/features.h"
#include "ml/matrix.h"

namespace cip::ml {

enum class Goal { Regression, Classification };

/// Where a score comes from. The score of a regression is in the unit of its target, that of a
/// classification is the log-odds of the positive class.
struct Explanation {
  double base;                        // The score of nobody in particular.
  std::vector<double> contributions;  // One per feature.
  double score;                       // base + the sum of the contributions.
};

/// Immutable; safe to use from several threads. It must not outlive main(), as a static would:
/// XGBoost keeps state per thread, which is gone by then.
class FittedModel {
 public:
  virtual ~FittedModel() = default;

  [[nodiscard]] virtual std::string_view learner() const noexcept = 0;

  /// One score per row; the columns are those of the features it was fitted on.
  [[nodiscard]] virtual std::vector<double> scores(const Matrix& rows) const = 0;

  /// Additive and exact, see the learners for the method.
  [[nodiscard]] virtual Explanation explain(std::span<const double> row) const = 0;

  /// One share per feature; they sum to 1 (or are all 0, if nothing was learned).
  [[nodiscard]] virtual std::vector<double> importance() const = 0;

  /// What restore_model() needs: readable parameters, and bytes for those too large to read.
  [[nodiscard]] virtual Json parameters() const = 0;
  [[nodiscard]] virtual std::string artefact() const = 0;
};

struct TrainingData {
  std::span<const Feature> features;
  const Matrix& rows;               // Training rows only.
  std::span<const double> targets;  // One per row; 0 or 1 for a classification.
  Goal goal;
  std::uint64_t seed;
};

class Learner {
 public:
  virtual ~Learner() = default;

  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  [[nodiscard]] virtual std::string_view label() const noexcept = 0;

  /// Errors:  Undefined  these data have no such model: no rows, a single class, no convergence
  [[nodiscard]] virtual Result<std::shared_ptr<const FittedModel>> fit(
      const TrainingData& data) const = 0;
};

/// Ridge regression: squared error plus alpha times the squared coefficients, of standardised
/// columns (design.h); the intercept is not penalised.
///
/// Method:   the normal equations, solved by Cholesky; the same numbers as scikit-learn's Ridge.
/// Explains: coefficient times distance from the training mean, summed over a feature's columns.
/// Source:   A. E. Hoerl, R. W. Kennard, "Ridge Regression", Technometrics 12 (1970).
[[nodiscard]] std::unique_ptr<Learner> ridge_learner(double alpha = 1.0);

/// Logistic regression with an L2 penalty: half the squared coefficients plus C times the log-loss,
/// of standardised columns; the intercept is not penalised.
///
/// Method:   Newton's method with step halving until the gradient is below 1e-9 per row; the
/// optimum
///           that scikit-learn's LogisticRegression approaches.
/// Explains: as ridge, in log-odds.
[[nodiscard]] std::unique_ptr<Learner> logistic_learner(double c = 1.0);

struct BoostedTreesOptions {
  int num_trees = 100;
  int max_depth = 5;
  double learning_rate = 0.1;
};

/// Gradient boosted trees (XGBoost, histogram method). It learns from missing values as they are;
/// categories are split by their codes.
///
/// Method:   starts at the mean of the target (the log-odds of the base rate), so that the first
///           tree already speaks of differences. One thread: the same trees on every machine.
/// Explains: exact SHAP values (S. M. Lundberg et al., "From local explanations to global
///           understanding with explainable AI for trees", Nature Machine Intelligence 2 (2020)).
[[nodiscard]] std::unique_ptr<Learner> boosted_trees_learner(BoostedTreesOptions options = {});

/// A model from what its parameters() and artefact() gave.
///
/// Errors:  InvalidArgument  no learner has that name, or the parameters are not its own
Result<std::shared_ptr<const FittedModel>> restore_model(std::string_view learner,
                                                         const Json& parameters,
                                                         std::string_view artefact,
                                                         std::size_t num_features);

}  // namespace cip::ml
