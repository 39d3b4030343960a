// service/quality_history.h: the parts of the quality page that look back: trends, alarms, what
// changed, how fresh the data are.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "model/model.h"
#include "quality/history.h"
#include "sql/connection.h"
#include "warehouse/ledger.h"

namespace cip::service {

/// The published loads among these runs, oldest first, with what they counted.
std::vector<quality::LoadCounts> loads_of(std::span<const warehouse::Run> runs,
                                          std::span<const warehouse::LoggedRule> rules);

/// The newest event of one table of one source, and the promise of its source.
struct Freshness {
  std::string source_id;
  std::string table;
  std::string column;  // The time of its events; empty if it has none.
  std::optional<Micros> newest;
  std::optional<Micros> loaded_at;
  std::optional<std::int64_t> lag_s;  // None if nothing was promised.
};

/// One for each source and table that a current run has filled.
Result<std::vector<Freshness>> read_freshness(sql::Connection& database, const model::Model& model,
                                              std::span<const warehouse::Run> runs,
                                              std::span<const warehouse::LoggedRule> rules,
                                              const std::set<std::int64_t>& current);

/// The lag rules of all that was promised, judged now: what takes the place of those that were
/// counted when the data were loaded.
std::vector<ingest::RuleCount> lag_counts(std::span<const Freshness> feeds, Micros now);

JsonArray freshness_json(std::span<const Freshness> feeds, Micros now);
JsonArray trend_json(const quality::History& history);

/// The newest load of each source against the one before it.
JsonArray changes_json(std::span<const quality::LoadCounts> loads);
JsonObject change_json(const quality::LoadCounts& before, const quality::LoadCounts& after);

/// Alarms in words, with rows of the file that show what is wrong.
Result<JsonArray> alarms_json(sql::Connection& database, const quality::History& history,
                              bool shows_values);

}  // namespace cip::service
