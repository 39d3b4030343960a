// ml/leakage.h: features that know the answer. They are left out by name, never in silence.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ml/features.h"
#include "ml/learner.h"

namespace cip::ml {

struct Remark {
  std::string feature;
  std::string reason;
};

struct LeakageReport {
  std::vector<Remark> excluded;
  std::vector<Remark> warnings;
};

inline constexpr double kLeakR2 = 0.999;
inline constexpr double kSeparatingAuc = 0.9999;
inline constexpr double kSuspiciousAuc = 0.95;

/// Finds what must not be learned from: a feature without values or without variation, a feature
/// that is the target up to scale (R2 above 0.999) or tells the classes apart without fail, and two
/// features whose product, quotient or weighted sum is the target (both go: either one is half of
/// the answer). Warns of a single feature with a ROC-AUC above 0.95.
///
/// Shape:    the rows are training rows; one target per row.
/// Missing:  a test of a feature uses the rows that have it, at least 20 of them.
/// Method:   O(rows * features^2).
/// Source:   S. Kaufman, S. Rosset, C. Perlich, "Leakage in Data Mining", KDD 2011.
[[nodiscard]] LeakageReport find_leaks(const FeatureSet& rows, std::span<const double> targets,
                                       const std::string& target_name, Goal goal);

}  // namespace cip::ml
