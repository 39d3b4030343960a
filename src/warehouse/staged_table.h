// warehouse/staged_table.h: what staging leaves of one table of a run, for whoever publishes it now
// or later.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "ingest/mapped_batch.h"
#include "model/model.h"
#include "warehouse/load.h"

namespace cip::warehouse {

/// What became of one record of a replay.
struct ReplayNote {
  enum class Fate : std::uint8_t { Kept, Duplicate, Rejected, Skipped };
  std::uint64_t record_no = 0;
  Fate fate = Fate::Kept;
  std::string key;  // Of the row it became; empty unless it was kept.
};

struct StagedTable {
  const model::TableDef* table = nullptr;
  std::filesystem::path rows;                 // A SpillFile of RowCodec.
  std::filesystem::path rejects;              // A SpillFile of encode_reject().
  TableCounts counts;                         // Rows that will be published count as loaded.
  std::vector<std::uint64_t> skips = {};      // By LoadTable::skip_reasons.
  std::vector<ingest::RuleCount> rules = {};  // The load's own.
  std::vector<ReplayNote> notes = {};         // In a replay, one a record.
  // Whether the rows may go into the table as they lie: integer keys rise from each to the next.
  // The order of text keys does not matter.
  bool is_ascending = true;
  // What staging left out beside what the mapping did, for people.
  std::vector<ingest::CellChange> changes = {};
  // Whether a later row may have taken the place of an earlier one with its key.
  bool has_superseded = false;
};

}  // namespace cip::warehouse
