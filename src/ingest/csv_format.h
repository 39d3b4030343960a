// ingest/csv_format.h: what a CSV file may leave to guess.
#pragma once

#include <cstddef>
#include <optional>

#include "ingest/encoding.h"

namespace cip::ingest {

/// What is left open is as most files have it: find_dialect() looks closer.
struct CsvFormat {
  char delimiter = '\0';                     // '\0': found, see csv_dialect.h.
  std::optional<char> quote;                 // '\0': there are no quotes; else ".
  std::optional<char> escape;                // '\0': a quote inside of quotes is doubled, as else.
  std::optional<bool> has_header;            // Else there is one.
  std::optional<std::size_t> preamble_rows;  // Lines before the header, not of the table; else 0.
  std::size_t footer_rows = 0;               // Lines at the end that are not of the table.
  Encoding encoding = Encoding::Auto;
};

}  // namespace cip::ingest
