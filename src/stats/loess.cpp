#include "stats/loess.h"

#include <algorithm>
#include <cmath>

#include "base/contract.h"

namespace cip::stats {
namespace {

// Within this share of the neighbourhood a weight is 1, beyond the other it is 0.
constexpr double kNear = 0.001;
constexpr double kFar = 0.999;

double tricube(double share) { return std::pow(1 - share * share * share, 3); }

}  // namespace

Loess::Loess(std::span<const double> values, std::size_t window, std::span<const double> weights)
    : values_(values), window_(window), trust_(weights), weights_(values.size()) {
  CIP_EXPECTS(!values.empty() && window >= 1);
  CIP_EXPECTS(weights.empty() || weights.size() == values.size());
}

bool Loess::weigh(double x, std::size_t first, std::size_t last) {
  double reach = std::max(x - static_cast<double>(first), static_cast<double>(last) - x);
  if (window_ > values_.size()) {
    const std::size_t num_beyond = (window_ - values_.size()) / 2;  // Whole points, as in STL.
    reach += static_cast<double>(num_beyond);
  }
  double sum = 0;
  for (std::size_t at = first; at <= last; ++at) {
    const double distance = std::abs(static_cast<double>(at) - x);
    double weight = 0;
    if (distance <= kFar * reach) {
      weight = distance <= kNear * reach ? 1 : tricube(distance / reach);
      if (!trust_.empty()) weight *= trust_[at];
    }
    weights_[at] = weight;
    sum += weight;
  }
  if (sum <= 0) return false;
  for (std::size_t at = first; at <= last; ++at) weights_[at] /= sum;
  return reach > 0;
}

std::optional<double> Loess::at(double x, std::size_t first, std::size_t last) {
  const bool has_line = weigh(x, first, last);
  if (!has_line && weights_[first] == 0) return std::nullopt;
  double centre = 0;
  for (std::size_t at = first; at <= last; ++at) centre += weights_[at] * static_cast<double>(at);
  double spread = 0;
  for (std::size_t at = first; at <= last; ++at) {
    const double distance = static_cast<double>(at) - centre;
    spread += weights_[at] * distance * distance;
  }
  // Where all weight lies on one place there is no slope.
  const bool has_slope =
      has_line && std::sqrt(spread) > kNear * static_cast<double>(values_.size() - 1);
  const double slope = has_slope ? (x - centre) / spread : 0;
  double value = 0;
  for (std::size_t at = first; at <= last; ++at) {
    value += weights_[at] * (1 + slope * (static_cast<double>(at) - centre)) * values_[at];
  }
  return value;
}

std::vector<double> Loess::smooth() {
  const std::size_t count = values_.size();
  const std::size_t width = std::min(window_, count);
  const std::size_t half = (window_ + 1) / 2;
  std::vector<double> smoothed(count);
  std::size_t first = 0;
  for (std::size_t step = 0; step < count; ++step) {
    // The window follows its middle until it reaches the end.
    if (window_ < count && step + 1 > half && first + width < count) ++first;
    const auto fitted = at(static_cast<double>(step), first, first + width - 1);
    smoothed[step] = fitted.value_or(values_[step]);
  }
  return smoothed;
}

}  // namespace cip::stats
