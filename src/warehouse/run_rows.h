// warehouse/run_rows.h: what a run says of itself: in its staging folder while it goes on, in the
// ledger once it is over.
#pragma once

#include <cstdint>
#include <string>

#include "base/civil_time.h"
#include "base/result.h"
#include "sql/connection.h"
#include "warehouse/ledger.h"
#include "warehouse/load.h"
#include "warehouse/run_folder.h"

namespace cip::warehouse {

[[nodiscard]] RunMarker marker_of(const LoadSpec& spec, std::int64_t run_id);

/// A row of the ledger for one of the tables, of a run that was interrupted.
[[nodiscard]] Run run_of(const RunMarker& marker, const std::string& table);

/// What the ledger says of a run and its tables.
struct RunRows {
  LoadSpec spec;
  LoadReport report;
  std::uint64_t bytes_in = 0;
};

/// Writes them, in place of those of the run while it was held; rejects that a load brings again in
/// better form are settled.
Result<void> write_runs(sql::Connection& connection, const RunRows& rows, Micros now);

/// Writes what the load itself left out, beside what the mapping did.
Result<void> write_own_changes(sql::Connection& connection, const LoadReport& report);

}  // namespace cip::warehouse
