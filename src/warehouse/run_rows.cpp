#include "warehouse/run_rows.h"

#include "warehouse/ledger_writer.h"
#include "warehouse/source_memory.h"

namespace cip::warehouse {

RunMarker marker_of(const LoadSpec& spec, std::int64_t run_id) {
  RunMarker marker{.run_id = run_id,
                   .source_id = spec.source_id,
                   .file_name = spec.file_name,
                   .file_sha256 = spec.file_sha256,
                   .mapping_version = spec.mapping_version,
                   .started_at = spec.started_at,
                   .tables = {}};
  for (const LoadTable& table : spec.tables) marker.tables.push_back(table.table);
  return marker;
}

Run run_of(const RunMarker& marker, const std::string& table) {
  Run run;
  run.run_id = marker.run_id;
  run.source_id = marker.source_id;
  run.file_name = marker.file_name;
  run.file_sha256 = marker.file_sha256;
  run.mapping_version = marker.mapping_version;
  run.started_at = marker.started_at;
  run.status = kInterrupted;
  run.counts.table = table;
  return run;
}

Result<void> write_runs(sql::Connection& connection, const RunRows& rows, Micros now) {
  const std::int64_t run_id = rows.report.run_id;
  CIP_TRY(connection.execute(
      {"DELETE FROM etl_metadata WHERE run_id = ? AND status = 'held'", {run_id}}));
  for (const TableReport& table : rows.report.tables) {
    Run run = run_of(marker_of(rows.spec, run_id), table.counts.table);
    run.finished_at = now;
    run.status = table.is_partial ? kPartial : kComplete;
    if (rows.report.is_held) run.status = kHeld;
    run.kind = rows.spec.kind;
    run.counts = table.counts;
    run.score = table.score;
    run.bytes_in = rows.bytes_in;
    CIP_TRY(write_run(connection, run));
    if (rows.report.is_held || rows.spec.kind != kLoad) continue;
    CIP_TRY(supersede_rejects(connection, run_id, rows.spec, table.counts.table, now));
  }
  return {};
}

Result<void> write_own_changes(sql::Connection& connection, const LoadReport& report) {
  for (const TableReport& table : report.tables) {
    if (table.changes.empty()) continue;
    CIP_TRY(prepare_source_memory(connection));
    CIP_TRY(write_changes(connection, report.run_id, table.changes));
  }
  return {};
}

}  // namespace cip::warehouse
