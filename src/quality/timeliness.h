// quality/timeliness.h: whether a feed came when it was promised.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/civil_time.h"
#include "ingest/mapped_batch.h"

namespace cip::quality {

inline constexpr std::string_view kLagRule = "lag";

struct Feed {
  std::string table;
  std::string column;            // The time of its events; empty if it has none.
  std::optional<Micros> newest;  // Its newest event, or when it was loaded; none if nobody knows.
  std::int64_t lag_s = 0;        // The promise: never older than this. Above nought.
};

/// Judges a feed at an instant. Its units are seconds: as many as the promised lag are checked, and
/// every second beyond the promise has failed, so that the pass rate is 1 within the lag and falls
/// evenly to 0 at twice the lag. A feed of which nobody knows how old it is counts as crashed.
ingest::RuleCount lag_count(const Feed& feed, Micros at);

}  // namespace cip::quality
