// ml/evaluation.h: how good predictions are. Every number agrees with scikit-learn's of that name.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"

namespace cip::ml {

struct Metric {
  std::string name;
  double value;  // NaN where the data have none.
};
using Metrics = std::vector<Metric>;

[[nodiscard]] JsonObject to_json(const Metrics& metrics);

// Classification. `actual` holds 0 or 1, `predicted` a probability or any score that rises with it;
// both have the same, positive, number of rows. A row is called positive if predicted >= cut_off.

[[nodiscard]] double accuracy(std::span<const double> actual, std::span<const double> predicted,
                              double cut_off);

/// The harmonic mean of precision and recall; 0 if nothing is found.
[[nodiscard]] double f1(std::span<const double> actual, std::span<const double> predicted,
                        double cut_off);

/// The chance that a positive ranks above a negative, ties counting half. NaN with one class.
[[nodiscard]] double roc_auc(std::span<const double> actual, std::span<const double> predicted);

/// Average precision: precision at each threshold, weighted by the recall it adds. NaN without
/// positives. A random order gets the base rate.
[[nodiscard]] double pr_auc(std::span<const double> actual, std::span<const double> predicted);

/// Mean squared distance of probability and outcome.
[[nodiscard]] double brier(std::span<const double> actual, std::span<const double> predicted);

struct CalibrationBin {
  double predicted;  // Mean probability of the bin.
  double observed;   // Share of positives.
  std::size_t num_rows;
};

/// Bins of equal width over [0, 1]; empty ones are left out.
[[nodiscard]] std::vector<CalibrationBin> calibration_bins(std::span<const double> actual,
                                                           std::span<const double> predicted,
                                                           std::size_t num_bins = 10);

/// Expected calibration error: the distance of predicted and observed, weighted by rows.
///
/// Source:  M. P. Naeini et al., "Obtaining Well Calibrated Probabilities Using Bayesian Binning",
///          AAAI 2015.
[[nodiscard]] double calibration_error(std::span<const CalibrationBin> bins);

/// The predicted value that, used as cut-off, has the largest F1; the largest such value.
[[nodiscard]] double best_cut_off(std::span<const double> actual,
                                  std::span<const double> predicted);

/// Accuracy, F1, ROC-AUC, PR-AUC, Brier score and calibration error, in that order.
[[nodiscard]] Metrics classification_metrics(std::span<const double> actual,
                                             std::span<const double> predicted, double cut_off);

// Regression.

/// 1 - residual / total sum of squares; NaN if the actual values do not vary.
[[nodiscard]] double r2(std::span<const double> actual, std::span<const double> predicted);
[[nodiscard]] double rmse(std::span<const double> actual, std::span<const double> predicted);
[[nodiscard]] double mae(std::span<const double> actual, std::span<const double> predicted);

/// R2, RMSE and MAE, in that order.
[[nodiscard]] Metrics regression_metrics(std::span<const double> actual,
                                         std::span<const double> predicted);

struct Range {
  double low;
  double high;
};

/// Where a share that was seen `num_positive` times in `num_rows` lies, with the confidence that
/// belongs to z standard errors (1.2816 for 80 %).
///
/// Source:  E. B. Wilson, "Probable inference", JASA 22 (1927).
[[nodiscard]] Range wilson_interval(double num_positive, double num_rows, double z);

/// Platt's sigmoid: probability = 1 / (1 + exp(-(slope * score + intercept))).
///
/// Source:  J. Platt, "Probabilistic Outputs for Support Vector Machines" (1999), with his targets
///          (n+ + 1) / (n+ + 2) and 1 / (n- + 2), which keep it finite.
struct Sigmoid {
  double slope = 1;
  double intercept = 0;

  [[nodiscard]] double log_odds(double score) const noexcept { return slope * score + intercept; }
  [[nodiscard]] double probability(double score) const noexcept;
};

/// Fits the sigmoid to scores of rows the model has not learned from. If scores do not rise with
/// the outcome the sigmoid is left out (slope 1), as a falling one would turn the ranking around.
[[nodiscard]] Sigmoid fit_sigmoid(std::span<const double> actual, std::span<const double> scores);

}  // namespace cip::ml
