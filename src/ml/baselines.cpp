#include "ml/baselines.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ml/evaluation.h"

namespace cip::ml {
namespace {

double sum_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

double mean_of(std::span<const double> values) {
  return sum_of(values) / static_cast<double>(values.size());
}

double largest_present(std::span<const double> values) {
  double largest = 0;
  for (const double value : values)
    largest = std::isnan(value) ? largest : std::max(largest, value);
  return largest;
}

std::vector<double> filled(std::span<const double> values, double fill, double scale) {
  std::vector<double> result;
  for (const double value : values) result.push_back((std::isnan(value) ? fill : value) * scale);
  return result;
}

Baseline silence_alone(const Outcomes& train, const Outcomes& test) {
  const double longest = largest_present(train.rule);
  const double scale = longest > 0 ? 1 / longest : 1;  // Near 1, where the fit is well behaved.
  const std::vector<double> silence = filled(train.rule, longest, scale);
  const Sigmoid sigmoid = fit_sigmoid(train.targets, silence);
  const auto chances = [&sigmoid](std::vector<double> values) {
    for (double& value : values) value = sigmoid.probability(value);
    return values;
  };
  const double cut_off = best_cut_off(train.targets, chances(silence));
  return {
      "recency", "Silence alone",
      classification_metrics(test.targets, chances(filled(test.rule, longest, scale)), cut_off)};
}

}  // namespace

std::vector<Baseline> churn_baselines(const Outcomes& train, const Outcomes& test) {
  const std::vector<double> base_rate(test.targets.size(), mean_of(train.targets));
  std::vector<Baseline> baselines = {
      {"base_rate", "The same for everyone", classification_metrics(test.targets, base_rate, 0.5)}};
  if (!train.rule.empty()) baselines.push_back(silence_alone(train, test));
  return baselines;
}

std::vector<Baseline> lifetime_value_baselines(const Outcomes& train, const Outcomes& test) {
  const std::vector<double> mean(test.targets.size(), mean_of(train.targets));
  std::vector<Baseline> baselines = {
      {"mean", "The mean for everyone", regression_metrics(test.targets, mean)}};
  if (!train.rule.empty()) {
    const double past = sum_of(filled(train.rule, 0, 1));
    const double growth = past != 0 ? sum_of(train.targets) / past : 0;
    baselines.push_back({"past_spend", "Spends as before",
                         regression_metrics(test.targets, filled(test.rule, 0, growth))});
  }
  return baselines;
}

}  // namespace cip::ml
