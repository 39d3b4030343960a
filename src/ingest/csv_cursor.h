// ingest/csv_cursor.h: walks a CSV stream record by record. What the fields mean is for others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/csv_block.h"
#include "ingest/csv_record.h"
#include "ingest/csv_structure.h"
#include "ingest/record_batch.h"
#include "ingest/stream_bytes.h"
#include "ingest/window.h"

namespace cip::ingest {

/// One record as it stands in the window.
struct CsvRow {
  std::string_view text;                // Without the line end.
  const char* base = nullptr;           // What `ends` count from.
  std::span<const std::uint32_t> ends;  // One for each field; none where there is a fault.
  Place place;
  std::uint64_t text_byte = 0;   // Where in the stream the text starts: after blank lines, if any.
  bool must_check_text = false;  // It may hold bytes that are not UTF-8, or NUL.
  std::optional<FaultCode> fault;  // UnpairedQuote or RecordTooLarge ...
  std::uint64_t fault_byte = 0;    // ... and where.

  /// The text of a field, with its quotes.
  [[nodiscard]] std::string_view field(std::size_t index) const noexcept {
    const char* const begin = index == 0 ? text.data() : base + ends[index - 1] + 1;
    const char* const end =
        index + 1 == ends.size() ? text.data() + text.size() : base + ends[index];
    return {begin, static_cast<std::size_t>(end - begin)};
  }
};

class CsvCursor {
 public:
  CsvCursor(std::unique_ptr<ByteSource> source, std::size_t max_record_bytes);

  enum class Found { Row, NeedsMove, End };

  /// The next record. NeedsMove when the window would have to move, which kills the views into it,
  /// and `may_move` is false.
  Result<Found> next(CsvRow& row, bool may_move);

  /// The records in front that need no care, at most `max_records` of them; none where the next one
  /// is for next() to judge, or there is none. Moves the window, which kills the views into it.
  Result<CsvBlock> next_block(std::size_t max_records);

  // Opening, in this order, before the first next().
  Result<void> start();  // Reads the first block and steps over a byte order mark.
  Result<void> skip_lines(std::size_t num_lines);
  void set_chars(CsvChars chars) noexcept { chars_ = chars; }
  Result<std::vector<std::string>> read_header();  // Steps over blank lines first.
  void set_num_columns(std::size_t num_columns) noexcept { num_columns_ = num_columns; }
  Result<void> pass_header();  // What read_header() read is not a record.

  /// After the last record: what was read, and what of it is of no record.
  [[nodiscard]] StreamBytes stream_bytes() const;

  /// The first of those skips: all that is up to the header and with it.
  [[nodiscard]] const std::vector<ByteSkip>& first_skips() const noexcept { return skips_; }

  [[nodiscard]] const Window& window() const noexcept { return window_; }
  [[nodiscard]] std::uint64_t line_no() const noexcept { return line_no_; }

 private:
  [[nodiscard]] bool is_final() const noexcept {
    return window_.is_last() || window_.bytes().size() >= max_record_bytes_;
  }
  enum class Look { Row, Ends, NeedsBytes, TooLarge };

  Result<std::optional<std::size_t>> find_line_end();
  bool scan();
  bool take(CsvRow& row);
  bool take_whole(CsvRow& row);
  Result<bool> has_whole();
  [[nodiscard]] std::size_t num_regular(std::size_t max_records) const noexcept;
  Look look(CsvRow& row);
  Look read_by_hand(CsvRow& row);
  void take_bad_line(CsvRow& row, std::size_t size, std::size_t bad_byte);
  Result<Found> take_too_large(CsvRow& row);
  void forget_ends() noexcept;
  void claim(CsvRow& row, std::size_t size);
  [[nodiscard]] bool is_of_other_records(std::string_view text, std::size_t num_fields) const;
  Result<void> step_over(std::size_t num_bytes, std::string_view part);

  Window window_;
  std::size_t max_record_bytes_;
  CsvChars chars_{};
  std::size_t num_columns_ = 0;

  // What was scanned: ends from the front of the window, taken one record after the other. at_ is
  // where the next record starts.
  CsvStructure structure_;
  std::size_t next_end_ = 0;
  std::size_t num_whole_ends_ = 0;  // Up to and with the last line end.
  std::size_t at_ = 0;
  std::size_t scan_bytes_;
  bool must_check_text_ = false;
  CsvRecord by_hand_;
  std::size_t header_bytes_ = 0;
  std::string kept_;  // The front of a record that was too large to hold.

  std::uint64_t claimed_ = 0;    // Up to this byte of the stream, everything belongs to a record,
  std::vector<ByteSkip> skips_;  // or to one of these.
  std::uint64_t num_blank_lines_ = 0;  // Since then.
  std::uint64_t line_no_ = 1;
  std::uint64_t record_no_ = 0;
};

}  // namespace cip::ingest
