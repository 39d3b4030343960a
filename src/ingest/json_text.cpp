#include "ingest/json_text.h"

#include <algorithm>
#include <cstdint>

#include "base/json.h"
#include "ingest/encoding.h"

namespace cip::ingest {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string_view after_blanks(std::string_view text) noexcept {
  const std::size_t at = text.find_first_not_of(kBlanks);
  return at == std::string_view::npos ? std::string_view() : text.substr(at);
}

std::size_t quoted_size(std::string_view text) noexcept {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return kBeyondText;
}

std::size_t nested_size(std::string_view text) noexcept {
  std::size_t depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      const std::size_t size = quoted_size(text.substr(at));
      if (size == kBeyondText) return kBeyondText;
      at += size - 1;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return at + 1;
    }
  }
  return kBeyondText;
}

std::uint32_t hex_value(std::string_view digits) noexcept {
  std::uint32_t value = 0;
  for (const char c : digits) {
    const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value * 16 + static_cast<std::uint32_t>(digit);
  }
  return value;
}

// Reads the four digits at `at`, and a second half of a pair where there is one; moves behind them.
std::uint32_t escaped_point(std::string_view text, std::size_t& at) noexcept {
  const std::uint32_t first = hex_value(text.substr(at, 4));
  at += 4;
  const bool is_lead = first >= 0xD800 && first < 0xDC00;
  if (!is_lead || text.substr(at, 2) != "\\u") return first;
  const std::uint32_t second = hex_value(text.substr(at + 2, 4));
  at += 6;
  return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
}

char plain_escape(char c) noexcept {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

}  // namespace

std::size_t json_value_size(std::string_view text, bool is_last) noexcept {
  if (text.front() == '"') return quoted_size(text);
  if (text.front() == '{' || text.front() == '[') return nested_size(text);
  const std::size_t size = text.find_first_of(",]} \t\r\n");
  return size == kBeyondText && is_last ? text.size() : size;
}

std::string_view json_value(std::string_view text) noexcept {
  text = after_blanks(text);
  return text.empty() ? text : text.substr(0, json_value_size(text, true));
}

std::size_t json_unescape(std::string_view text, char* to) noexcept {
  char* const first = to;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t escape = std::min(text.find('\\', at), text.size());
    to = std::copy_n(text.data() + at, escape - at, to);
    at = escape + 2;
    if (escape + 1 >= text.size()) break;
    if (text[escape + 1] == 'u') {
      to += write_utf8(to, escaped_point(text, at));
    } else {
      *to++ = plain_escape(text[escape + 1]);
    }
  }
  return static_cast<std::size_t>(to - first);
}

std::string json_unescaped(std::string_view quoted) {
  const std::string_view text = quoted.substr(1, quoted.size() - 2);
  std::string plain(text.size() + 4, '\0');
  plain.resize(json_unescape(text, plain.data()));
  return plain;
}

std::string json_quoted(std::string_view text) { return to_text(Json(text)); }

JsonParts::JsonParts(std::string_view text) noexcept
    : rest_(after_blanks(text)), is_object_(rest_.starts_with('{')) {
  if (!is_object_ && !rest_.starts_with('[')) rest_ = {};
}

bool JsonParts::next() noexcept {
  if (rest_.empty()) return false;
  rest_ = after_blanks(rest_.substr(1));  // Over the bracket, or the comma after the last part.
  if (rest_.empty() || rest_.front() == '}' || rest_.front() == ']') {
    rest_ = {};
    return false;
  }
  if (is_object_) {
    key_ = json_value(rest_);
    rest_ = after_blanks(rest_.substr(key_.size()));
    rest_ = after_blanks(rest_.substr(rest_.empty() ? 0 : 1));  // Over the colon.
  }
  value_ = json_value(rest_);
  rest_ = after_blanks(rest_.substr(value_.size()));
  if (!rest_.starts_with(',')) rest_ = {};
  return true;
}

bool is_json_key(std::string_view quoted_key, std::string_view name) {
  if (quoted_key.find('\\') == std::string_view::npos) {
    return quoted_key.size() == name.size() + 2 && quoted_key.substr(1, name.size()) == name;
  }
  return json_unescaped(quoted_key) == name;
}

}  // namespace cip::ingest
