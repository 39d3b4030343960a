#include "ml/evaluation.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "base/contract.h"
#include "base/json.h"

namespace cip::ml {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

void expect_same_rows(std::span<const double> actual, std::span<const double> predicted) {
  CIP_EXPECTS(!actual.empty() && actual.size() == predicted.size());
}

double count(std::size_t number) { return static_cast<double>(number); }

double num_positives(std::span<const double> actual) {
  return std::accumulate(actual.begin(), actual.end(), 0.0);
}

// One step down the ranking: everything predicted exactly `predicted`, and the totals so far.
struct Threshold {
  double predicted;
  double true_positives;
  double false_positives;
};

// The thresholds from the highest prediction to the lowest; rows that tie share one.
std::vector<Threshold> thresholds_of(std::span<const double> actual,
                                     std::span<const double> predicted) {
  std::vector<std::uint32_t> order(actual.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, std::ranges::greater{},
                    [&](std::uint32_t row) { return predicted[row]; });

  std::vector<Threshold> thresholds;
  Threshold at{0, 0, 0};
  for (std::size_t place = 0; place < order.size(); ++place) {
    const std::uint32_t row = order[place];
    at.predicted = predicted[row];
    at.true_positives += actual[row];
    at.false_positives += 1 - actual[row];
    const bool is_last = place + 1 == order.size();
    if (is_last || predicted[order[place + 1]] != at.predicted) thresholds.push_back(at);
  }
  return thresholds;
}

double f1_of(double true_positives, double num_called, double num_actual) {
  return true_positives == 0 ? 0 : 2 * true_positives / (num_called + num_actual);
}

double logistic(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

}  // namespace

JsonObject to_json(const Metrics& metrics) {
  JsonObject object;
  for (const Metric& metric : metrics) object[metric.name] = json_number(metric.value);
  return object;
}

double accuracy(std::span<const double> actual, std::span<const double> predicted, double cut_off) {
  expect_same_rows(actual, predicted);
  std::size_t num_right = 0;
  for (std::size_t row = 0; row < actual.size(); ++row) {
    if ((predicted[row] >= cut_off) == (actual[row] > 0)) ++num_right;
  }
  return count(num_right) / count(actual.size());
}

double f1(std::span<const double> actual, std::span<const double> predicted, double cut_off) {
  expect_same_rows(actual, predicted);
  double found = 0;
  double called = 0;
  for (std::size_t row = 0; row < actual.size(); ++row) {
    if (predicted[row] < cut_off) continue;
    called += 1;
    found += actual[row];
  }
  return f1_of(found, called, num_positives(actual));
}

double roc_auc(std::span<const double> actual, std::span<const double> predicted) {
  expect_same_rows(actual, predicted);
  double area = 0;
  Threshold last{0, 0, 0};
  for (const Threshold& at : thresholds_of(actual, predicted)) {
    area +=
        (at.false_positives - last.false_positives) * (at.true_positives + last.true_positives) / 2;
    last = at;
  }
  const double num_pairs = last.true_positives * last.false_positives;
  return num_pairs > 0 ? area / num_pairs : kNone;
}

double pr_auc(std::span<const double> actual, std::span<const double> predicted) {
  expect_same_rows(actual, predicted);
  const double positives = num_positives(actual);
  if (positives == 0) return kNone;
  double area = 0;
  double last_found = 0;
  for (const Threshold& at : thresholds_of(actual, predicted)) {
    const double precision = at.true_positives / (at.true_positives + at.false_positives);
    area += (at.true_positives - last_found) / positives * precision;
    last_found = at.true_positives;
  }
  return area;
}

double brier(std::span<const double> actual, std::span<const double> predicted) {
  const double root = rmse(actual, predicted);
  return root * root;
}

std::vector<CalibrationBin> calibration_bins(std::span<const double> actual,
                                             std::span<const double> predicted,
                                             std::size_t num_bins) {
  expect_same_rows(actual, predicted);
  std::vector<CalibrationBin> bins(num_bins, CalibrationBin{0, 0, 0});
  for (std::size_t row = 0; row < actual.size(); ++row) {
    const auto place = static_cast<std::size_t>(std::max(0.0, predicted[row]) * count(num_bins));
    CalibrationBin& bin = bins[std::min(place, num_bins - 1)];
    bin.predicted += predicted[row];
    bin.observed += actual[row];
    ++bin.num_rows;
  }
  std::erase_if(bins, [](const CalibrationBin& bin) { return bin.num_rows == 0; });
  for (CalibrationBin& bin : bins) {
    bin.predicted /= count(bin.num_rows);
    bin.observed /= count(bin.num_rows);
  }
  return bins;
}

double calibration_error(std::span<const CalibrationBin> bins) {
  double sum = 0;
  double num_rows = 0;
  for (const CalibrationBin& bin : bins) {
    sum += std::abs(bin.predicted - bin.observed) * count(bin.num_rows);
    num_rows += count(bin.num_rows);
  }
  return num_rows > 0 ? sum / num_rows : kNone;
}

double best_cut_off(std::span<const double> actual, std::span<const double> predicted) {
  expect_same_rows(actual, predicted);
  const double positives = num_positives(actual);
  double best = -1;
  double cut_off = 0;
  for (const Threshold& at : thresholds_of(actual, predicted)) {
    const double found =
        f1_of(at.true_positives, at.true_positives + at.false_positives, positives);
    if (found <= best) continue;
    best = found;
    cut_off = at.predicted;
  }
  return cut_off;
}

Metrics classification_metrics(std::span<const double> actual, std::span<const double> predicted,
                               double cut_off) {
  const std::vector<CalibrationBin> bins = calibration_bins(actual, predicted);
  return {{"accuracy", accuracy(actual, predicted, cut_off)},
          {"f1", f1(actual, predicted, cut_off)},
          {"roc_auc", roc_auc(actual, predicted)},
          {"pr_auc", pr_auc(actual, predicted)},
          {"brier", brier(actual, predicted)},
          {"calibration_error", calibration_error(bins)}};
}

double r2(std::span<const double> actual, std::span<const double> predicted) {
  expect_same_rows(actual, predicted);
  const double mean = num_positives(actual) / count(actual.size());
  double total = 0;
  double residual = 0;
  for (std::size_t row = 0; row < actual.size(); ++row) {
    total += (actual[row] - mean) * (actual[row] - mean);
    residual += (actual[row] - predicted[row]) * (actual[row] - predicted[row]);
  }
  return total > 0 ? 1 - residual / total : kNone;
}

double rmse(std::span<const double> actual, std::span<const double> predicted) {
  expect_same_rows(actual, predicted);
  double sum = 0;
  for (std::size_t row = 0; row < actual.size(); ++row) {
    sum += (actual[row] - predicted[row]) * (actual[row] - predicted[row]);
  }
  return std::sqrt(sum / count(actual.size()));
}

double mae(std::span<const double> actual, std::span<const double> predicted) {
  expect_same_rows(actual, predicted);
  double sum = 0;
  for (std::size_t row = 0; row < actual.size(); ++row) {
    sum += std::abs(actual[row] - predicted[row]);
  }
  return sum / count(actual.size());
}

Metrics regression_metrics(std::span<const double> actual, std::span<const double> predicted) {
  return {{"r2", r2(actual, predicted)},
          {"rmse", rmse(actual, predicted)},
          {"mae", mae(actual, predicted)}};
}

Range wilson_interval(double num_positive, double num_rows, double z) {
  CIP_EXPECTS(num_rows > 0 && num_positive >= 0 && num_positive <= num_rows);
  const double share = num_positive / num_rows;
  const double z2 = z * z;
  const double centre = (share + z2 / (2 * num_rows)) / (1 + z2 / num_rows);
  const double half = z / (1 + z2 / num_rows) *
                      std::sqrt(share * (1 - share) / num_rows + z2 / (4 * num_rows * num_rows));
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

double Sigmoid::probability(double score) const noexcept { return logistic(log_odds(score)); }

Sigmoid fit_sigmoid(std::span<const double> actual, std::span<const double> scores) {
  expect_same_rows(actual, scores);
  const double positives = num_positives(actual);
  const double negatives = count(actual.size()) - positives;
  const double high = (positives + 1) / (positives + 2);
  const double low = 1 / (negatives + 2);

  // Newton's method on a convex function of two variables; the tiny ridge keeps scores that do not
  // vary from making the system singular.
  Sigmoid fitted{0, std::log((positives + 1) / (negatives + 1))};
  constexpr int max_steps = 100;
  for (int step = 0; step < max_steps; ++step) {
    double g1 = 0;
    double g0 = 0;
    double h11 = 1e-12;
    double h10 = 0;
    double h00 = 1e-12;
    for (std::size_t row = 0; row < actual.size(); ++row) {
      const double probability = fitted.probability(scores[row]);
      const double error = probability - (actual[row] > 0 ? high : low);
      const double weight = probability * (1 - probability);
      g1 += error * scores[row];
      g0 += error;
      h11 += weight * scores[row] * scores[row];
      h10 += weight * scores[row];
      h00 += weight;
    }
    const double determinant = h11 * h00 - h10 * h10;
    if (!(determinant > 0)) break;
    const double slope_step = (h00 * g1 - h10 * g0) / determinant;
    const double intercept_step = (h11 * g0 - h10 * g1) / determinant;
    fitted.slope -= slope_step;
    fitted.intercept -= intercept_step;
    if (std::abs(slope_step) + std::abs(intercept_step) < 1e-12) break;
  }
  const bool is_usable = std::isfinite(fitted.slope) && std::isfinite(fitted.intercept);
  return is_usable && fitted.slope > 0 ? fitted : Sigmoid{};
}

}  // namespace cip::ml
