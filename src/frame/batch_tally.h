// frame/batch_tally.h: the different values of one batch, each with how often it came.
#pragma once

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

}  // namespace cip::frame
