// base/civil_time.h: dates and instants. A date is a count of days, an instant a count of
// microseconds in UTC; both from 1970-01-01. `on` names a date, `at` an instant.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cip {

using Days = std::int32_t;
using Micros = std::int64_t;

inline constexpr Micros kMicrosPerSecond = 1'000'000;
inline constexpr Micros kMicrosPerDay = 86'400 * kMicrosPerSecond;

struct CivilDate {
  int year;
  int month;  // From 1.
  int day;    // From 1.
  auto operator<=>(const CivilDate&) const = default;
};

/// The proleptic Gregorian calendar, both ways.
///
/// Source:  H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013).
[[nodiscard]] Days days_of(CivilDate date) noexcept;
[[nodiscard]] CivilDate civil_date_of(Days on) noexcept;
[[nodiscard]] bool is_valid(CivilDate date) noexcept;

/// The date an instant falls on, in UTC; also right before 1970.
[[nodiscard]] Days days_of(Micros at) noexcept;

/// 0 is Monday, 6 is Sunday (ISO 8601).
[[nodiscard]] int weekday_of(Days on) noexcept;

/// Reads 2024-03-01 (ISO 8601); nothing else, and only dates that exist.
[[nodiscard]] std::optional<Days> parse_date(std::string_view text) noexcept;

/// Reads 2024-03-01, 2024-03-01 09:30, 2024-03-01T09:30:00.125Z or with an offset such as +02:00.
/// Without a zone it is UTC.
[[nodiscard]] std::optional<Micros> parse_instant(std::string_view text) noexcept;

[[nodiscard]] std::string date_text(Days on);       // 2024-03-01
[[nodiscard]] std::string instant_text(Micros at);  // 2024-03-01T09:30:00Z, or with .125000

/// The calendar periods that time is grouped by. A week starts on Monday.
enum class Grain { Hour, Day, Week, Month, Quarter, Year };

[[nodiscard]] std::string_view name_of(Grain grain) noexcept;
[[nodiscard]] std::optional<Grain> parse_grain(std::string_view name) noexcept;

/// The first day of the period that holds `on`. Hour is a day here.
[[nodiscard]] Days period_start(Days on, Grain grain) noexcept;

/// The first day of the period after the one that holds `on`.
[[nodiscard]] Days next_period(Days on, Grain grain) noexcept;

/// The clock of the machine. Only service and app ask it: everything below takes time as an
/// argument.
[[nodiscard]] Micros now_us() noexcept;

}  // namespace cip
