// ingest/mapped_batch.h: what a mapping makes of a batch of records, for one table: typed cells,
// and for each record what became of it so far. The warehouse takes it from here.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.h"

namespace cip::ingest {

/// The cells of one target column for the rows of a batch. Only the vector of its type is filled:
/// numbers for Number, texts for Text, units for all others (integers, decimal units at the
/// column's scale, days, microseconds, 0 and 1). Rows that were rejected or skipped hold nothing.
struct MappedColumn {
  Type type = Type::Text;
  std::vector<std::uint8_t> present;  // 1 where there is a value.
  std::vector<std::int64_t> units;
  std::vector<double> numbers;
  std::vector<std::string_view> texts;  // Into the record batch, or into MappedBatch::arena.
};

/// Why one record cannot become a row, one entry a fault; a record may have several.
struct RowFault {
  std::uint32_t row;       // In the batch.
  std::string_view stage;  // "structure", "map", "cast", "rule", "key", "reference".
  std::string_view code;   // Stable: "CAST_DATE", "REQUIRED", "RANGE", "REFERENCE", ...
  std::string column;      // Of the target table; empty if the whole record is at fault.
  std::string source;      // What it was read from: a source column or path.
  std::string value;       // What was found, at most 200 bytes of it.
  std::string expected;    // What was wanted, for a person: "a date such as 2024-03-01".
};

enum class RowState : std::uint8_t { Good, Rejected, Skipped };

/// Where a record lies in its (decompressed) file.
struct RecordPlace {
  std::uint64_t record_no;  // From 1, data records only.
  std::uint64_t line_first;
  std::uint64_t line_last;
  std::uint64_t byte_first;
  std::uint64_t byte_last;  // The first byte after the record.
};

struct MappedBatch {
  std::size_t num_rows = 0;
  std::vector<MappedColumn> columns;  // In the order of the table's columns in the model.
  std::vector<RowState> states;
  std::vector<std::uint32_t> skip_rules;  // For skipped rows: which of Into::skips did it.
  std::vector<RowFault> faults;           // Of rejected rows, by row.
  std::vector<RecordPlace> places;
  std::vector<std::string_view> raw;  // The original bytes of each record.
  std::vector<std::string_view>
      source_keys;                       // The source's own text key where the key is a surrogate.
  std::vector<std::string_view> extras;  // What no column took, as a JSON object; "" for none.
  std::deque<std::string> arena;         // Owns texts that were made, not found.
};

/// How many cells of a column cleaning changed, or marked and kept; of records the mapping found
/// good.
struct CellChange {
  std::string table;
  std::string column;
  std::string change;  // "defaulted", "filled", "winsorized", "clipped", "flagged".
  std::string detail;  // With what: "median 12.5 of 4101 values".
  std::uint64_t count = 0;
};

/// How often a rule was put to data and how often it failed: what quality is counted from.
struct RuleCount {
  std::string table;
  std::string rule;       // "required", "type", "range", "unique", "reference", ...
  std::string dimension;  // "completeness", "validity", "consistency", "timeliness".
  std::string column;
  std::string severity;  // "critical", "high", "normal".
  std::uint64_t checked = 0;
  std::uint64_t failed = 0;
  bool is_crashed = false;  // The check could not be carried out: nobody knows what it would say.
};

}  // namespace cip::ingest
