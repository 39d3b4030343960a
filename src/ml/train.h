// ml/train.h: from a table with one row per customer to a model that may be used.
//
// The table is a query's answer; this module knows nothing of where it came from. For an honest
// model its features are of the time before a cut-off date and its target is of the time after it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/progress.h"
#include "base/result.h"
#include "frame/table.h"
#include "ml/features.h"
#include "ml/split.h"
#include "ml/trained_task.h"

namespace cip::ml {

struct TrainSpec {
  std::string label;   // "Chance to leave in the next 90 days"
  std::string target;  // Column of the table; rows without it are not used.
  std::vector<FeatureSpec> features;
  std::uint64_t seed = kDefaultSeed;
  Micros trained_at = 0;
  std::optional<Days> cut_off;
  std::optional<int> horizon_days;
  std::string recency_column;  // For the baseline "long silence means gone"; empty for none.
  std::string spend_column;    // For the baseline "spends as before"; empty for none.
};

/// Fewer rows than this teach nothing that a test could tell from chance.
inline constexpr std::size_t kMinRows = 50;

/// Learns who leaves: XGBoost and logistic regression, the better one by F1 in 5-fold
/// cross-validation of the training rows.
///
/// Shape:    `target` is 0/1 or true/false, at least kMinRows rows of it, 10 of each class.
/// Method:   80/20 split, stratified; features that know the answer left out (leakage.h); log-odds
///           turned into probabilities by Platt's sigmoid on out-of-fold scores; the cut-off has
///           the best F1 out of fold, and F1 of a fold is taken at the cut-off of the other folds.
///           The test rows are used once, at the end.
/// Errors:   InvalidArgument  a column is not there or has the wrong type
///           Undefined        too few rows, one class only, or no feature is left
Result<TrainedTask> train_churn(const frame::Table& customers, const TrainSpec& spec,
                                Progress& progress = no_progress());

/// Learns what a customer will spend: XGBoost and ridge regression, the better one by R2 in 5-fold
/// cross-validation. Errors and method as train_churn(), without classes.
Result<TrainedTask> train_lifetime_value(const frame::Table& customers, const TrainSpec& spec,
                                         Progress& progress = no_progress());

}  // namespace cip::ml
