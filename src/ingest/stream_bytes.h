// ingest/stream_bytes.h: what the bytes of a stream were, beside the records in it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace cip::ingest {

/// Bytes that belong to no record, by the name of what they are. Where they lie in one piece, this
/// is where it begins; else it is where the first of them are.
struct ByteSkip {
  std::string_view part;
  std::uint64_t byte_first = 0;
  std::uint64_t num_bytes = 0;
  std::uint64_t num_lines = 0;  // 0 where lines mean nothing.
};

// The parts. Of all formats:
inline constexpr std::string_view kByteOrderMark = "byte order mark";
// Of CSV, and blank lines of JSON lines too:
inline constexpr std::string_view kPreamble = "preamble";
inline constexpr std::string_view kBlankLines = "blank lines";
inline constexpr std::string_view kHeader = "header";
inline constexpr std::string_view kFooter = "footer";
// Of JSON and XML. Structure is what leads to the records and stands between them: white space,
// punctuation, the keys or tags of the record path, comments, the XML declaration.
inline constexpr std::string_view kStructure = "structure";
// Whole values, with their keys, and whole elements, that the record path passes by.
inline constexpr std::string_view kBeside = "beside the records";

/// A stream that was read to its end. Its records and skips together have as many bytes as it has.
struct StreamBytes {
  std::uint64_t size = 0;  // Unpacked and in UTF-8.
  std::vector<ByteSkip> skips = {};
};

}  // namespace cip::ingest
