// base/random.h: random numbers that are the same everywhere for the same seed.
//
// The engines and distributions of <random> differ between standard libraries; results that carry a
// seed must not.
#pragma once

#include <cstdint>

namespace cip {

/// Source:  D. Blackman, S. Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47
///          (2021), xoshiro256**; seeded by splitmix64 as they advise.
class Random {
 public:
  explicit Random(std::uint64_t seed) noexcept;

  std::uint64_t next() noexcept;

  /// Uniform in [0, 1), 53 bits.
  double uniform() noexcept;

  /// Uniform in [0, below), without bias (Lemire 2019). `below` is positive.
  std::uint64_t below(std::uint64_t below) noexcept;

  /// Standard normal (Marsaglia's polar method).
  double normal() noexcept;

 private:
  std::uint64_t state_[4];  // NOLINT(*-c-arrays): four words, as the paper has them.
};

}  // namespace cip
