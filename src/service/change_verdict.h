// service/change_verdict.h: whether a change means anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "stats/change.h"

namespace cip::service {

/// Below so many customers a number is called small.
inline constexpr std::size_t kFewCustomers = 30;

struct Verdict {
  stats::Chance chance;
  std::vector<double> history;
  double usual_change = 0;  // The root mean square of the changes before.
  bool is_small = false;
  bool is_normal = false;
  std::string text;
};

/// Holds a change against what single customers coming and going would make, and against what
/// earlier periods differ by.
[[nodiscard]] Verdict verdict_on(std::span<const stats::CustomerFlow> flows,
                                 std::vector<double> history, std::int64_t change);

/// The verdict of the API; numbers are in units of 10^-scale here.
[[nodiscard]] Json verdict_json(const Verdict& verdict, int scale);

}  // namespace cip::service
