// query/periods.h: the period that another one is compared with, and which part of the one stands
// beside which part of the other.
#pragma once

#include <cstdint>
#include <optional>

#include "base/civil_time.h"
#include "base/result.h"
#include "query/query.h"

namespace cip::query {

struct Period {
  Days from = 0;  // Included.
  Days to = 0;    // Not included.
  bool operator==(const Period&) const = default;
};

/// The period to compare `current` with. Whole months are preceded by as many whole months, other
/// periods by as many days; a year before is the same dates, 29 February becoming the 28th.
///
/// Errors:  InvalidArgument  a custom period that holds no day
Result<Period> compared_period(const Comparison& comparison, const Period& current);

/// The start of a period (days; microseconds for hours) as the one that stands at the same place
/// counted from the start of the other period: the nth month beside the nth month.
[[nodiscard]] std::int64_t moved(std::int64_t start, Grain grain, const Period& from,
                                 const Period& to) noexcept;

}  // namespace cip::query
