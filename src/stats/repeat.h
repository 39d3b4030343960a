// stats/repeat.h: how long customers take to buy again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/civil_time.h"
#include "stats/numbers.h"

namespace cip::stats {

struct Purchase {
  std::uint32_t customer = 0;
  Days on = 0;
};

/// From the n-th purchase of a customer to the next.
struct RepeatStep {
  std::size_t number = 0;         // n, from 1.
  std::size_t num_customers = 0;  // Who made the n-th purchase.
  std::size_t num_repeated = 0;   // Of these, who made another.
  double median_days = 0;         // Between the two; 0 if nobody made another.
};

struct RepeatPurchases {
  std::size_t num_customers = 0;
  std::size_t num_repeated = 0;   // Customers with more than one purchase.
  std::size_t num_purchases = 0;  // Days on which a customer bought.
  std::vector<double> intervals;  // In days, ascending: all there are.
  std::vector<RepeatStep> steps;  // The first ten, as far as anybody got.
};

/// The days between purchases of the same customer.
///
/// Shape:    any order; several purchases of a customer on one day are one, so that no interval is
/// 0. Note:     customers who have not bought again yet have no interval: those that are known are
/// the
///           shorter ones. Kaplan-Meier (survival.h) takes the others into account.
/// Method:   O(n log n).
RepeatPurchases repeat_purchases(std::span<const Purchase> purchases);

}  // namespace cip::stats
