// warehouse/retention.h: how long is kept what only looking back needs: the versions of rows that
// runs replaced, and the profiles of columns.
//
// The ledger itself, the counts of the quality log and the rejects are small, or are data that
// somebody may still want: they stay.
#pragma once

#include <cstdint>
#include <string>

#include "base/civil_time.h"
#include "base/result.h"
#include "model/model.h"
#include "sql/connection.h"

namespace cip::warehouse {

/// Nought keeps for ever.
struct Retention {
  std::int64_t undo_days = 30;      // What rows were before a run: so long after it was published.
  std::int64_t profile_runs = 200;  // Of so many published runs of each source.
};

/// What prune() has removed.
struct Pruned {
  std::uint64_t num_earlier_rows = 0;
  std::int64_t last_run_id = 0;  // The newest run that can no longer be undone for it.
};

/// Removes what is kept no longer, and remembers which runs cannot be undone any more. Inside the
/// caller's transaction: a process that dies meanwhile has removed nothing. Repeated, it changes
/// nothing.
///
/// Errors:  Unavailable  the database is locked, full or read-only
Result<Pruned> prune(sql::Connection& connection, const model::Model& model,
                     const Retention& retention, Micros now);

/// In words, for the ledger; empty if no row was removed.
[[nodiscard]] std::string told(const Pruned& pruned);

/// Fails if what undoing a run needs was removed.
///
/// Errors:  Conflict  says of which table, how many rows and when
Result<void> check_undoable(sql::Connection& connection, std::int64_t run_id);

/// The profiles of a run that was given up or taken back; inside the caller's transaction.
Result<void> remove_profiles(sql::Connection& connection, std::int64_t run_id);

}  // namespace cip::warehouse
