// ingest/csv_block.h: a run of CSV records that are all as they should be, without a copy.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ingest/record_batch.h"

namespace cip::ingest {

/// Records of exactly the wanted number of fields, clean UTF-8, one line each. Their ends form a
/// table, record by record, so that a column is every num_columns-th of them.
///
/// Lifetime:  as that of a RecordBatch. At least Window::kPadding bytes behind any field may be
/// read.
struct CsvBlock {
  const char* text = nullptr;           // What the ends count from.
  const std::uint32_t* ends = nullptr;  // Of the delimiter or line end behind each field.
  std::size_t begin = 0;                // Where the first record begins.
  std::size_t num_columns = 0;
  std::size_t num_records = 0;
  std::uint64_t first_record_no = 0;
  std::uint64_t first_line = 0;  // The others follow, line by line.
  std::uint64_t first_byte = 0;  // Of `begin`, in the stream.
  char quote = '\0';             // '\0': there are no quotes.

  /// Where field `column` of a record begins, counted from `text`.
  [[nodiscard]] std::size_t begin_of(std::size_t record, std::size_t column) const noexcept {
    const std::size_t at = record * num_columns + column;
    return at == 0 ? begin : ends[at - 1] + std::size_t{1};
  }

  /// The text of a field, with its quotes.
  [[nodiscard]] std::string_view field(std::size_t record, std::size_t column) const noexcept {
    const std::size_t first = begin_of(record, column);
    std::size_t size = ends[record * num_columns + column] - first;
    const bool is_last = column + 1 == num_columns;
    if (is_last && size > 0 && text[first + size - 1] == '\r') --size;  // Of CR LF.
    return {text + first, size};
  }
};

}  // namespace cip::ingest
