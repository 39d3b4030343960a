// ingest/json_cursor.h: walks a JSON stream record by record: the values at one path of a document,
// or the lines of JSON lines. What is in a record is for others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/json_path.h"
#include "ingest/record_batch.h"
#include "ingest/stream_bytes.h"
#include "ingest/window.h"

namespace cip::ingest {

/// One record as it stands in the window.
struct JsonRow {
  std::string_view text;
  Place place;
  bool is_too_large = false;  // It did not fit the window: `text` is only its front.
};

class JsonCursor {
 public:
  JsonCursor(std::unique_ptr<ByteSource> source, const Limits& limits);

  enum class Found { Row, NeedsMove, End };

  /// Reads the first block. Without a path, finds out what there is: JSON lines, the elements of an
  /// array, or one document.
  Result<void> start(const std::string& path, bool is_lines);

  /// The next record. NeedsMove when the window would have to move, which kills the views into it,
  /// and `may_move` is false.
  Result<Found> next(JsonRow& row, bool may_move);

  /// After the last record: what was read, and what of it is of no record.
  [[nodiscard]] StreamBytes stream_bytes() const;

  [[nodiscard]] const Window& window() const noexcept { return window_; }

 private:
  // What the document must go on with.
  enum class Expect { Value, ValueOrEnd, Key, KeyOrEnd, Colon, CommaOrEnd, Nothing };
  enum class Step { Again, Record, LargeRecord, NeedsBytes };

  /// An object or array that is open. `is_on_path`: its parts may be, or lead to, records.
  struct Level {
    bool is_object;
    bool is_on_path;
    std::size_t index = 0;
    std::uint64_t byte = 0;
  };

  Result<Step> step();
  Result<Step> step_value(char c);
  Result<Step> step_key(char c);
  Result<Step> step_colon(char c);
  Result<Step> step_comma(char c);
  Result<Step> open_level(bool is_object);
  Step close_level();
  void start_large_record();
  void take_large_record(JsonRow& row);
  void end_value() noexcept;
  void begin_beside() noexcept;
  void end_beside() noexcept;
  [[nodiscard]] bool is_at_path(std::string_view quoted_key, std::size_t index) const;
  void remember_name(std::string_view quoted_key);
  [[nodiscard]] Result<Found> finish() const;
  [[nodiscard]] Failure wrong(std::string_view wanted, char found) const;
  [[nodiscard]] Failure wrong_at(std::uint64_t byte, std::string_view what) const;

  Result<Found> next_value(JsonRow& row, bool may_move);
  Result<Found> next_line(JsonRow& row, bool may_move);
  Result<Found> take_too_large(JsonRow& row);
  void skip_blanks() noexcept;
  void take_line(JsonRow& row, std::size_t size);
  void take(JsonRow& row, std::size_t size);
  void consume(std::size_t num_bytes) noexcept;
  [[nodiscard]] bool is_full() const noexcept {
    return window_.bytes().size() - at_ >= max_record_bytes_;
  }

  Window window_;
  std::size_t max_record_bytes_;
  std::size_t max_depth_;
  std::string path_;
  std::vector<JsonStep> steps_;
  bool is_lines_ = false;

  std::size_t at_ = 0;    // The next byte to look at, from the front of the window.
  std::size_t size_ = 0;  // Of the record at at_.
  Expect expect_ = Expect::Value;
  bool is_on_path_ = true;  // The value that comes next.
  std::vector<Level> levels_;
  std::size_t reached_ = 0;         // How many steps of the path were there ...
  std::vector<std::string> names_;  // ... and which names stood where the next was looked for.
  std::uint64_t line_no_ = 1;
  std::uint64_t record_no_ = 0;
  // A record that is too large to hold is walked through like anything that is not wanted.
  std::optional<std::size_t> large_depth_;
  Place large_place_;
  std::string kept_;

  // For the account of all bytes. Values that the path passes by nest: only the outermost counts.
  bool has_mark_ = false;
  std::uint64_t record_bytes_ = 0;
  std::uint64_t beside_bytes_ = 0;
  std::uint64_t beside_first_ = 0;  // Of all,
  std::uint64_t beside_begin_ = 0;  // and of the one at hand.
  std::optional<std::size_t> beside_depth_;
};

}  // namespace cip::ingest
