// ingest/csv_record.h: one record of CSV, read slowly and with care: for headers, and wherever
// quotes do not add up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/csv_structure.h"

namespace cip::ingest {

enum class RecordEnd {
  Found,       // The record is whole; `ends` are its field ends, the last one its line end.
  BeyondText,  // The text ends first.
  BadQuote,    // A quoted field does not close, or goes on after its closing quote.
};

struct CsvRecord {
  RecordEnd end = RecordEnd::Found;
  std::vector<std::uint32_t> ends;
  std::size_t bad_quote = 0;  // Unless Found: where the field starts that has no end.
};

/// Reads the record at the front of `text`. When `is_last`, nothing follows the text, and its end
/// is the end of the record.
void read_record(std::string_view text, CsvChars chars, bool is_last, CsvRecord& record);

/// Where the first line of `text` ends: at its LF or lone CR; nullopt if it does not end here. A CR
/// at the very end is not judged unless the text is the last: an LF may follow.
[[nodiscard]] std::optional<std::size_t> line_end(std::string_view text, bool is_last) noexcept;

/// The text of a quoted field without its outer quotes, doubled quotes made single.
[[nodiscard]] std::string unquoted(std::string_view field, char quote);
std::string_view unquoted(std::string_view field, char quote, std::string& memory);

/// The fields of the record that read_record() found at the front of `text`.
[[nodiscard]] std::vector<std::string> field_texts(std::string_view text, const CsvRecord& record,
                                                   CsvChars chars);

/// True if each line of `text` is on its own a record of `num_fields` fields. The last line needs
/// no line end.
[[nodiscard]] bool are_records(std::string_view text, CsvChars chars, std::size_t num_fields);

}  // namespace cip::ingest
