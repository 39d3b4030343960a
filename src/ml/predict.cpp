#include "ml/predict.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/json.h"
#include "base/number.h"
#include "base/text.h"

namespace cip::ml {
namespace {

// From log-odds to probability: every contribution times the mean slope of the sigmoid between the
// base and the output, which is its derivative where the two meet.
Explanation in_probability(const Explanation& scores, const Sigmoid& sigmoid) {
  const double from = sigmoid.log_odds(scores.base);
  const double to = sigmoid.log_odds(scores.score);
  Explanation explanation{sigmoid.probability(scores.base), {}, sigmoid.probability(scores.score)};
  const double slope = std::abs(to - from) > 1e-6
                           ? (explanation.score - explanation.base) / (to - from)
                           : explanation.score * (1 - explanation.score);
  for (const double contribution : scores.contributions) {
    explanation.contributions.push_back(contribution * sigmoid.slope * slope);
  }
  // What rounding left over goes to the base, so that the parts give the whole.
  explanation.base = explanation.score - std::accumulate(explanation.contributions.begin(),
                                                         explanation.contributions.end(), 0.0);
  return explanation;
}

void set_interval(const TrainedTask& task, Prediction& prediction) {
  const auto band = std::ranges::find_if(
      task.error_bands, [&](const ErrorBand& at) { return prediction.value <= at.up_to; });
  if (band == task.error_bands.end()) return;
  if (goal_of(task.task) == Goal::Classification) {
    prediction.low = std::min(band->low, prediction.value);
    prediction.high = std::max(band->high, prediction.value);
  } else {
    // Errors may lie on one side only; the range still holds the value it is the range of.
    prediction.low = prediction.value + std::min(band->low, 0.0);
    prediction.high = prediction.value + std::max(band->high, 0.0);
  }
}

std::string rounded(double value) { return number_text(std::round(value * 100) / 100); }

// What a form should say about one value; "" if it is an ordinary one.
std::string flag_of(const TrainedFeature& feature, double value, const Json* given) {
  const FeatureProfile& profile = feature.profile;
  const bool is_number = feature.feature.spec.kind == FeatureKind::Number;
  if (std::isnan(value)) {
    if (given != nullptr && !given->is_null()) {
      return "not among the values the model has learned from, counts as missing";
    }
    return "missing";
  }
  if (!is_number) return {};
  if (value < profile.min || value > profile.max) {
    return fmt::format("outside the range of known customers, {} to {}", rounded(profile.min),
                       rounded(profile.max));
  }
  if (value > profile.p98) return "top 2 % of rows";
  if (value < profile.p2) return "bottom 2 % of rows";
  return {};
}

void describe(const TrainedTask& task, const JsonObject& values, std::span<const double> row,
              Prediction& prediction) {
  for (std::size_t at = 0; at < row.size(); ++at) {
    const TrainedFeature& feature = task.features[at];
    const std::string& name = feature.feature.spec.name;
    std::string flag = flag_of(feature, row[at], values.if_contains(name));
    if (!flag.empty()) prediction.flags.push_back({name, std::move(flag)});
  }
}

}  // namespace

Json Prediction::to_json() const {
  JsonArray parts;
  for (const Contribution& at : contributions) {
    parts.push_back(JsonObject{{"feature", at.feature},
                               {"label", at.label},
                               {"value", at.value},
                               {"contribution", at.contribution}});
  }
  JsonArray warnings;
  for (const Remark& flag : flags) {
    warnings.push_back(JsonObject{{"feature", flag.feature}, {"message", flag.reason}});
  }
  const bool is_probability = goal_of(task) == Goal::Classification;
  return JsonObject{{"task", name_of(task)},
                    {"learner", learner},
                    {"version", version},
                    {"output", JsonObject{{"value", value},
                                          {"unit", is_probability ? "probability" : "currency"},
                                          {"low", low ? Json(*low) : Json(nullptr)},
                                          {"high", high ? Json(*high) : Json(nullptr)}}},
                    {"base", base},
                    {"contributions", std::move(parts)},
                    {"flags", std::move(warnings)}};
}

Result<Prediction> predict(const TrainedTask& task, const JsonObject& values) {
  CIP_EXPECTS(task.model != nullptr);
  std::vector<Feature> features;
  features.reserve(task.features.size());
  for (const TrainedFeature& feature : task.features) features.push_back(feature.feature);
  CIP_TRY_ASSIGN(const std::vector<double> row, encode_row(features, values));
  Explanation explanation = task.model->explain(row);
  if (goal_of(task.task) == Goal::Classification) {
    explanation = in_probability(explanation, task.sigmoid);
  }

  Prediction prediction;
  prediction.task = task.task;
  prediction.learner = task.in_use;
  prediction.version = task.version;
  prediction.value = explanation.score;
  prediction.base = explanation.base;
  set_interval(task, prediction);
  for (std::size_t at = 0; at < row.size(); ++at) {
    prediction.contributions.push_back({features[at].spec.name, features[at].spec.label,
                                        decoded(features[at], row[at]),
                                        explanation.contributions[at]});
  }
  std::ranges::stable_sort(prediction.contributions, std::ranges::greater{},
                           [](const Contribution& at) { return std::abs(at.contribution); });
  describe(task, values, row, prediction);
  return prediction;
}

}  // namespace cip::ml
