#include "warehouse/ledger_schema.h"

namespace cip::warehouse {
namespace {

constexpr const char* kRejectIndex =
    "CREATE INDEX etl_reject_source ON etl_reject (source_id, table_name, status)";

// How the records of a run were read: with it and its bytes, a reject can be read again.
constexpr const char* kReadingTable = R"(CREATE TABLE etl_reading (
  run_id INTEGER NOT NULL, table_name TEXT NOT NULL, reading TEXT NOT NULL,
  PRIMARY KEY (run_id, table_name)
))";

}  // namespace

std::vector<std::string> ledger_ddl() {
  return {
      R"(CREATE TABLE cip_schema (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL))",
      R"(CREATE TABLE cip_column (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, type TEXT NOT NULL,
  references_table TEXT NOT NULL, scale INTEGER NOT NULL, is_key INTEGER NOT NULL,
  is_required INTEGER NOT NULL, is_unique INTEGER NOT NULL, is_indexed INTEGER NOT NULL,
  PRIMARY KEY (table_name, column_name)
))",
      R"(CREATE TABLE etl_metadata (
  run_id INTEGER NOT NULL, source_id TEXT NOT NULL, table_name TEXT NOT NULL, file_name TEXT NOT NULL,
  file_sha256 TEXT NOT NULL, mapping_version TEXT NOT NULL, started_at TEXT NOT NULL,
  finished_at TEXT, status TEXT NOT NULL, records_found INTEGER NOT NULL, loaded INTEGER NOT NULL,
  updated INTEGER NOT NULL, unchanged INTEGER NOT NULL, duplicates INTEGER NOT NULL,
  rejected INTEGER NOT NULL, skipped INTEGER NOT NULL, score REAL, coverage REAL NOT NULL,
  bytes_in INTEGER NOT NULL, kind TEXT NOT NULL DEFAULT 'load', message TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (run_id, source_id, table_name)
))",
      "CREATE INDEX etl_metadata_file ON etl_metadata (file_sha256)",
      R"(CREATE TABLE data_quality_log (
  run_id INTEGER NOT NULL, source_id TEXT NOT NULL, table_name TEXT NOT NULL, dimension TEXT NOT NULL,
  rule TEXT NOT NULL, column_name TEXT NOT NULL, severity TEXT NOT NULL, checked INTEGER NOT NULL,
  failed INTEGER NOT NULL, pass_rate REAL
))",
      "CREATE INDEX data_quality_log_run ON data_quality_log (run_id)",
      R"(CREATE TABLE etl_reject (
  reject_id INTEGER PRIMARY KEY, run_id INTEGER NOT NULL, source_id TEXT NOT NULL,
  table_name TEXT NOT NULL, file_name TEXT NOT NULL, file_sha256 TEXT NOT NULL,
  record_no INTEGER NOT NULL, line_first INTEGER NOT NULL, line_last INTEGER NOT NULL,
  byte_first INTEGER NOT NULL, byte_last INTEGER NOT NULL, raw BLOB NOT NULL, stage TEXT NOT NULL,
  status TEXT NOT NULL, mapping_version TEXT NOT NULL DEFAULT '', attempts INTEGER NOT NULL DEFAULT 0,
  patch TEXT, changed_at TEXT, changed_by TEXT, replay_run_id INTEGER, loaded_key TEXT
))",
      "CREATE INDEX etl_reject_run ON etl_reject (run_id)",
      kRejectIndex,
      kReadingTable,
      R"(CREATE TABLE etl_reject_error (
  reject_id INTEGER NOT NULL REFERENCES etl_reject (reject_id), stage TEXT NOT NULL,
  code TEXT NOT NULL, column_name TEXT NOT NULL, source_column TEXT NOT NULL, value TEXT NOT NULL,
  expected TEXT NOT NULL
))",
      "CREATE INDEX etl_reject_error_reject ON etl_reject_error (reject_id)",
      R"(CREATE TABLE etl_skip (
  run_id INTEGER NOT NULL, table_name TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL
))",
      "CREATE INDEX etl_skip_run ON etl_skip (run_id)",
  };
}

std::vector<std::string> ledger_upgrade_ddl() {
  return {
      "ALTER TABLE etl_metadata ADD COLUMN kind TEXT NOT NULL DEFAULT 'load'",
      "ALTER TABLE etl_metadata ADD COLUMN message TEXT NOT NULL DEFAULT ''",
      "ALTER TABLE etl_reject ADD COLUMN mapping_version TEXT NOT NULL DEFAULT ''",
      "ALTER TABLE etl_reject ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0",
      "ALTER TABLE etl_reject ADD COLUMN patch TEXT",
      "ALTER TABLE etl_reject ADD COLUMN changed_at TEXT",
      "ALTER TABLE etl_reject ADD COLUMN changed_by TEXT",
      "ALTER TABLE etl_reject ADD COLUMN replay_run_id INTEGER",
      "ALTER TABLE etl_reject ADD COLUMN loaded_key TEXT",
      kRejectIndex,
      kReadingTable,
  };
}

const std::vector<LedgerAddition>& ledger_additions() {
  static const std::vector<LedgerAddition> all = {
      {"data_quality_log", "status",
       "ALTER TABLE data_quality_log ADD COLUMN status TEXT NOT NULL DEFAULT 'checked'"},
      {"column_profile", "",
       R"(CREATE TABLE column_profile (
  run_id INTEGER NOT NULL, source_id TEXT NOT NULL, table_name TEXT NOT NULL,
  column_name TEXT NOT NULL, num_rows INTEGER NOT NULL, num_nulls INTEGER NOT NULL,
  sketch BLOB NOT NULL, PRIMARY KEY (run_id, table_name, column_name)
) WITHOUT ROWID)"},
      {"quality_acceptance", "",
       R"(CREATE TABLE quality_acceptance (
  run_id INTEGER PRIMARY KEY, accepted_at TEXT NOT NULL, accepted_by TEXT NOT NULL,
  note TEXT NOT NULL
))"},
      // What undoing a run would need and is kept no longer: rows it replaced, and rows of it that
      // later runs changed.
      {"etl_pruned", "",
       R"(CREATE TABLE etl_pruned (
  run_id INTEGER NOT NULL, table_name TEXT NOT NULL, pruned_at TEXT NOT NULL,
  num_replaced INTEGER NOT NULL DEFAULT 0, num_changed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (run_id, table_name)
))"},
  };
  return all;
}

}  // namespace cip::warehouse
