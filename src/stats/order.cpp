#include "stats/order.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "base/contract.h"

namespace cip::stats {
namespace {

constexpr std::size_t kFew = 2048;
constexpr std::size_t kByteValues = 256;
constexpr std::uint64_t kSign = 1ULL << 63U;

// An unsigned number that sorts as the double does.
std::uint64_t key_of(double value) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

double value_of(std::uint64_t key) noexcept {
  return std::bit_cast<double>((key & kSign) != 0 ? key & ~kSign : ~key);
}

struct Placed {
  std::uint64_t key;
  std::uint32_t place;
};

constexpr std::uint64_t key_in(std::uint64_t item) noexcept { return item; }
constexpr std::uint64_t key_in(const Placed& item) noexcept { return item.key; }

// From the last byte to the first, each pass stable.
template <class Item>
void radix_sort(std::vector<Item>& items) {
  std::array<std::array<std::size_t, kByteValues>, 8> counts{};
  for (const Item& item : items) {
    for (std::size_t byte = 0; byte < counts.size(); ++byte) {
      ++counts[byte][key_in(item) >> 8 * byte & 0xFFU];
    }
  }
  std::vector<Item> other(items.size());
  for (std::size_t byte = 0; byte < counts.size(); ++byte) {
    std::array<std::size_t, kByteValues>& ends = counts[byte];
    if (std::ranges::find(ends, items.size()) != ends.end()) continue;  // All have the same.
    std::size_t start = 0;
    for (std::size_t& end : ends) start += std::exchange(end, start);
    for (const Item& item : items) other[ends[key_in(item) >> 8 * byte & 0xFFU]++] = item;
    items.swap(other);
  }
}

}  // namespace

void sort_numbers(std::vector<double>& values) {
  if (values.size() < kFew) {
    std::ranges::sort(values);
    return;
  }
  std::vector<std::uint64_t> keys;
  keys.reserve(values.size());
  for (const double value : values) keys.push_back(key_of(value));
  radix_sort(keys);
  for (std::size_t at = 0; at < keys.size(); ++at) values[at] = value_of(keys[at]);
}

std::vector<std::uint32_t> order_of(std::span<const double> values) {
  CIP_EXPECTS(values.size() < std::numeric_limits<std::uint32_t>::max());
  std::vector<Placed> placed;
  placed.reserve(values.size());
  for (std::size_t at = 0; at < values.size(); ++at) {
    // Adding zero makes one zero of the two, so that they stay as they stand.
    if (!std::isnan(values[at])) {
      placed.push_back({key_of(values[at] + 0.0), static_cast<std::uint32_t>(at)});
    }
  }
  if (placed.size() < kFew) {
    std::ranges::stable_sort(placed, {}, &Placed::key);
  } else {
    radix_sort(placed);
  }
  std::vector<std::uint32_t> order;
  order.reserve(placed.size());
  for (const Placed& one : placed) order.push_back(one.place);
  return order;
}

std::vector<double> ranks_of(std::span<const double> values) {
  const std::vector<std::uint32_t> order = order_of(values);
  std::vector<double> ranks(values.size(), std::nan(""));
  for_each_tie(values, order, [&](std::size_t first, std::size_t end) {
    const double mean = static_cast<double>(first + 1 + end) / 2;
    for (std::size_t at = first; at < end; ++at) ranks[order[at]] = mean;
  });
  return ranks;
}

}  // namespace cip::stats
