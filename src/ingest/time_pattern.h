// ingest/time_pattern.h: dates and instants in the order a source writes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"

namespace cip::ingest {

/// A date pattern such as dd.mm.yyyy or mm/dd/yyyy hh:mi[:ss], taken apart.
///
/// Parts:  yyyy, yy (69..99 are 19xx, 00..68 are 20xx, as POSIX has it), mm, dd, mon (Jan, January;
///         English), hh, mi, ss, fff (a fraction of a second of any length), am (AM or PM).
///         What stands in [...] may be left out of the value, from there to the bracket. All else
///         stands for itself. A part before something that is no digit also takes fewer digits.
struct TimePattern {
  enum class Part : std::uint8_t {
    Literal,
    Year4,
    Year2,
    Month,
    MonthName,
    Day,
    Hour,
    Minute,
    Second,
    Fraction,
    HalfDay,
    OptionalBegin,
    OptionalEnd,
  };
  struct Element {
    Part part;
    char literal = '\0';
  };
  std::vector<Element> elements;  // Empty: ISO 8601, as base/civil_time.h reads it.
  std::string text;
};

/// nullopt if it has no year, month or day, names a part twice, or a bracket is not closed.
[[nodiscard]] std::optional<TimePattern> parse_time_pattern(std::string_view text);

/// The instant that `text` means, in UTC; nullopt if it does not follow the pattern or there is no
/// such day or time.
[[nodiscard]] std::optional<Micros> parse_time(std::string_view text, const TimePattern& pattern);

}  // namespace cip::ingest
