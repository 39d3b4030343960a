// query/answer.h: what a query gives back, and how it leaves the program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "frame/table.h"
#include "query/field.h"

namespace cip::query {

struct Answer {
  std::vector<Field> fields;            // One per column of `table`: dimensions, then metrics.
  frame::Table table;                   // Columns bear the names of the fields.
  std::optional<frame::Table> totals;   // One row of the same columns; dimensions are null.
  std::vector<frame::Table> subtotals;  // By the first dimension, the first two, ...; same columns.
  std::vector<std::size_t> others;      // Rows that stand for what a top list leaves over.
  std::size_t num_rows = 0;             // Groups before limit and offset.
  std::size_t rows_read = 0;            // Rows of facts looked at; the SQL engine does not know: 0.
  std::size_t rows_matched = 0;         // Of these, rows that the filters kept.
  std::int64_t elapsed_us = 0;
  std::string sql;                 // The statement, if SQL answered.
  std::vector<std::string> notes;  // What a reader has to know about the numbers.
};

/// A row of totals for `table`: its columns, those not among `metrics` null.
Result<frame::Table> totals_row(const frame::Table& table, const frame::Table& metrics);

/// The Answer of the HTTP API: columns, rows, totals, num_rows, rows_read, rows_matched,
/// elapsed_ms, notes.
Json to_json(const Answer& answer);

/// CSV (RFC 4180) with a header line of labels. A text cell that a spreadsheet would run as a
/// formula (it starts with = + - @ tab or CR) gets a ' in front; numbers are left alone.
///
/// Source:  OWASP, "CSV Injection".
std::string to_csv(const Answer& answer);

/// Aligned columns for a terminal, numbers to the right; totals below a line.
std::string to_plain_text(const Answer& answer);

}  // namespace cip::query
