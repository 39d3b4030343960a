// stats/loess.h: smoothing a series by lines through its neighbourhoods.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace cip::stats {

/// Smooths values at even steps by local lines.
///
/// Shape:    `weights` are empty, or one for each value: how far it may be trusted, 0 to 1.
/// Method:   at each step a line by least squares through the nearest `window` values, weighted by
///           the tricube of their distance; a window longer than the series widens the tricube.
/// Source:   W. S. Cleveland, JASA 74 (1979), as the routines "ess" and "est" of STL (1990) have
/// it.
class Loess {
 public:
  Loess(std::span<const double> values, std::size_t window, std::span<const double> weights);

  /// The smooth series.
  [[nodiscard]] std::vector<double> smooth();

  /// The line of the neighbourhood [first, last] at `x`, which may lie outside; nothing if no value
  /// there has a weight. Steps count from 0.
  [[nodiscard]] std::optional<double> at(double x, std::size_t first, std::size_t last);

 private:
  // The weights of a neighbourhood around x, which add up to 1; false if there are none.
  bool weigh(double x, std::size_t first, std::size_t last);

  std::span<const double> values_;
  std::size_t window_;
  std::span<const double> trust_;
  std::vector<double> weights_;
};

}  // namespace cip::stats
