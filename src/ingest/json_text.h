// ingest/json_text.h: finds the parts of a JSON value in its text, so that numbers stay as written.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cip::ingest {

inline constexpr std::size_t kBeyondText = std::string_view::npos;

/// The size of the value at the front of `text`, which is not empty and starts with no blank;
/// kBeyondText if the text ends before the value does. Finds brackets and quotes, checks nothing
/// else. `is_last` says that nothing follows the text, so that a number may end with it.
[[nodiscard]] std::size_t json_value_size(std::string_view text, bool is_last) noexcept;

// All of the following expect JSON that was found valid; on other text they stop early, but never
// outside it.

/// The text of the value at the front of `text`, without blanks around it.
[[nodiscard]] std::string_view json_value(std::string_view text) noexcept;

/// A text without its quotes and escapes.
[[nodiscard]] std::string json_unescaped(std::string_view quoted);

/// The same for what stands between the quotes, written to where there is room for as many bytes;
/// returns how many it became.
std::size_t json_unescape(std::string_view text, char* to) noexcept;

/// `text` in quotes, escaped as JSON wants it.
[[nodiscard]] std::string json_quoted(std::string_view text);

/// Walks the parts of an object or an array.
///
///   JsonParts parts(text);
///   while (parts.next()) use(parts.key(), parts.value());
class JsonParts {
 public:
  /// `text` is an object or an array; of anything else there are no parts.
  explicit JsonParts(std::string_view text) noexcept;

  /// Goes to the next part; false when there are no more.
  bool next() noexcept;

  [[nodiscard]] std::string_view quoted_key() const noexcept { return key_; }  // Empty in an array.
  [[nodiscard]] std::string_view value() const noexcept { return value_; }

 private:
  std::string_view rest_;
  std::string_view key_;
  std::string_view value_;
  bool is_object_;
};

/// True if a quoted key is `name`, escapes and all.
[[nodiscard]] bool is_json_key(std::string_view quoted_key, std::string_view name);

}  // namespace cip::ingest
