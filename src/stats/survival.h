// stats/survival.h: how long until it happens, when for some it has not happened yet.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"

namespace cip::stats {

/// How long somebody was watched, and whether the event ended it. If not, all that is known is that
/// it had not happened by then.
struct Lifetime {
  double duration = 0;
  bool has_ended = false;
};

/// The curve from a time on, up to the next point.
struct SurvivalPoint {
  double time = 0;
  std::size_t at_risk = 0;     // Watched until then, or longer.
  std::size_t num_events = 0;  // At that time.
  double survival = 1;         // The share for whom it has not happened by then.
  double standard_error = 0;
  double lower = 1;  // 95 % interval.
  double upper = 1;
};

struct SurvivalCurve {
  std::size_t num_subjects = 0;
  std::size_t num_events = 0;
  std::vector<SurvivalPoint> points;  // At the times of events, ascending.
  std::optional<double> median;       // The first time at which half or less are left.

  /// The share left at a time.
  [[nodiscard]] double at(double time) const noexcept;
};

/// The survival curve of Kaplan and Meier.
///
/// Shape:     durations are finite and not below zero. Who leaves at the time of an event counts as
///            at risk then.
/// Intervals: Greenwood's variance, on the scale of log(-log S), so that they stay within 0 and 1.
///            Where the curve is at 0, they are 0 to 0: there is no interval.
/// Method:    O(n log n).
/// Source:    E. L. Kaplan, P. Meier, "Nonparametric Estimation from Incomplete Observations", JASA
///            53 (1958); J. D. Kalbfleisch, R. L. Prentice, "The Statistical Analysis of Failure
///            Time Data" (1980), for the interval.
/// Errors:    Undefined        nobody was watched
///            InvalidArgument  a duration is below zero or not finite
Result<SurvivalCurve> kaplan_meier(std::span<const Lifetime> lifetimes);

struct LogRank {
  double chi_square = 0;
  std::size_t degrees_of_freedom = 0;
  double p = 1;
};

/// Whether the curves of several groups differ by more than chance: the log-rank test.
///
/// Source:   N. Mantel (1966); for more than two groups J. P. Klein, M. L. Moeschberger, "Survival
///           Analysis" (2003), 7.3.
/// Errors:   Undefined  fewer than two groups with anybody in them, or no events
Result<LogRank> log_rank(std::span<const std::vector<Lifetime>> groups);

}  // namespace cip::stats
