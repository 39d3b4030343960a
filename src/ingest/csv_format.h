// ingest/csv_format.h: what a CSV file may leave to guess.
#pragma once

#include <cstddef>

#include "ingest/encoding.h"

namespace cip::ingest {

struct CsvFormat {
  char delimiter = '\0';  // '\0': found among , ; tab | from the first lines.
  char quote = '"';       // '\0': there are no quotes.
  bool has_header = true;
  std::size_t preamble_rows = 0;  // Lines before the header that are not part of the table.
  Encoding encoding = Encoding::Auto;
};

}  // namespace cip::ingest
