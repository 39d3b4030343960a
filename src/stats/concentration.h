// stats/concentration.h: how unevenly something is spread: who holds how much of it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/result.h"

namespace cip::stats {

/// A point of the Lorenz curve: the poorest `share_of_holders` hold `share_of_total`.
struct LorenzPoint {
  double share_of_holders = 0;
  double share_of_total = 0;
};

struct Concentration {
  std::size_t num_holders = 0;
  std::size_t num_left_out = 0;  // Missing or below zero.
  double total = 0;
  double gini = 0;                    // 0: all hold the same; towards 1: one holds it all.
  double share_of_top_fifth = 0;      // What the richest 20 % hold.
  double holders_of_four_fifths = 0;  // The smallest share of holders that has 80 %.
  std::vector<LorenzPoint> curve;     // From (0, 0) to (1, 1).

  /// What the richest `share` of the holders hold; linear between the points of the full curve.
  [[nodiscard]] double held_by_top(double share) const;
};

/// Judges how a total is spread over its holders.
///
/// Missing:  NaN and values below zero are left out and counted.
/// Method:   Gini's mean difference over twice the mean, of all holders (not corrected for n). The
///           curve has all points up to 200 holders, then 201 evenly spread. O(n log n).
/// Source:   M. O. Lorenz, "Methods of Measuring the Concentration of Wealth" (1905); C. Gini
/// (1912);
///           the formula over ranks as in A. Sen, "On Economic Inequality" (1973).
/// Errors:   Undefined  nobody holds anything
Result<Concentration> concentration_of(std::span<const double> values);

}  // namespace cip::stats
