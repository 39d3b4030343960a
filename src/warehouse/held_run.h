// warehouse/held_run.h: a run that waits in staging until somebody decides: all that publishing it
// takes, as a file beside its rows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "ingest/mapped_batch.h"
#include "model/model.h"
#include "sql/connection.h"
#include "warehouse/load.h"
#include "warehouse/rejects.h"
#include "warehouse/staged_table.h"

namespace cip::warehouse {

struct HeldRun {
  std::int64_t run_id = 0;
  LoadSpec spec;
  std::vector<StagedTable> staged;  // As spec.tables.
  std::uint64_t bytes_in = 0;
  std::vector<ingest::RuleCount> rules;
  std::string data_state;  // data_state() when it was staged.
  // Held runs whose rows it was compared with as if they were published: see Rehearsal.
  std::vector<std::int64_t> rests_on = {};
};

/// Changes with every run that changes the tables: what a held run was compared with is there as
/// long as this is the same.
Result<std::string> data_state(sql::Connection& connection);

/// The folder of a held run.
[[nodiscard]] std::filesystem::path held_folder(const std::filesystem::path& staging,
                                                std::int64_t run_id);

/// Writes it into the folder that holds its rows.
Result<void> write_held(const std::filesystem::path& folder, const HeldRun& held);

/// Errors:  NotFound  no run of this number is held
///          Conflict  what is held is damaged, or the model has changed since
Result<HeldRun> read_held(const std::filesystem::path& staging, const model::Model& model,
                          std::int64_t run_id);

/// Why the records were rejected that a held run keeps, as reject_causes() tells it of published
/// runs; the examples have no number yet. Reads all of them, in flat memory.
///
/// Errors:  Unavailable  its files cannot be read
Result<std::vector<RejectCause>> held_causes(const HeldRun& held);

/// Throws a held run away and says so in the ledger.
///
/// Errors:  NotFound     no run of this number is held
///          Unavailable  the database or the folder cannot be written
Result<void> discard_held(sql::Connection& connection, const std::filesystem::path& staging,
                          std::int64_t run_id);

}  // namespace cip::warehouse
