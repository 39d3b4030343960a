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

std::span<const std::uint32_t> RareFilter::frequent(std::span<const std::uint64_t> hashes) {
  constexpr std::size_t kNumCounters = 4'096;
  constexpr unsigned kUnusedBits = 20;  // Others make their places of the lowest and highest bits.
  counts_.assign(kNumCounters, 0);
  places_.resize(std::max(places_.size(), hashes.size()));
  const auto missed = static_cast<std::uint8_t>(RareFilter::missed(hashes.size()));
  std::uint8_t* const counts = counts_.data();
  std::uint32_t* const places = places_.data();
  std::size_t num = 0;
  for (std::size_t at = 0; at < hashes.size(); ++at) {
    std::uint8_t& count = counts[(hashes[at] >> kUnusedBits) & (kNumCounters - 1)];
    const bool passes = count >= missed;
    places[num] = static_cast<std::uint32_t>(at);
    num += passes ? 1 : 0;
    count = static_cast<std::uint8_t>(count + (passes ? 0 : 1));
  }
  return {places, num};
}

}  // namespace cip::frame
