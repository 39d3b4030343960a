// stats/funnel.h: how many get how far through steps that follow each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/civil_time.h"

namespace cip::stats {

/// Something that happened to somebody: which of the steps it fulfils, as bits (step 0 is bit 0).
struct FunnelEvent {
  std::uint32_t who = 0;
  Micros at = 0;
  std::uint32_t steps = 0;
};
inline constexpr std::size_t kMaxFunnelSteps = 32;

/// How many of them reached each step: all steps before it, in order of time, then the step itself.
///
/// Shape:    any order of events; place k of the answer counts who reached step k, so it never
///           rises. One event may fulfil several steps that follow each other.
/// Window:   the last step must lie at most `window_us` after the first of the same attempt; of
///           several attempts the best counts.
/// Method:   for each step the latest start of an attempt that got there is kept: no other can do
///           better. O(n log n + n * steps).
/// Source:   the rule of ClickHouse's windowFunnel() in its default mode.
std::vector<std::size_t> funnel_of(std::span<const FunnelEvent> events, std::size_t num_steps,
                                   Micros window_us);

}  // namespace cip::stats
