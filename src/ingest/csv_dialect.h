// ingest/csv_dialect.h: how a delimited file is written, found from its front, with the evidence.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/csv_format.h"

namespace cip::ingest {

/// A guess in words that a person can check.
struct Evidence {
  std::string guess;  // "';'"
  std::string why;    // "200 of the first 200 records have 8 fields then".
};

struct CsvDialect {
  char delimiter = ',';
  char quote = '"';                // '\0': there are no quotes.
  char escape = '\0';              // '\0': a quote inside of quotes is doubled.
  std::size_t preamble_lines = 0;  // Physical lines before the header, or the first record.
  bool has_header = true;
  Evidence of_delimiter;
  Evidence of_quote;
  Evidence of_escape;
  Evidence of_preamble;
  Evidence of_header;
};

/// Finds what `given` leaves open. `text` is the front of the file in UTF-8, whole when `is_last`.
///
/// Delimiter: of , ; tab | ^ ~ and the unit separator, the one with which most records agree on
///            their number of fields; a comma where none splits anything.
/// Quote:     ", unless no field opens with it and at least three are in '...' whole.
/// Escape:    \, where it makes more records whole than doubling does.
/// Preamble:  leading records with at most one filled field, before one with all its fields.
/// Header:    no, if the first record has values like those below it: of every column that is of
///            one type below and not text, and there are at least two such or one of dates or
///            fractions; else yes. Years in a row are names.
/// Cost:      the first 256 KiB, at most 500 records, once for each delimiter.
CsvDialect find_dialect(std::string_view text, bool is_last, const CsvFormat& given);

/// The delimiter alone.
char find_delimiter(std::string_view text, char quote, bool is_last);

/// "','", "tab", "none" - how a character is shown to people.
std::string shown(char c);

}  // namespace cip::ingest
