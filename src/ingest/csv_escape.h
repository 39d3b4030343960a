// ingest/csv_escape.h: quotes that are written \" become quotes that are written twice.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "ingest/byte_source.h"

namespace cip::ingest {

/// Rewrites text piece by piece. Inside of quotes, \" becomes "" and \\ becomes \; a backslash
/// before anything else stays, and so does all that is outside of quotes.
class EscapeToDouble {
 public:
  EscapeToDouble(char quote, char escape) : quote_(quote), escape_(escape) {}

  void append(std::string_view text, std::string& out);

  /// What is still held back at the end of the text.
  void finish(std::string& out);

 private:
  char quote_;
  char escape_;
  bool is_inside_ = false;
  bool has_escape_ = false;
};

/// The same for a whole stream.
std::unique_ptr<ByteSource> unescape(std::unique_ptr<ByteSource> source, char quote, char escape);

/// The stream without its last lines; blank ones do not count, and a last one needs no line end.
/// Holds back what may be among them: at most `max_bytes` of it.
///
/// Errors:  of read(): LimitExceeded  the last lines are larger than that
std::unique_ptr<ByteSource> without_last_lines(std::unique_ptr<ByteSource> source,
                                               std::size_t num_lines, std::size_t max_bytes);

}  // namespace cip::ingest
