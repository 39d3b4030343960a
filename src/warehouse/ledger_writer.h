// warehouse/ledger_writer.h: how a run gets into the ledger. All of these run inside the caller's
// transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "ingest/mapped_batch.h"
#include "sql/connection.h"
#include "warehouse/ledger.h"
#include "warehouse/load.h"
#include "warehouse/staged_table.h"

namespace cip::warehouse {

/// One more than any run has had.
Result<std::int64_t> next_run_id(sql::Connection& connection);

/// Instants in the ledger have six digits after the point, always, so that their texts sort.
[[nodiscard]] std::string ledger_time(Micros at);

Result<void> write_run(sql::Connection& connection, const Run& run);

Result<void> write_rules(sql::Connection& connection, std::int64_t run_id,
                         const std::string& source_id, std::span<const ingest::RuleCount> rules);

/// How many records each reason left out; those that left out none are not written.
Result<void> write_skips(sql::Connection& connection, std::int64_t run_id, const LoadTable& table,
                         std::span<const std::uint64_t> counts);

/// The statement write_faults() wants prepared.
inline constexpr const char* kInsertFault =
    "INSERT INTO etl_reject_error (reject_id, stage, code, column_name, source_column, value, "
    "expected) VALUES (?, ?, ?, ?, ?, ?, ?)";
Result<void> write_faults(sql::Writer& writer, std::int64_t reject_id,
                          std::span<const ingest::RowFault> faults);

/// How the records of a table were read; nothing if nobody said.
Result<void> write_reading(sql::Connection& connection, std::int64_t run_id,
                           const LoadTable& table);

/// Writes the rejects of a table with their faults. Returns how many there were.
Result<std::uint64_t> write_rejects(sql::Connection& connection, std::int64_t run_id,
                                    const LoadSpec& spec, const StagedTable& staged);

/// The open rejects that earlier loads of the same file, or of a file of the same name, left in a
/// table: this load has judged those records anew.
Result<void> supersede_rejects(sql::Connection& connection, std::int64_t run_id,
                               const LoadSpec& spec, const std::string& table, Micros at);

}  // namespace cip::warehouse
