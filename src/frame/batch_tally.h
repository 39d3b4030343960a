// frame/batch_tally.h: the different values of one batch, each with how often it came.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cip::frame {

/// One of the different values of a batch. Values are told apart by a 64-bit hash: among a million
/// of them two share one with a chance of 3 in 10^8.
struct Tally {
  std::uint64_t hash;
  std::uint32_t first;  // Where in the batch it came first.
  std::uint32_t count;
};

/// Counts a batch before the sketches see it, so that a column of five countries costs five steps a
/// batch and not a thousand. Keeps its memory for the next batch.
class BatchTally {
 public:
  /// In order of first appearance; good until the next call. With weights, one each, a value that
  /// comes stands for so many.
  std::span<const Tally> count(std::span<const std::uint64_t> hashes,
                               std::span<const std::uint32_t> weights = {});

 private:
  std::vector<std::uint32_t> slots_;  // 1 + a place in tallies_; 0 where there is none.
  std::vector<Tally> tallies_;
};

/// Tells in a batch the values that come often, so that only those have to be counted one by one
/// where a column has very many different values.
///
/// Method:  4,096 counters; values that share one are taken for one value, so that too much passes
///          and never too little. A value does not pass as long as its counter is at most
///          missed(): of any one value at most so many are missing, a 512th of the batch.
class RareFilter {
 public:
  /// How many of one value a batch of this size may miss.
  [[nodiscard]] static std::uint32_t missed(std::uint64_t num_values) noexcept {
    constexpr std::uint64_t kShare = 512;
    constexpr std::uint64_t kMost = 255;
    return static_cast<std::uint32_t>(std::min(num_values / kShare, kMost));
  }

  /// The places of the values that pass; good until the next call.
  std::span<const std::uint32_t> frequent(std::span<const std::uint64_t> hashes);

 private:
  std::vector<std::uint8_t> counts_;
  std::vector<std::uint32_t> places_;
};

}  // namespace cip::frame
