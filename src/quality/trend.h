// quality/trend.h: whether a load is like those before it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cip::quality {

/// One load's value of a metric in points, 0 to 100.
struct TrendPoint {
  double value = 0;
  double error = 0;  // Its standard error.
  int weekday = 0;   // 0 is Monday.
};

enum class TrendState : std::uint8_t {
  Cold,    // Fewer than five loads to compare with.
  Normal,  //
  Jump,    // Far from the loads before it, or the second in a row that is rather far.
  Drift,   // Slowly away from where it began.
};

struct TrendBand {
  TrendState state = TrendState::Cold;
  std::optional<double> centre;  // None while cold.
  double spread = 0;
  std::size_t num_loads = 0;  // That the centre and the spread are made of.

  [[nodiscard]] bool is_alarm() const noexcept {
    return state == TrendState::Jump || state == TrendState::Drift;
  }
};

/// How far from the centre, in spreads, is an alarm.
inline constexpr double kAlarmSpreads = 3.5;

/// Judges each load, the oldest first, by those before it.
///
/// Jump:    the last 20 loads that gave no alarm, of the same weekday if there are four or more of
///          it; five loads are needed to begin. The centre is their median, the
///          spread the largest of their MAD (times 1.4826 and the correction for small samples),
///          the standard error of this load and of the loads before it (the root of their mean
///          square: a small load without a fault has no error of its own), and 0.1 points. An alarm
///          is more than 3.5 spreads from the centre, or the second load in a row more than 2.5 on
///          the same side. The MAD of n loads is widened by 1 + 5/n, as it is itself uncertain:
///          without that, one load in ten of mere normal noise gave an alarm.
/// Drift:   an average that gives each new load a fifth of the say, against the median of the
///          first 20 loads: further than 3.5 of its own standard deviations is an alarm. The
///          sliding centre of the jumps would follow a slow drift; the first loads do not. What a
///          weekday lies off (more than 2.5 spreads from all loads) is taken from it first.
/// Weekday: one that differs from the others gives alarms at first. Four of them that lie closer to
///          each other than to the rest, while three in four loads of the other days are as usual,
///          are a habit: the fifth is compared with them.
/// Alarms do not become part of what later loads are compared with, unless they are such a habit.
/// Where a person accepts a new level, the series begins anew there.
/// False:   of daily loads that vary like normal noise, one in 43; of loads that differ only as
///          chance makes counts differ, fewer than one in 300. trend_test.cpp counts both.
/// Cost:    O(n) loads with at most n steps each.
/// Source:  the 3.5 for medians and MAD: B. Iglewicz, D. Hoaglin, "How to Detect and Handle
///          Outliers" (1993); the correction: C. Croux, P. Rousseeuw, "Time-efficient algorithms
///          for two highly robust estimators of scale", COMPSTAT 1992; the moving average:
///          S. W. Roberts, "Control chart tests based on geometric moving averages",
///          Technometrics 1 (1959). The variance of a median of n is pi/2n of that of a value.
std::vector<TrendBand> judge_trend(std::span<const TrendPoint> points);

}  // namespace cip::quality
