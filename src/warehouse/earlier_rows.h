// warehouse/earlier_rows.h: the versions of rows that runs replaced, and how undoing a run brings
// them back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "model/model.h"
#include "sql/connection.h"

namespace cip::warehouse {

/// Copies the row of a key to where its earlier versions are: parameters are the run that is about
/// to replace it, and the key.
[[nodiscard]] std::string keep_earlier_sql(const model::TableDef& table);

/// A row that stands against undoing a run.
struct UndoConflict {
  std::string table;
  std::string key;
  std::int64_t run_id = 0;    // The run that came later.
  bool is_reference = false;  // That run's row refers to this one; otherwise it changed it.
};

struct UndoneTable {
  std::string table;
  std::uint64_t num_removed = 0;   // Rows the run had inserted.
  std::uint64_t num_restored = 0;  // Rows that have their earlier version again.
};

/// A later run that found rows of the table as they were, or newer than its own: if those were rows
/// of the undone run, only loading its file again brings them back.
struct RestingRun {
  std::int64_t run_id = 0;
  std::string source_id;
  std::string file_name;
  std::string table;
  std::uint64_t num_records = 0;  // Whichever run their rows are of.
};

struct UndoReport {
  std::int64_t run_id = 0;  // Of the undo itself, which is a run in the ledger.
  std::vector<UndoneTable> tables;
  std::vector<RestingRun> resting;
  std::vector<UndoConflict> conflicts;  // At most 100; if there are any, nothing was done.
  std::uint64_t num_conflicts = 0;
};

/// Takes a published run back: rows it inserted leave, rows it changed get their earlier version
/// again, its open rejects are discarded, and those it had settled are open again. One transaction.
/// A row that a later run changed, or that rows of later runs refer to, is a conflict.
///
/// Errors:  NotFound     there is no such run
///          Conflict     it published nothing, is an undo itself, or was undone before; what it
///                       needs is kept no longer (retention.h); a unique value is taken by now
///          Unavailable  the database is locked, full or read-only
Result<UndoReport> undo_run(sql::Connection& connection, const model::Model& model,
                            std::int64_t run_id, Micros now);

}  // namespace cip::warehouse
