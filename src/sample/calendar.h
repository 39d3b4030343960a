// sample/calendar.h: when things happen in the three years of the sample.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/civil_time.h"

namespace cip::sample {

/// Three years, with the leap day that is always among them or not: 3 * 365 + 1 days.
inline constexpr int kNumDays = 1096;

/// How busy a day is by the calendar alone: about 1 on average over a year. Two busy months before
/// Christmas, a quiet July, a rush on the last Friday of November, weekends above weekdays.
[[nodiscard]] double busyness_of(Days on) noexcept;

/// Deals out a known number of events to days in proportion to weights, and to hours as people keep
/// them. Moments come in the order of time.
class Schedule {
 public:
  struct Moment {
    int day;     // From 0.
    int second;  // Of the day.
  };

  /// `day_weights` are at least 0, and one is above.
  Schedule(std::span<const double> day_weights, std::uint64_t num_events);

  /// The moment of the event that follows `num_done` others; `position` in [0, 1) moves it within
  /// its place. `num_done` never falls from call to call.
  [[nodiscard]] Moment moment_of(std::uint64_t num_done, double position) noexcept;

 private:
  std::vector<std::uint64_t> ends_;     // Events before the end of each day.
  std::array<double, 25> hour_ends_{};  // Share of a day's events before each hour.
  std::size_t day_ = 0;
};

}  // namespace cip::sample
