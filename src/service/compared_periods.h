// service/compared_periods.h: two periods side by side.
#pragma once

#include <algorithm>
#include <string>

#include "base/civil_time.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "query/dataset.h"
#include "service/analysis.h"

namespace cip::service {

struct Period {
  Days from = 0;
  Days to = 0;  // Not included.
};

struct ComparedPeriods {
  Period before;
  Period after;

  /// The first day of either.
  [[nodiscard]] Days earliest() const noexcept { return std::min(before.from, after.from); }
};

/// The period of the request and the one it is held against: by default the last month that the
/// data cover to its end, and the period before.
///
/// Errors:  InvalidArgument  `against` is none of previous_period, previous_year and FROM..TO, or
/// the
///          periods overlap or are empty
///          Undefined        the period lies outside the data
Result<ComparedPeriods> compared_periods(const AnalysisRequest& request, query::DayRange days);

/// The period of the same length before: whole months stay whole months.
[[nodiscard]] Period period_before(const Period& period);

/// "2024-03" for a month, "2024-03-01 to 2024-03-14" for days.
[[nodiscard]] std::string span_text(const Period& period);

/// What has to be known to compare them: that the data do not cover one, or that they differ in
/// length.
[[nodiscard]] JsonArray notes_on(const ComparedPeriods& periods, query::DayRange days);

}  // namespace cip::service
