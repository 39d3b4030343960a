// stats/trend.h: how a number moves from period to period, and over the days of the week.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "base/civil_time.h"

namespace cip::stats {

/// A number that belongs to the period that starts on `on`; nothing where there were no data.
struct PeriodValue {
  Days on = 0;
  std::optional<double> value;
};

struct PeriodChange {
  Days on = 0;
  std::optional<double> value;
  std::optional<double> change;  // Against the period before; nothing if either is missing.
  std::optional<double> growth;  // change / the value before, if that is above zero.
  bool is_complete = true;       // False for a period the data do not cover to its end.
};

/// Period-over-period change.
///
/// Shape:    sorted by `on`, each the start of a period of `grain`. A period that is absent in
///           between counts as missing: the one after it has no change.
/// Edges:    the first period is complete only if the data begin on its first day, the last only if
///           they reach its last day (`first_on` and `last_on`, both included).
std::vector<PeriodChange> changes_of(std::span<const PeriodValue> values, Grain grain,
                                     Days first_on, Days last_on);

struct WeekdayShare {
  int weekday = 0;  // 0 is Monday.
  double sum = 0;
  double share = 0;          // Of the sum of all days; 0 if that is zero.
  double mean_per_day = 0;   // Per calendar day of that weekday.
  std::size_t num_days = 0;  // How many such days the range holds.
};

/// How a number spreads over the week. Days without data inside the range count as zero.
std::array<WeekdayShare, 7> weekday_shares(std::span<const PeriodValue> days, Days first_on,
                                           Days last_on);

}  // namespace cip::stats
