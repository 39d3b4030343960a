// query/zone.h: the civil time of a place, from the time zone database of the system.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"

namespace cip::query {

/// From `since` (an instant in UTC) on, clocks are this far ahead of UTC.
struct ZoneRule {
  Micros since = 0;
  std::int64_t ahead_s = 0;
};

/// Rules in order of time; the first one holds before its time too.
struct Zone {
  std::string name;
  std::vector<ZoneRule> rules;

  /// What the clocks show at an instant, as if it were UTC.
  [[nodiscard]] Micros local_of(Micros at) const noexcept;

  /// The instant at which a civil day begins. Where clocks jump over midnight, the first instant
  /// that the day has.
  [[nodiscard]] Micros start_of(Days on) const noexcept;
};

/// The zone of that name, such as Europe/Berlin; read once and kept.
///
/// Source:  RFC 8536 (TZif), transitions up to 2037 as the system's files list them.
/// Errors:  InvalidArgument  no such zone is known to the system
Result<std::shared_ptr<const Zone>> find_zone(std::string_view name);

}  // namespace cip::query
