// ingest/csv_structure.h: where the fields and records of a piece of CSV end, found 64 bytes at a
// time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cip::ingest {

/// Which instructions find the structure. Both give the same answer.
enum class ScanPath {
  Scalar,  // Any processor: eight bytes at a time in a plain register.
  Vector,  // AVX2 and PCLMUL.
};

/// Vector where this processor can, asked once.
[[nodiscard]] ScanPath best_scan_path() noexcept;

struct CsvChars {
  char delimiter;
  char quote;
  bool has_quote;
};

struct CsvStructure {
  /// Positions of the delimiters and line ends outside of quotes. CR LF counts once, at the LF.
  std::vector<std::uint32_t> ends;

  /// How far `ends` is complete: all of the piece, or up to the first quote that has no right to be
  /// where it is, when is_odd.
  std::size_t num_scanned = 0;

  /// A quote opens inside a field, or something other than an end follows a closing quote. From
  /// there on nobody can tell inside from outside by counting quotes.
  bool is_odd = false;

  bool ends_in_quotes = false;
  bool has_quoted_line_end = false;
  bool has_non_ascii = false;
  bool has_nul = false;
};

/// Finds the structure of `piece`, which starts at the start of a record.
///
/// Method:  a bit mask per block for each special character; the prefix xor of the quotes (one
///          carry-less multiplication) is the mask of what is inside of quotes.
/// Source:  G. Langdale, D. Lemire, "Parsing Gigabytes of JSON per Second", VLDB Journal 28 (2019),
///          section 3.1, turned to CSV.
/// Cost:    one pass; `structure` keeps its memory from call to call.
/// Contract: a piece is below 4 GiB, and does not end between CR and LF.
void scan_structure(std::span<const char> piece, CsvChars chars, ScanPath path,
                    CsvStructure& structure);

}  // namespace cip::ingest
