#include "quality/timeliness.h"

#include <algorithm>

namespace cip::quality {

ingest::RuleCount lag_count(const Feed& feed, Micros at) {
  ingest::RuleCount count{.table = feed.table,
                          .rule = std::string(kLagRule),
                          .dimension = "timeliness",
                          .column = feed.column,
                          .severity = "normal",
                          .checked = 0,
                          .failed = 0,
                          .is_crashed = !feed.newest};
  if (!feed.newest) return count;
  const std::int64_t age_s = (at - *feed.newest) / kMicrosPerSecond;
  const std::int64_t late_s = std::clamp<std::int64_t>(age_s - feed.lag_s, 0, feed.lag_s);
  count.checked = static_cast<std::uint64_t>(feed.lag_s);
  count.failed = static_cast<std::uint64_t>(late_s);
  return count;
}

}  // namespace cip::quality
