#include "stats/trend.h"

#include <cstddef>

namespace cip::stats {

std::vector<PeriodChange> changes_of(std::span<const PeriodValue> values, Grain grain,
                                     Days first_on, Days last_on) {
  std::vector<PeriodChange> changes;
  for (const PeriodValue& period : values) {
    PeriodChange change{period.on, period.value, std::nullopt, std::nullopt, true};
    const Days end = next_period(period.on, grain);
    change.is_complete = period.on >= first_on && end - 1 <= last_on;
    const bool follows = !changes.empty() && next_period(changes.back().on, grain) == period.on;
    const auto before = follows ? changes.back().value : std::nullopt;
    if (before && period.value) {
      change.change = *period.value - *before;
      if (*before > 0) change.growth = *change.change / *before;
    }
    changes.push_back(change);
  }
  return changes;
}

std::array<WeekdayShare, 7> weekday_shares(std::span<const PeriodValue> days, Days first_on,
                                           Days last_on) {
  std::array<WeekdayShare, 7> shares{};
  for (int weekday = 0; weekday < 7; ++weekday) {
    shares[static_cast<std::size_t>(weekday)].weekday = weekday;
  }
  for (Days on = first_on; on <= last_on; ++on) {
    ++shares[static_cast<std::size_t>(weekday_of(on))].num_days;
  }
  double total = 0;
  for (const PeriodValue& day : days) {
    if (!day.value || day.on < first_on || day.on > last_on) continue;
    shares[static_cast<std::size_t>(weekday_of(day.on))].sum += *day.value;
    total += *day.value;
  }
  for (WeekdayShare& share : shares) {
    if (total != 0) share.share = share.sum / total;
    if (share.num_days != 0) share.mean_per_day = share.sum / static_cast<double>(share.num_days);
  }
  return shares;
}

}  // namespace cip::stats
