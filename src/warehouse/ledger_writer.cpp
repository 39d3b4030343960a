#include "warehouse/ledger_writer.h"

#include <array>

#include "base/text.h"
#include "warehouse/cell.h"
#include "warehouse/rejects.h"
#include "warehouse/spill_file.h"
#include "warehouse/staged_reject.h"

namespace cip::warehouse {
namespace {

std::int64_t count_value(std::uint64_t count) { return static_cast<std::int64_t>(count); }

Result<std::int64_t> next_id(sql::Connection& connection, const char* sql) {
  CIP_TRY_ASSIGN(const Value id, connection.value_of({sql}));
  return std::get<std::int64_t>(id);
}

std::string_view status_of(const ingest::RuleCount& rule) {
  if (rule.is_crashed) return kCheckCrashed;
  return rule.checked == 0 ? kNothingToCheck : kChecked;
}

}  // namespace

Result<void> write_faults(sql::Writer& writer, std::int64_t reject_id,
                          std::span<const ingest::RowFault> faults) {
  for (const ingest::RowFault& fault : faults) {
    CIP_TRY(writer.write(std::array<sql::Param, 7>{reject_id, fault.stage, fault.code, fault.column,
                                                   fault.source, fault.value, fault.expected}));
  }
  return {};
}

Result<std::int64_t> next_run_id(sql::Connection& connection) {
  return next_id(connection, "SELECT coalesce(max(run_id), 0) + 1 FROM etl_metadata");
}

std::string ledger_time(Micros at) {
  TimeText text{};
  std::string written(std::get<std::string_view>(param_of({Type::Datetime}, at, text)));
  if (at % kMicrosPerSecond == 0) written += ".000000";
  return written;
}

Result<void> write_run(sql::Connection& connection, const Run& run) {
  const TableCounts& counts = run.counts;
  const std::string finished_at = run.finished_at ? ledger_time(*run.finished_at) : "";
  sql::Param finished;
  if (run.finished_at) finished = finished_at;
  sql::Param score;
  if (run.score.score) score = *run.score.score;
  const std::string started_at = ledger_time(run.started_at);
  CIP_TRY_ASSIGN(const auto writer,
                 connection.prepare(
                     "INSERT INTO etl_metadata (run_id, source_id, table_name, file_name, "
                     "file_sha256, mapping_version, started_at, finished_at, status, "
                     "records_found, loaded, updated, unchanged, duplicates, rejected, skipped, "
                     "score, coverage, bytes_in, kind, message) "
                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  CIP_TRY(writer->write(std::array<sql::Param, 21>{run.run_id,
                                                   run.source_id,
                                                   counts.table,
                                                   run.file_name,
                                                   run.file_sha256,
                                                   run.mapping_version,
                                                   started_at,
                                                   finished,
                                                   run.status,
                                                   count_value(counts.found),
                                                   count_value(counts.loaded),
                                                   count_value(counts.updated),
                                                   count_value(counts.unchanged),
                                                   count_value(counts.duplicates),
                                                   count_value(counts.rejected),
                                                   count_value(counts.skipped),
                                                   score,
                                                   run.score.coverage,
                                                   count_value(run.bytes_in),
                                                   run.kind,
                                                   run.message}));
  return {};
}

Result<void> write_rules(sql::Connection& connection, std::int64_t run_id,
                         const std::string& source_id, std::span<const ingest::RuleCount> rules) {
  CIP_TRY_ASSIGN(const auto writer,
                 connection.prepare("INSERT INTO data_quality_log (run_id, source_id, table_name, "
                                    "dimension, rule, column_name, severity, checked, failed, "
                                    "pass_rate, status) VALUES "
                                    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  for (const ingest::RuleCount& rule : rules) {
    sql::Param pass_rate;
    if (rule.checked > 0 && !rule.is_crashed) {
      pass_rate = 1.0 - static_cast<double>(rule.failed) / static_cast<double>(rule.checked);
    }
    CIP_TRY(writer->write(std::array<sql::Param, 11>{
        run_id, source_id, rule.table, rule.dimension, rule.rule, rule.column, rule.severity,
        count_value(rule.checked), count_value(rule.failed), pass_rate, status_of(rule)}));
  }
  return {};
}

Result<void> write_skips(sql::Connection& connection, std::int64_t run_id, const LoadTable& table,
                         std::span<const std::uint64_t> counts) {
  for (std::size_t at = 0; at < counts.size(); ++at) {
    if (counts[at] == 0) continue;
    CIP_TRY(connection.execute(
        {"INSERT INTO etl_skip (run_id, table_name, reason, count) VALUES (?, ?, ?, ?)",
         {run_id, table.table, table.skip_reasons[at], count_value(counts[at])}}));
  }
  return {};
}

Result<void> write_reading(sql::Connection& connection, std::int64_t run_id,
                           const LoadTable& table) {
  if (table.reading.empty()) return {};
  return connection.execute(
      {"INSERT INTO etl_reading (run_id, table_name, reading) VALUES (?, ?, ?)",
       {run_id, table.table, table.reading}});
}

Result<void> supersede_rejects(sql::Connection& connection, std::int64_t run_id,
                               const LoadSpec& spec, const std::string& table, Micros at) {
  return connection.execute(
      {"UPDATE etl_reject SET status = 'superseded', replay_run_id = ?, changed_at = ? WHERE "
       "source_id = ? AND table_name = ? AND status IN ('open', 'repaired') AND run_id <> ? AND "
       "(file_name = ? OR file_sha256 = ?)",
       {run_id, ledger_time(at), spec.source_id, table, run_id, spec.file_name, spec.file_sha256}});
}

Result<std::uint64_t> write_rejects(sql::Connection& connection, std::int64_t run_id,
                                    const LoadSpec& spec, const StagedTable& staged) {
  const std::string& table = staged.counts.table;
  CIP_TRY_ASSIGN(
      const auto reject_writer,
      connection.prepare(
          "INSERT INTO etl_reject (reject_id, run_id, source_id, table_name, file_name, "
          "file_sha256, record_no, line_first, line_last, byte_first, byte_last, raw, "
          "stage, status, mapping_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
          "?)"));
  CIP_TRY_ASSIGN(const auto error_writer, connection.prepare(kInsertFault));
  CIP_TRY_ASSIGN(std::int64_t reject_id,
                 next_id(connection, "SELECT coalesce(max(reject_id), 0) + 1 FROM etl_reject"));
  CIP_TRY_ASSIGN(SpillReader reader, SpillReader::open(staged.rejects));
  std::uint64_t num_rejects = 0;
  for (; !reader.is_done(); ++num_rejects, ++reject_id) {
    CIP_TRY_ASSIGN(const std::string_view record, reader.next());
    const StagedReject reject = decode_reject(record);
    const std::string_view stage = reject.faults.empty() ? "" : reject.faults.front().stage;
    CIP_TRY(reject_writer->write(std::array<sql::Param, 15>{
        reject_id, run_id, spec.source_id, table, spec.file_name, spec.file_sha256,
        count_value(reject.place.record_no), count_value(reject.place.line_first),
        count_value(reject.place.line_last), count_value(reject.place.byte_first),
        count_value(reject.place.byte_last), sql::Bytes{reject.raw}, stage, kOpen,
        spec.mapping_version}));
    CIP_TRY(write_faults(*error_writer, reject_id, reject.faults));
  }
  return num_rejects;
}

}  // namespace cip::warehouse
