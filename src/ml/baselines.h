// ml/baselines.h: what a model has to beat to be worth its trouble.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ml/trained_task.h"

namespace cip::ml {

/// One plain number per customer, beside the target; NaN where missing.
struct Outcomes {
  std::vector<double> targets;
  std::vector<double> rule;  // Days of silence, or past spend; empty if there is no such column.
};

/// Churn: the base rate for everyone (called as the majority, cut-off 0.5), and silence alone (days
/// since the last order; whoever never ordered counts as the most silent), with a sigmoid and a
/// cut-off learned on the training rows.
[[nodiscard]] std::vector<Baseline> churn_baselines(const Outcomes& train, const Outcomes& test);

/// Lifetime value: the mean for everyone, and past spend times the growth of all customers
/// together.
///
/// Source:  M. Wuebben, F. v. Wangenheim, "Instant Customer Base Analysis: Managerial Heuristics
///          Often 'Get It Right'", Journal of Marketing 72 (2008).
[[nodiscard]] std::vector<Baseline> lifetime_value_baselines(const Outcomes& train,
                                                             const Outcomes& test);

}  // namespace cip::ml
