// frame/distinct_count.h: how many different values there were, in a few kilobytes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "frame/sketch_bytes.h"

namespace cip::frame {

/// Counts different values by their 64-bit hashes. Exact up to 512 of them; beyond that a
/// HyperLogLog of 4,096 registers.
///
/// Error:   none up to 512; beyond, a standard error of 1.04 / sqrt(4096) = 1.6 %
/// Merging: what it holds depends on the set of hashes alone, so the sketch of two parts merged is
///          the sketch of the whole, bit by bit.
/// Source:  P. Flajolet et al., "HyperLogLog", AofA 2007; the estimator without bias correction of
///          O. Ertl, "New cardinality estimation algorithms for HyperLogLog sketches",
///          arXiv:1702.01284 (2017), algorithm 6.
class DistinctCount {
 public:
  static constexpr double kStandardError = 0.01625;

  void add(std::uint64_t hash);
  void add(std::span<const std::uint64_t> hashes);
  void merge(const DistinctCount& other);

  [[nodiscard]] bool is_exact() const noexcept { return registers_.empty(); }
  [[nodiscard]] double estimate() const;

  void write(SketchWriter& out) const;
  void read(SketchReader& in);

  bool operator==(const DistinctCount&) const = default;

 private:
  void add_to_register(std::uint64_t hash);
  void leave_exactness();

  std::vector<std::uint64_t> hashes_;    // Ascending, while they are few.
  std::vector<std::uint8_t> registers_;  // Empty until there are more.
};

}  // namespace cip::frame
