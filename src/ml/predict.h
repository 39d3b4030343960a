// ml/predict.h: one answer and its reasons.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "ml/leakage.h"
#include "ml/trained_task.h"

namespace cip::ml {

struct Contribution {
  std::string feature;
  std::string label;
  Json value;           // A number, a category, or null if missing.
  double contribution;  // In the unit of the output.
};

struct Prediction {
  Task task = Task::Churn;
  std::string learner;
  int version = 0;
  double value = 0;           // A probability, or currency.
  std::optional<double> low;  // 8 of 10 such customers end between low and high.
  std::optional<double> high;
  double base = 0;  // Where the sum starts: base + contributions = value, to the last digits.
  std::vector<Contribution> contributions;  // Largest first.
  std::vector<Remark> flags;                // Values a form should warn of.

  /// As the API's /predict shows it, but for the customer and the time it took.
  [[nodiscard]] Json to_json() const;
};

/// Predicts from named values: a customer's own, a form's, or one laid over the other.
///
/// Method:   the model's exact contributions. Those of a probability are in log-odds first; each is
///           then multiplied by the mean slope of the sigmoid between the base and the output,
///           (p - p_base) / (l - l_base), so that they still add up and keep their order and
///           proportion. Their base is the probability at the mean log-odds of the training rows,
///           not the base rate: the two differ as the sigmoid is curved.
/// Interval: see ErrorBand; Wilson's 80 % interval of the outcomes of such predictions, widened to
///           hold the value, or the 10 % and 90 % quantile of the errors of such predictions.
/// Errors:   InvalidArgument  as encode_row()
Result<Prediction> predict(const TrainedTask& task, const JsonObject& values);

}  // namespace cip::ml
