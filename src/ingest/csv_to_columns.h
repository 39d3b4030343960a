// ingest/csv_to_columns.h: a CSV file straight into typed columns, where its types are known.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/value.h"
#include "frame/table.h"
#include "ingest/record_reader.h"
#include "ingest/type_guess.h"

namespace cip::ingest {

struct TypedColumn {
  std::string name;  // Of the header.
  Type type = Type::Text;
  int scale = 0;  // Of decimals.

  /// How numbers and times are written, as the pipes of a mapping have it: "1.234,5", "dd.mm.yyyy";
  /// empty for the plain form.
  std::string format = {};

  bool operator==(const TypedColumn&) const = default;
};

/// A record that is not in the table, and the first reason for it.
struct LeftOut {
  std::uint64_t record_no;
  std::uint64_t line;
  std::string reason;  // "column 'price' holds 'abc', which is not of type decimal".
};

struct FileColumns {
  frame::Table table;             // Columns as asked for, one row for each record that is good.
  std::uint64_t num_records = 0;  // Found; the table has num_records - num_left_out rows.
  std::uint64_t num_left_out = 0;
  std::vector<LeftOut> left_out;  // The first thousand.
};

/// Reads a whole file into columns.
///
/// Missing:  nothing between two delimiters is null; "" in quotes is empty text, and null in a
/// column of
///           another type.
/// Types:    integers and decimals exact (a decimal with more digits than its scale is left out),
/// numbers
///           as the nearest double, dates as 2024-03-01, instants as parse_instant() reads them,
///           booleans as true, false, 1, 0. Blanks around a value that is not text do not count.
/// Method:   batches of records, column by column, on one core; texts are coded as they come.
/// Errors:   as open_csv() and RecordReader::next(); NotFound for a column that is not in the
/// header
Result<FileColumns> read_csv_columns(std::unique_ptr<ByteSource> source, const FormatSpec& spec,
                                     const std::vector<TypedColumn>& columns);
Result<FileColumns> read_csv_columns(const std::filesystem::path& path, const FormatSpec& spec,
                                     const std::vector<TypedColumn>& columns);

/// The same from a reader of any format, whose columns they are: for JSON the paths it was asked
/// for.
Result<FileColumns> read_columns(RecordReader& reader, const std::vector<TypedColumn>& columns);

struct InferredColumns {
  FileColumns read;
  std::vector<GuessedType> types;  // By column of the file.
  bool was_read_twice = false;
};

/// The same for a file whose types nobody knows: each is found from all values of the column, while
/// they are read. A column whose look changes late is read once more, as what it then is. Columns
/// with two readings that no row tells apart are text; null words are null in all others.
///
/// Errors:  as inspect()
Result<InferredColumns> infer_csv_columns(const std::filesystem::path& path,
                                          const FormatSpec& spec = {});

}  // namespace cip::ingest
