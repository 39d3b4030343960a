// stats/order.h: sorting many numbers, and ranks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cip::stats {

/// Sorts in place, smallest first. None may be NaN.
///
/// Method:  a radix sort by the bytes of the number, of those bytes that differ at all; a comparing
///          sort where there are few. O(n).
void sort_numbers(std::vector<double>& values);

/// The places of the values that are there, the smallest value first; equal ones as they stand.
[[nodiscard]] std::vector<std::uint32_t> order_of(std::span<const double> values);

/// From 1 for the smallest; equal values share the mean of their ranks; NaN where one is missing.
[[nodiscard]] std::vector<double> ranks_of(std::span<const double> values);

/// Calls visit(first, end) for each run of equal values of `order`, in order.
template <class Visit>
void for_each_tie(std::span<const double> values, std::span<const std::uint32_t> order,
                  Visit visit) {
  for (std::size_t first = 0; first < order.size();) {
    std::size_t end = first + 1;
    while (end < order.size() && values[order[end]] == values[order[first]]) ++end;
    visit(first, end);
    first = end;
  }
}

}  // namespace cip::stats
