#include "ml/cross_validation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "ml/evaluation.h"

namespace cip::ml {
namespace {

struct Fold {
  std::vector<std::uint32_t> inside;   // Tested.
  std::vector<std::uint32_t> outside;  // Taught.
};

std::vector<Fold> folds_of(std::span<const std::uint32_t> fold_of) {
  std::vector<Fold> folds(*std::ranges::max_element(fold_of) + 1);
  for (std::uint32_t row = 0; row < fold_of.size(); ++row) {
    for (std::uint32_t fold = 0; fold < folds.size(); ++fold) {
      auto& part = fold == fold_of[row] ? folds[fold].inside : folds[fold].outside;
      part.push_back(row);
    }
  }
  return folds;
}

CrossValidation summary_of(std::vector<double> values) {
  CrossValidation cross;
  const auto n = static_cast<double>(values.size());
  cross.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - cross.mean) * (value - cross.mean);
  cross.sd = n > 1 ? std::sqrt(squares / (n - 1)) : 0;
  cross.folds = std::move(values);
  return cross;
}

double quantile(std::span<const double> sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

ErrorBand band_of(std::span<const double> targets, std::span<const double> predictions,
                  std::span<const std::uint32_t> rows, Goal goal) {
  constexpr double z = 1.2815515655446004;  // 80 % of a normal lie within z standard deviations.
  ErrorBand band{predictions[rows.back()], 0, 0};
  if (goal == Goal::Classification) {
    double positives = 0;
    for (const std::uint32_t row : rows) positives += targets[row];
    const Range range = wilson_interval(positives, static_cast<double>(rows.size()), z);
    band.low = range.low;
    band.high = range.high;
    return band;
  }
  std::vector<double> errors;
  for (const std::uint32_t row : rows) errors.push_back(targets[row] - predictions[row]);
  std::ranges::sort(errors);
  band.low = quantile(errors, 0.1);
  band.high = quantile(errors, 0.9);
  return band;
}

}  // namespace

Result<std::vector<double>> out_of_fold_scores(const Learner& learner, const TrainingData& data,
                                               std::span<const std::uint32_t> fold_of,
                                               const std::function<void()>& on_fit) {
  std::vector<double> scores(data.targets.size());
  for (const Fold& fold : folds_of(fold_of)) {
    const Matrix rows = data.rows.gathered(fold.outside);
    const std::vector<double> targets = gathered(data.targets, fold.outside);
    CIP_TRY_ASSIGN(const auto model,
                   learner.fit({data.features, rows, targets, data.goal, data.seed}));
    const std::vector<double> inside = model->scores(data.rows.gathered(fold.inside));
    for (std::size_t at = 0; at < inside.size(); ++at) scores[fold.inside[at]] = inside[at];
    on_fit();
  }
  return scores;
}

CrossValidation validate_regression(std::span<const double> targets, std::span<const double> scores,
                                    std::span<const std::uint32_t> fold_of) {
  std::vector<double> values;
  for (const Fold& fold : folds_of(fold_of)) {
    const double value = r2(gathered(targets, fold.inside), gathered(scores, fold.inside));
    // A fold without variation cannot be explained, nor failed.
    values.push_back(std::isnan(value) ? 0 : value);
  }
  return summary_of(std::move(values));
}

CrossValidation validate_classification(std::span<const double> targets,
                                        std::span<const double> scores,
                                        std::span<const std::uint32_t> fold_of) {
  std::vector<double> values;
  for (const Fold& fold : folds_of(fold_of)) {
    const double cut_off =
        best_cut_off(gathered(targets, fold.outside), gathered(scores, fold.outside));
    values.push_back(f1(gathered(targets, fold.inside), gathered(scores, fold.inside), cut_off));
  }
  return summary_of(std::move(values));
}

std::vector<ErrorBand> error_bands(std::span<const double> targets,
                                   std::span<const double> predictions, Goal goal) {
  constexpr std::size_t min_rows = 30;
  const std::size_t wanted = goal == Goal::Classification ? 10 : 5;
  const std::size_t num_bands = std::clamp<std::size_t>(targets.size() / min_rows, 1, wanted);
  std::vector<std::uint32_t> order(targets.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t row) { return predictions[row]; });

  std::vector<ErrorBand> bands;
  std::size_t begin = 0;
  for (std::size_t at = 1; at <= num_bands && begin < order.size(); ++at) {
    std::size_t end = std::max(begin + 1, order.size() * at / num_bands);
    // Equal predictions share a band, or which band they are in would be chance.
    while (end < order.size() && predictions[order[end]] == predictions[order[end - 1]]) ++end;
    const std::span<const std::uint32_t> rows(order.data() + begin, end - begin);
    bands.push_back(band_of(targets, predictions, rows, goal));
    begin = end;
  }
  bands.back().up_to = std::numeric_limits<double>::infinity();
  return bands;
}

}  // namespace cip::ml
