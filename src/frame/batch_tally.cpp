#include "frame/batch_tally.h"

#include <algorithm>
#include <bit>

namespace cip::frame {

std::span<const Tally> BatchTally::count(std::span<const std::uint64_t> hashes,
                                         std::span<const std::uint32_t> weights) {
  slots_.resize(std::max(slots_.size(), std::bit_ceil(hashes.size() * 2 + 1)));
  std::ranges::fill(slots_, 0);
  tallies_.clear();
  const std::size_t mask = slots_.size() - 1;
  for (std::uint32_t at = 0; at < hashes.size(); ++at) {
    std::size_t slot = hashes[at] & mask;
    while (slots_[slot] != 0 && tallies_[slots_[slot] - 1].hash != hashes[at]) {
      slot = (slot + 1) & mask;
    }
    if (slots_[slot] == 0) {
      tallies_.push_back({hashes[at], at, 0});
      slots_[slot] = static_cast<std::uint32_t>(tallies_.size());
    }
    tallies_[slots_[slot] - 1].count += weights.empty() ? 1 : weights[at];
  }
  return tallies_;
}

}  // namespace cip::frame
