// frame/quantile_sketch.h: the quantiles of any number of numbers, in a few kilobytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "frame/sketch_bytes.h"

namespace cip::frame {

/// A KLL sketch with k = 300: it keeps values with weights of 1, 2, 4, ... and, when it is full,
/// replaces every second value of a sorted level by its neighbour with twice the weight. Which half
/// goes is a matter of a fixed sequence of random bits, so the same values in the same order always
/// give the same sketch.
///
/// Once there are so many values that the lowest levels are as narrow as they may be, the paper's
/// sampler stands for them: of every 2^s values of a batch one, drawn at random, is kept with that
/// weight, where s is seven below the highest level.
///
/// Error:   exact up to 300 values. Beyond, the rank of a quantile is off by at most 1.33 % of all
///          values, 99 times in 100. Of that the levels take 2.296 / k^0.9723 = 0.90 %, as measured
///          for this scheme by datasketches.apache.org/docs/KLL. The sampler's deviation is at most
///          half of 2^s for each of n / 2^s draws, 0.30 % of n while there are s + 7 levels; both
///          together are 1.2 %. The least and the greatest value are exact.
/// Merging: within the same bound; exact as long as both hold together at most 300 values.
/// Source:  Z. Karnin, K. Lang, E. Liberty, "Optimal quantile approximation in streams", FOCS 2016.
class QuantileSketch {
 public:
  static constexpr double kRankError = 0.0133;

  /// Not a number has no rank; it must not be given. A weight says how often the value came.
  void add(double value, std::uint64_t weight = 1);
  void add(std::span<const double> values);  // Each once.
  void merge(const QuantileSketch& other);

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] double least() const noexcept { return least_; }
  [[nodiscard]] double greatest() const noexcept { return greatest_; }

  /// The values at these shares (0 to 1, ascending): the least value that has at least that share
  /// of all values at or below it. Empty if there are no values.
  [[nodiscard]] std::vector<double> quantiles(const std::vector<double>& shares) const;

  /// The share of values at or below each of these, which ascend. 0 without values.
  [[nodiscard]] std::vector<double> shares_up_to(const std::vector<double>& values) const;

  void write(SketchWriter& out) const;
  void read(SketchReader& in);

 private:
  void push(std::size_t level, double value);
  void compress();
  void renew_capacity();
  std::uint64_t random_bits() noexcept;
  [[nodiscard]] std::vector<std::pair<double, std::uint64_t>> sorted() const;

  std::vector<std::vector<double>> levels_ = std::vector<std::vector<double>>(1);
  std::size_t size_ = 0;                         // Of all levels.
  std::vector<std::size_t> capacities_ = {300};  // By level.
  std::size_t capacity_ = 300;                   // Their sum.
  std::uint64_t count_ = 0;
  double least_ = 0;
  double greatest_ = 0;
  std::uint64_t bits_ = 0x9E3779B97F4A7C15;
};

}  // namespace cip::frame
