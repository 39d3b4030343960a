// stats/cohort.h: who comes back: customers by the period of their first purchase.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cip::stats {

/// What a customer bought in a period. Periods are numbered without gaps, such as months since
/// 1970.
struct Activity {
  std::uint32_t customer = 0;
  std::int32_t period = 0;
  std::int64_t amount = 0;  // In the smallest unit of money, so that sums are exact.
};

/// The customers whose first purchase fell into `period`. The lists go by age: place 0 is the
/// period itself, the last place is the last period of the data.
struct Cohort {
  std::int32_t period = 0;
  std::size_t num_customers = 0;
  std::vector<std::size_t> active;    // Customers of the cohort who bought at that age.
  std::vector<std::int64_t> amounts;  // What they bought then.
};

/// Customers by first period, and how many of them were active in each period after it.
///
/// Shape:    any order; several activities of a customer in one period count as one customer.
///           Cohorts ascend; periods in which nobody was new are left out. Nothing in `activities`
///           lies after `last_period`.
/// Method:   O(n log n).
/// Source:   P. S. Fader, B. G. S. Hardie, K. L. Lee, "RFM and CLV: Using Iso-Value Curves for
///           Customer Base Analysis", Journal of Marketing Research 42 (2005), for cohorts by first
///           purchase.
std::vector<Cohort> cohorts_of(std::span<const Activity> activities, std::int32_t last_period);

}  // namespace cip::stats
