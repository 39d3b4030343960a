#include "stats/cohort.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/contract.h"

namespace cip::stats {

std::vector<Cohort> cohorts_of(std::span<const Activity> activities, std::int32_t last_period) {
  std::vector<Activity> sorted(activities.begin(), activities.end());
  std::ranges::sort(sorted, {},
                    [](const Activity& one) { return std::tuple(one.customer, one.period); });
  std::map<std::int32_t, Cohort> by_period;
  Cohort* cohort = nullptr;
  for (std::size_t at = 0; at < sorted.size(); ++at) {
    const Activity& activity = sorted[at];
    CIP_EXPECTS(activity.period <= last_period);
    const bool is_new = at == 0 || sorted[at - 1].customer != activity.customer;
    if (is_new) {
      cohort = &by_period[activity.period];
      cohort->period = activity.period;
      ++cohort->num_customers;
      const auto num_ages = static_cast<std::size_t>(last_period - activity.period) + 1;
      cohort->active.resize(num_ages);
      cohort->amounts.resize(num_ages);
    }
    const auto age = static_cast<std::size_t>(activity.period - cohort->period);
    const bool is_first_there = is_new || sorted[at - 1].period != activity.period;
    if (is_first_there) ++cohort->active[age];
    cohort->amounts[age] += activity.amount;
  }
  std::vector<Cohort> cohorts;
  cohorts.reserve(by_period.size());
  for (auto& [period, found] : by_period) cohorts.push_back(std::move(found));
  return cohorts;
}

}  // namespace cip::stats
