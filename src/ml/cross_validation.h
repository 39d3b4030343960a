// ml/cross_validation.h: how a learner does on rows it has not seen, while it is being chosen.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/result.h"
#include "ml/learner.h"
#include "ml/trained_task.h"

namespace cip::ml {

/// The score of every training row by a model that was fitted without the row's fold.
///
/// Shape:   one score per row of `data`; `fold_of` holds the fold of each.
/// Errors:  those of the learner
Result<std::vector<double>> out_of_fold_scores(const Learner& learner, const TrainingData& data,
                                               std::span<const std::uint32_t> fold_of,
                                               const std::function<void()>& on_fit);

/// R2 of each fold's out-of-fold scores.
[[nodiscard]] CrossValidation validate_regression(std::span<const double> targets,
                                                  std::span<const double> scores,
                                                  std::span<const std::uint32_t> fold_of);

/// F1 of each fold, at the cut-off that is best for the other folds: a fold has no say in the
/// cut-off it is judged by.
[[nodiscard]] CrossValidation validate_classification(std::span<const double> targets,
                                                      std::span<const double> scores,
                                                      std::span<const std::uint32_t> fold_of);

/// Bands of about equally many out-of-fold predictions, with the range in which 8 of 10 outcomes
/// lay: the 10 % and 90 % quantile of the errors, or Wilson's interval of the share of positives.
[[nodiscard]] std::vector<ErrorBand> error_bands(std::span<const double> targets,
                                                 std::span<const double> predictions, Goal goal);

}  // namespace cip::ml
