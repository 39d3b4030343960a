// ingest/inspect.h: what a file is, as far as it can be told from the file alone, and why.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "ingest/csv_dialect.h"
#include "ingest/record_reader.h"
#include "ingest/type_guess.h"

namespace cip::ingest {

struct InspectedColumn {
  std::string name;
  GuessedType type;
  std::uint64_t num_values = 0;
  std::uint64_t num_missing = 0;
  std::vector<std::string> null_words;
  std::uint64_t num_null_words = 0;
};

/// A kind of fault, with the first record that has it.
struct InspectedFault {
  std::string code;
  std::uint64_t num = 0;
  std::uint64_t line = 0;
  std::string expected;
};

struct LineEnds {
  std::uint64_t num_line_feed = 0;
  std::uint64_t num_both = 0;  // CR LF.
  std::uint64_t num_return = 0;
};

struct Inspection {
  std::string file;
  FormatSpec spec;  // What open_reader() is to be told to read it so.
  Evidence format;
  Evidence encoding;
  std::optional<CsvDialect> dialect;  // Of CSV.
  LineEnds line_ends;                 // Of its first part.
  std::size_t num_footer_lines = 0;   // Lines at the end that are no records, and not read as such:
                                      // without the fields of the others, or a total.
  std::uint64_t num_records = 0;
  std::uint64_t num_bytes = 0;  // Stored.
  std::vector<InspectedFault> faults;
  std::vector<InspectedColumn> columns;
};

/// Settles what `spec` leaves open from the front of the file: format, encoding, CSV dialect,
/// record path.
///
/// Errors:  as open_source(), find_json_records() and find_xml_records()
Result<Inspection> look_at_front(const std::filesystem::path& path, const FormatSpec& spec);

/// The same, and then reads the file to its end: the types rest on every value of every record.
/// Records with a fault are counted and say nothing of types.
///
/// Errors:  as open_reader() and RecordReader::next()
Result<Inspection> inspect(const std::filesystem::path& path, const FormatSpec& spec = {});

/// The [format] of a mapping that says what was found, line by line; empty where a mapping would
/// read the file so without a word.
std::string format_section(const Inspection& found);

}  // namespace cip::ingest
