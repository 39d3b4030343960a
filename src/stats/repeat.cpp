#include "stats/repeat.h"

#include <algorithm>
#include <tuple>

namespace cip::stats {
namespace {

constexpr std::size_t kMostSteps = 10;

std::vector<Purchase> distinct_days(std::span<const Purchase> purchases) {
  std::vector<Purchase> sorted(purchases.begin(), purchases.end());
  std::ranges::sort(sorted, {},
                    [](const Purchase& one) { return std::tuple(one.customer, one.on); });
  const auto same = [](const Purchase& left, const Purchase& right) {
    return left.customer == right.customer && left.on == right.on;
  };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
  return sorted;
}

}  // namespace

RepeatPurchases repeat_purchases(std::span<const Purchase> purchases) {
  const std::vector<Purchase> days = distinct_days(purchases);
  RepeatPurchases found;
  found.num_purchases = days.size();
  std::vector<std::vector<double>> by_step(kMostSteps);
  std::vector<std::size_t> reached(kMostSteps);
  std::size_t number = 0;  // Of the purchase, among those of its customer.
  for (std::size_t at = 0; at < days.size(); ++at) {
    const bool is_first = at == 0 || days[at].customer != days[at - 1].customer;
    number = is_first ? 1 : number + 1;
    if (number <= kMostSteps) ++reached[number - 1];
    if (is_first) continue;
    const auto interval = static_cast<double>(days[at].on - days[at - 1].on);
    found.intervals.push_back(interval);
    if (number - 1 <= kMostSteps) by_step[number - 2].push_back(interval);
  }
  std::ranges::sort(found.intervals);
  found.num_customers = reached.front();
  found.num_repeated = by_step.front().size();
  for (std::size_t step = 0; step < kMostSteps && reached[step] != 0; ++step) {
    std::ranges::sort(by_step[step]);
    const double median = by_step[step].empty() ? 0 : quantile_of(by_step[step], 0.5);
    found.steps.push_back({step + 1, reached[step], by_step[step].size(), median});
  }
  return found;
}

}  // namespace cip::stats
