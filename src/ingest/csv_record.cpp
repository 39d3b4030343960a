#include "ingest/csv_record.h"

#include <algorithm>
#include <utility>

namespace cip::ingest {
namespace {

constexpr std::size_t kNowhere = std::string_view::npos;

bool is_line_end(char c) noexcept { return c == '\n' || c == '\r'; }

// The position of the quote that closes the field which opens at `at`.
std::size_t closing_quote(std::string_view text, char quote, std::size_t at) noexcept {
  for (std::size_t next = at + 1;;) {
    const std::size_t found = text.find(quote, next);
    if (found == kNowhere || found + 1 == text.size() || text[found + 1] != quote) return found;
    next = found + 2;
  }
}

/// What follows a field: a delimiter, a line end, the end of the text, or text that must not be
/// there.
enum class Follow { Delimiter, Line, Text, Nothing, Unknown };

struct FieldEnd {
  Follow follow;
  std::size_t at;  // Of the delimiter or of the line end (the LF of CR LF).
};

FieldEnd follow_of(std::string_view text, std::size_t at, CsvChars chars, bool is_last) noexcept {
  if (at == text.size()) return {is_last ? Follow::Nothing : Follow::Unknown, at};
  if (text[at] == chars.delimiter) return {Follow::Delimiter, at};
  if (text[at] == '\n') return {Follow::Line, at};
  if (text[at] != '\r') return {Follow::Text, at};
  if (at + 1 < text.size()) return {Follow::Line, text[at + 1] == '\n' ? at + 1 : at};
  return {is_last ? Follow::Line : Follow::Unknown, at};
}

FieldEnd field_end(std::string_view text, std::size_t at, CsvChars chars, bool is_last) noexcept {
  if (chars.has_quote && at < text.size() && text[at] == chars.quote) {
    const std::size_t closing = closing_quote(text, chars.quote, at);
    if (closing == kNowhere) return {is_last ? Follow::Text : Follow::Unknown, at};
    return follow_of(text, closing + 1, chars, is_last);
  }
  const auto* const found = std::find_if(text.begin() + at, text.end(), [chars](char c) {
    return c == chars.delimiter || is_line_end(c);
  });
  return follow_of(text, static_cast<std::size_t>(found - text.begin()), chars, is_last);
}

}  // namespace

void read_record(std::string_view text, CsvChars chars, bool is_last, CsvRecord& record) {
  record.ends.clear();
  for (std::size_t at = 0;;) {
    const FieldEnd field = field_end(text, at, chars, is_last);
    switch (field.follow) {
      case Follow::Delimiter:
        record.ends.push_back(static_cast<std::uint32_t>(field.at));
        at = field.at + 1;
        continue;
      case Follow::Line:
      case Follow::Nothing:
        record.ends.push_back(static_cast<std::uint32_t>(field.at));
        record.end = RecordEnd::Found;
        return;
      case Follow::Text:
        record.end = RecordEnd::BadQuote;
        record.bad_quote = at;
        return;
      case Follow::Unknown:
        record.end = RecordEnd::BeyondText;
        record.bad_quote = at;
        return;
    }
  }
}

std::optional<std::size_t> line_end(std::string_view text, bool is_last) noexcept {
  const std::size_t at = text.find_first_of("\r\n");
  if (at == kNowhere) return std::nullopt;
  if (text[at] == '\n') return at;
  if (at + 1 == text.size()) return is_last ? std::optional(at) : std::nullopt;
  return text[at + 1] == '\n' ? at + 1 : at;
}

std::string_view unquoted(std::string_view field, char quote, std::string& memory) {
  field.remove_prefix(1);
  field.remove_suffix(1);
  memory.clear();
  while (!field.empty()) {
    const std::size_t pair = field.find(quote);
    memory += field.substr(0, pair == kNowhere ? pair : pair + 1);
    field.remove_prefix(pair == kNowhere ? field.size() : std::min(pair + 2, field.size()));
  }
  return memory;
}

std::string unquoted(std::string_view field, char quote) {
  std::string text;
  unquoted(field, quote, text);
  return text;
}

std::vector<std::string> field_texts(std::string_view text, const CsvRecord& record,
                                     CsvChars chars) {
  std::vector<std::string> texts;
  std::size_t begin = 0;
  for (const std::size_t end : record.ends) {
    std::string_view field = text.substr(begin, end - begin);
    if (end < text.size() && text[end] == '\n' && field.ends_with('\r')) field.remove_suffix(1);
    const bool is_quoted = chars.has_quote && field.size() > 1 && field.front() == chars.quote;
    texts.push_back(is_quoted ? unquoted(field, chars.quote) : std::string(field));
    begin = end + 1;
  }
  return texts;
}

bool are_records(std::string_view text, CsvChars chars, std::size_t num_fields) {
  CsvRecord record;
  while (!text.empty()) {
    const std::size_t end = line_end(text, true).value_or(text.size() - 1);
    read_record(text.substr(0, end + 1), chars, true, record);
    if (record.end != RecordEnd::Found || record.ends.size() != num_fields) return false;
    text.remove_prefix(end + 1);
  }
  return true;
}

}  // namespace cip::ingest
