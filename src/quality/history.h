// quality/history.h: the loads of each source as trends, and what is out of the ordinary now.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "ingest/mapped_batch.h"
#include "quality/change.h"
#include "quality/trend.h"

namespace cip::quality {

/// What one published load counted.
struct LoadCounts {
  std::int64_t run_id = 0;
  std::string source_id;
  Micros at = 0;  // When it finished.
  std::vector<ingest::RuleCount> counts;
};

struct ScoredLoad {
  std::int64_t run_id = 0;
  Micros at = 0;
  std::optional<double> score;
  double standard_error = 0;
  TrendBand band;
};

struct SourceTrend {
  std::string source_id;
  std::vector<ScoredLoad> loads;  // Oldest first.
};

struct Alarm {
  std::string source_id;
  std::int64_t run_id = 0;
  Micros at = 0;
  std::string table;  // Empty for the score of the load as a whole; so are these two:
  std::string rule;
  std::string column;
  double value = 0;  // In points: the score, or a hundred times the pass rate.
  TrendBand band;
  // What moved it since the last load that was as usual, the largest first; for a rule, the rule.
  std::vector<RuleChange> moved;
};

struct History {
  std::vector<SourceTrend> trends;  // By source.
  std::vector<Alarm> alarms;        // Of the newest load of each source: its score, then its rules.
};

/// `loads` ascend by run. `accepted` are the runs whose level a person has accepted as the new one:
/// the trends of their source begin anew with them.
History history_of(std::span<const LoadCounts> loads, std::span<const std::int64_t> accepted);

}  // namespace cip::quality
