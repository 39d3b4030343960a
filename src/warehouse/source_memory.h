// warehouse/source_memory.h: what is kept of a source beside its rows: the cells that cleaning
// changed in a run, what the bytes of its file were, the columns its files had, and which keys
// belong to which file.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "ingest/drift.h"
#include "ingest/mapped_batch.h"
#include "sql/connection.h"

namespace cip::warehouse {

/// Makes the tables (etl_change, etl_source_column, etl_drift, etl_stretch,
/// etl_bytes) if they are missing.
///
/// Errors (of all below):  Unavailable  the database is locked, full, read-only or gone
Result<void> prepare_source_memory(sql::Connection& connection);

Result<void> write_changes(sql::Connection& connection, std::int64_t run_id,
                           std::span<const ingest::CellChange> changes);
Result<std::vector<ingest::CellChange>> changes_of(sql::Connection& connection,
                                                   std::int64_t run_id);

/// Bytes of a file, as one reading of it found them: those of its records, or of a part that is no
/// record. The parts of a reading together are the file.
struct PartOfFile {
  std::string record;  // Where the reading looks for records; empty for CSV.
  std::string part;
  std::uint64_t num_bytes = 0;
  std::uint64_t count = 0;  // Of records, or of lines.
};
Result<void> write_bytes(sql::Connection& connection, std::int64_t run_id, const PartOfFile& part);

/// The records of a source that a mapping reads at one path; the path is empty for CSV.
struct RecordsOfSource {
  std::string source_id;
  std::string record;
};

/// The columns of the last published file; none if there was no file.
Result<std::vector<ingest::KnownColumn>> known_columns(sql::Connection& connection,
                                                       const RecordsOfSource& of);

/// Replaces them, and keeps what has changed under the run.
Result<void> remember_columns(sql::Connection& connection, std::int64_t run_id,
                              const RecordsOfSource& of,
                              std::span<const ingest::KnownColumn> columns,
                              const ingest::Drift& drift);

/// A file whose records get keys from their numbers (#row).
struct NumberedFile {
  std::string table;
  std::string source_id;
  std::string file_name;
};

/// The stretch of keys that belongs to the file: its own if it was loaded before, else the next
/// free one of the table, from 0. Reads only.
Result<std::int64_t> stretch_of(sql::Connection& connection, const NumberedFile& file);
Result<void> remember_stretch(sql::Connection& connection, const NumberedFile& file,
                              std::int64_t stretch);

}  // namespace cip::warehouse
