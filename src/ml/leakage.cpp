#include "ml/leakage.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/text.h"
#include "ml/evaluation.h"

namespace cip::ml {
namespace {

constexpr std::size_t kMinRowsToJudge = 20;

// Sums over the rows in which everything asked for is present, kept as distances from the first
// such row so that a large common offset does not cancel the digits away.
class Correlated {
 public:
  void add(double x, double y) {
    if (num_rows_++ == 0) {
      x0_ = x;
      y0_ = y;
    }
    const double dx = x - x0_;
    const double dy = y - y0_;
    x_ += dx;
    y_ += dy;
    xx_ += dx * dx;
    yy_ += dy * dy;
    xy_ += dx * dy;
  }

  // Pearson's coefficient; 0 where there is none.
  [[nodiscard]] double coefficient() const {
    if (num_rows_ < kMinRowsToJudge) return 0;
    const auto n = static_cast<double>(num_rows_);
    const double spread_x = xx_ - x_ * x_ / n;
    const double spread_y = yy_ - y_ * y_ / n;
    if (!(spread_x > 0) || !(spread_y > 0)) return 0;
    const double r = (xy_ - x_ * y_ / n) / (std::sqrt(spread_x) * std::sqrt(spread_y));
    return std::isfinite(r) ? std::clamp(r, -1.0, 1.0) : 0;
  }

 private:
  std::size_t num_rows_ = 0;
  double x0_ = 0;
  double y0_ = 0;
  double x_ = 0;
  double y_ = 0;
  double xx_ = 0;
  double yy_ = 0;
  double xy_ = 0;
};

double square(double value) { return value * value; }

// One feature over the rows, with what is needed to name it.
struct Suspect {
  const Feature* feature;
  std::vector<double> values;
};

// How well a combination of two features gives the target, as the share of its variation (R2).
struct PairFit {
  double product;
  double quotient;
  double sum;  // The best weighted sum.
};

PairFit fit_pair(const Suspect& a, const Suspect& b, std::span<const double> targets) {
  Correlated product;
  Correlated quotient;
  Correlated a_target;
  Correlated b_target;
  Correlated a_b;
  for (std::size_t row = 0; row < targets.size(); ++row) {
    const double x = a.values[row];
    const double y = b.values[row];
    if (std::isnan(x) || std::isnan(y)) continue;
    product.add(x * y, targets[row]);
    if (y != 0) quotient.add(x / y, targets[row]);
    a_target.add(x, targets[row]);
    b_target.add(y, targets[row]);
    a_b.add(x, y);
  }
  const double r_a = a_target.coefficient();
  const double r_b = b_target.coefficient();
  const double r_ab = a_b.coefficient();
  // Nearly parallel features leave no digits to tell their sum by; they are tried one by one
  // anyway.
  const double rest = 1 - square(r_ab);
  const double sum = rest > 1e-6 ? (square(r_a) + square(r_b) - 2 * r_a * r_b * r_ab) / rest : 0.0;
  return {square(product.coefficient()), square(quotient.coefficient()), sum};
}

double single_r2(const Suspect& suspect, std::span<const double> targets) {
  Correlated both;
  for (std::size_t row = 0; row < targets.size(); ++row) {
    if (!std::isnan(suspect.values[row])) both.add(suspect.values[row], targets[row]);
  }
  return square(both.coefficient());
}

// The ROC-AUC of one feature, whichever way it points; of a category, by the share of positives in
// each. 0.5 where it cannot be told.
double single_auc(const Suspect& suspect, std::span<const double> targets) {
  std::vector<double> actual;
  std::vector<double> values;
  for (std::size_t row = 0; row < targets.size(); ++row) {
    if (std::isnan(suspect.values[row])) continue;
    actual.push_back(targets[row]);
    values.push_back(suspect.values[row]);
  }
  if (actual.size() < kMinRowsToJudge) return 0.5;
  if (suspect.feature->spec.kind == FeatureKind::Category) {
    std::vector<double> positives(suspect.feature->categories.size(), 0.0);
    std::vector<double> all(positives.size(), 0.0);
    for (std::size_t row = 0; row < actual.size(); ++row) {
      positives[static_cast<std::size_t>(values[row])] += actual[row];
      all[static_cast<std::size_t>(values[row])] += 1;
    }
    for (double& value : values) {
      value = positives[static_cast<std::size_t>(value)] / all[static_cast<std::size_t>(value)];
    }
  }
  const double auc = roc_auc(actual, values);
  return std::isnan(auc) ? 0.5 : std::max(auc, 1 - auc);
}

bool varies(const Suspect& suspect) {
  // A value that is sometimes missing varies, too: learners see that it is missing.
  const bool is_first_missing = std::isnan(suspect.values.front());
  return std::ranges::any_of(suspect.values, [&](double value) {
    return std::isnan(value) != is_first_missing ||
           (!is_first_missing && value != suspect.values.front());
  });
}

// Why one feature may not be learned from; "" if it may.
std::string reason_against(const Suspect& suspect, std::span<const double> targets,
                           const std::string& target_name, Goal goal) {
  if (std::ranges::all_of(suspect.values, [](double value) { return std::isnan(value); })) {
    return "it has no values in the training rows";
  }
  if (!varies(suspect)) return "it is the same in every training row";
  if (suspect.feature->spec.kind == FeatureKind::Number && single_r2(suspect, targets) > kLeakR2) {
    return fmt::format("it equals {} up to scale (R2 above {})", target_name, kLeakR2);
  }
  if (goal == Goal::Classification && single_auc(suspect, targets) > kSeparatingAuc) {
    return fmt::format("it alone tells {} without fail, so it is made of the answer", target_name);
  }
  return {};
}

std::string identity_of(const Suspect& a, const Suspect& b, std::span<const double> targets) {
  const std::string& x = a.feature->spec.name;
  const std::string& y = b.feature->spec.name;
  const PairFit fit = fit_pair(a, b, targets);
  if (fit.product > kLeakR2) return fmt::format("{} × {}", x, y);
  if (fit.quotient > kLeakR2) return fmt::format("{} / {}", x, y);
  if (fit.sum > kLeakR2) return fmt::format("a weighted sum of {} and {}", x, y);
  if (fit_pair(b, a, targets).quotient > kLeakR2) return fmt::format("{} / {}", y, x);
  return {};
}

// Why a suspect is left out together with another; empty where it may stay.
std::vector<std::string> reasons_of_pairs(const std::vector<Suspect>& suspects,
                                          std::span<const double> targets,
                                          const std::string& target_name) {
  std::vector<std::string> reasons(suspects.size());
  for (std::size_t a = 0; a < suspects.size(); ++a) {
    for (std::size_t b = a + 1; b < suspects.size(); ++b) {
      const std::string identity = identity_of(suspects[a], suspects[b], targets);
      if (identity.empty()) continue;
      const std::string reason =
          fmt::format("{} equals {} (R2 above {})", identity, target_name, kLeakR2);
      for (const std::size_t at : {a, b}) {
        if (reasons[at].empty()) reasons[at] = reason;
      }
    }
  }
  return reasons;
}

void judge_pairs(const std::vector<Suspect>& suspects, std::span<const double> targets,
                 const std::string& target_name, LeakageReport& report) {
  const auto reasons = reasons_of_pairs(suspects, targets, target_name);
  for (std::size_t at = 0; at < suspects.size(); ++at) {
    if (reasons[at].empty()) continue;
    report.excluded.push_back({suspects[at].feature->spec.name, reasons[at]});
  }
}

}  // namespace

LeakageReport find_leaks(const FeatureSet& rows, std::span<const double> targets,
                         const std::string& target_name, Goal goal) {
  CIP_EXPECTS(rows.values.num_rows() == targets.size() && !targets.empty());
  LeakageReport report;
  std::vector<Suspect> numbers;
  for (std::size_t at = 0; at < rows.features.size(); ++at) {
    Suspect suspect{&rows.features[at], rows.values.column(at)};
    const std::string& name = suspect.feature->spec.name;
    std::string reason = reason_against(suspect, targets, target_name, goal);
    if (!reason.empty()) {
      report.excluded.push_back({name, std::move(reason)});
      continue;
    }
    if (const double auc = goal == Goal::Classification ? single_auc(suspect, targets) : 0;
        auc > kSuspiciousAuc) {
      report.warnings.push_back(
          {name, fmt::format("it alone reaches a ROC-AUC of {:.3f}: make sure that it was known "
                             "before {}",
                             auc, target_name)});
    }
    if (suspect.feature->spec.kind == FeatureKind::Number) numbers.push_back(std::move(suspect));
  }
  judge_pairs(numbers, targets, target_name, report);
  return report;
}

}  // namespace cip::ml
