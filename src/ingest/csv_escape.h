// ingest/csv_escape.h: quotes that are written \" become quotes that are written twice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ingest/byte_source.h"

namespace cip::ingest {

/// Where a stream was rewritten, so that its own bytes can be told again. It is asked about one
/// record after the other, and forgets what lies behind.
class EscapeLog {
 public:
  EscapeLog(char quote, char escape) : quote_(quote), escape_(escape) {}

  /// At this byte of the rewritten stream stands what had an escape before it: a quote, which is
  /// two now, or an escape, which is one.
  void add(std::uint64_t at, bool is_quote) { entries_.push_back({at, is_quote}); }

  /// Nobody will ask any more about what is before this byte of the rewritten stream.
  void forget(std::uint64_t before);

  /// Where a byte of the rewritten stream was.
  [[nodiscard]] std::uint64_t original(std::uint64_t at) const noexcept;

  /// The text that became `text`, which begins at this byte; nullopt if it is the same.
  [[nodiscard]] std::optional<std::string> original(std::string_view text, std::uint64_t at) const;

 private:
  struct Entry {
    std::uint64_t at;
    bool is_quote;
  };
  char quote_;
  char escape_;
  std::deque<Entry> entries_;
  std::uint64_t num_lost_ = 0;  // Bytes that what was forgotten had more.
};

/// Rewrites text piece by piece. Inside of quotes, \" becomes "" and \\ becomes \; a backslash
/// before anything else stays, and so does all that is outside of quotes.
class EscapeToDouble {
 public:
  EscapeToDouble(char quote, char escape, std::shared_ptr<EscapeLog> log = nullptr)
      : quote_(quote), escape_(escape), log_(std::move(log)) {}

  void append(std::string_view text, std::string& out);

  /// What is still held back at the end of the text.
  void finish(std::string& out);

 private:
  bool take_escaped(char c, std::uint64_t begin, std::string& out);
  void note(std::uint64_t at, bool is_quote) {
    if (log_ != nullptr) log_->add(at, is_quote);
  }

  char quote_;
  char escape_;
  std::shared_ptr<EscapeLog> log_;
  std::uint64_t num_out_ = 0;  // Before the text at hand.
  bool is_inside_ = false;
  bool has_escape_ = false;
};

/// The same for a whole stream.
std::unique_ptr<ByteSource> unescape(std::unique_ptr<ByteSource> source, char quote, char escape,
                                     std::shared_ptr<EscapeLog> log = nullptr);

/// What was cut from the end of a stream.
struct CutLines {
  std::uint64_t num_bytes = 0;
  std::uint64_t num_lines = 0;  // With blank ones among and behind them.
};

/// The stream without its last lines; blank ones do not count, and a last one needs no line end.
/// Holds back what may be among them: at most `max_bytes` of it. Says in `cut`, if there is one, at
/// the end of the stream what fell away.
///
/// Errors:  of read(): LimitExceeded  the last lines are larger than that
std::unique_ptr<ByteSource> without_last_lines(std::unique_ptr<ByteSource> source,
                                               std::size_t num_lines, std::size_t max_bytes,
                                               std::shared_ptr<CutLines> cut = nullptr);

}  // namespace cip::ingest
