#include "ingest/json_fields.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "base/text.h"
#include "ingest/encoding.h"
#include "ingest/json_text.h"
#include "ingest/padded_cell.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kMostDepth = 16;
constexpr std::ptrdiff_t kMostDigits = 18;  // Any such number fits into 64 bits.
constexpr std::ptrdiff_t kMostExponentDigits = 2;
constexpr std::uint64_t kHighBits = kEachByte * 0x80;

/// The high bit of the bytes of `word` that end the plain part of a text: a quote, a backslash or a
/// control character. The lowest of them is right; above it there may be others that are not.
///
/// Source:  S. Anderson, "Bit twiddling hacks": a zero byte, a byte less than n.
std::uint64_t special_bytes(std::uint64_t word) noexcept {
  const std::uint64_t quotes = word ^ (kEachByte * '"');
  const std::uint64_t escapes = word ^ (kEachByte * '\\');
  const std::uint64_t zeros = ((quotes - kEachByte) & ~quotes) | ((escapes - kEachByte) & ~escapes);
  return (zeros | ((word - kEachByte * 0x20) & ~word)) & kHighBits;
}

std::ptrdiff_t first_byte_of(std::uint64_t high_bits) noexcept {
  return std::countr_zero(high_bits) / 8;
}

const char* after_blanks(const char* at) noexcept {
  while (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r') ++at;
  return at;
}

// Stops in time: the record ends with a brace.
const char* after_digits(const char* at) noexcept {
  for (;; at += 8) {
    const std::uint64_t others = above_nine(eight_at(at) ^ (kEachByte * '0'));
    if (others != 0) return at + first_byte_of(others);
  }
}

const char* after_number(const char* at) noexcept {
  if (*at == '-') ++at;
  const char* const whole = at;
  at = after_digits(at);
  const std::ptrdiff_t num_digits = at - whole;
  if (num_digits == 0 || num_digits > kMostDigits || (*whole == '0' && num_digits > 1)) {
    return nullptr;
  }
  if (*at == '.') {
    const char* const part = ++at;
    at = after_digits(at);
    if (at == part) return nullptr;
  }
  if (*at != 'e' && *at != 'E') return at;
  ++at;
  if (*at == '+' || *at == '-') ++at;
  const char* const exponent = at;
  at = after_digits(at);
  return at == exponent || at - exponent > kMostExponentDigits ? nullptr : at;
}

// Four hexadecimal digits; beyond 16 bits if they are not.
std::uint32_t hex_at(const char* at) noexcept {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at[i];
    const char letter = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      value = value * 16 + static_cast<std::uint32_t>(c - '0');
    } else if (letter >= 'a' && letter <= 'f') {
      value = value * 16 + static_cast<std::uint32_t>(letter - 'a' + 10);
    } else {
      return 0x10000;
    }
  }
  return value;
}

// `at` is a backslash.
const char* after_escape(const char* at) noexcept {
  if (at[1] != 'u') {
    return at[1] != '\0' && std::strchr("\"\\/bfnrt", at[1]) != nullptr ? at + 2 : nullptr;
  }
  const std::uint32_t point = hex_at(at + 2);
  if (point < 0xD800 || (point > 0xDFFF && point < 0x10000)) return at + 6;
  if (point >= 0xDC00 || at[6] != '\\' || at[7] != 'u') return nullptr;
  const std::uint32_t second = hex_at(at + 8);
  return second >= 0xDC00 && second <= 0xDFFF ? at + 12 : nullptr;
}

std::size_t child_for_key(const JsonField& field, std::string_view quoted) {
  const auto found = std::ranges::find_if(field.children, [quoted](const JsonField& child) {
    return child.step.kind == JsonStep::Kind::Name && is_json_key(quoted, child.step.name);
  });
  return found == field.children.end() ? JsonKeys::kNoChild
                                       : static_cast<std::size_t>(found - field.children.begin());
}

JsonField* child_for_index(JsonField& field, std::size_t index) {
  const auto found = std::ranges::find(field.children, JsonStep{JsonStep::Kind::Index, "", index},
                                       &JsonField::step);
  return found == field.children.end() ? nullptr : &*found;
}

void set(RecordBatch& batch, std::size_t column, std::string_view value) {
  if (value == "null") {
    batch.set_null(column);
  } else if (!value.starts_with('"')) {
    batch.set_field(column, value);
  } else {
    const std::string_view text = value.substr(1, value.size() - 2);
    if (text.find('\\') == std::string_view::npos) return batch.set_field(column, text);
    char* const room = batch.reserve(text.size());
    batch.set_field(column, {room, json_unescape(text, room)});
  }
}

/// One pass over one record. Every function gets the place of what it reads and returns the place
/// behind it, or nullptr. A field that is nullptr is of no interest: its value is only checked.
class PlainPass {
 public:
  PlainPass(std::string_view record, RecordBatch& batch, std::size_t max_depth)
      : record_(record),
        end_(record.data() + record.size()),
        batch_(batch),
        max_depth_(max_depth) {}

  bool read(JsonField& root) {
    if (object(record_.data(), &root, 1) != end_) return false;
    return high_bits_ == 0 || is_clean_text(record_);
  }

 private:
  const char* value(const char* at, JsonField* field, std::size_t depth) {
    const char* after = nullptr;
    switch (*at) {
      case '"':
        return text(at, field);
      case '{':
        after = object(at, field, depth + 1);
        break;
      case '[':
        after = array(at, field, depth + 1);
        break;
      case 't':
        after = word(at, "true");
        break;
      case 'f':
        after = word(at, "false");
        break;
      case 'n':
        after = word(at, "null");
        break;
      default:
        after = after_number(at);
    }
    if (after == nullptr || field == nullptr || !field->column) return after;
    if (*at == 'n') {
      batch_.set_null(*field->column);
    } else {
      batch_.set_field(*field->column, {at, static_cast<std::size_t>(after - at)});
    }
    return after;
  }

  const char* text(const char* at, const JsonField* field) {
    bool has_escape = false;
    const char* const after = after_text(at, has_escape);
    if (after == nullptr || field == nullptr || !field->column) return after;
    const std::string_view inner(at + 1, static_cast<std::size_t>(after - at) - 2);
    if (has_escape) {
      char* const room = batch_.reserve(inner.size());
      batch_.set_field(*field->column, {room, json_unescape(inner, room)});
    } else {
      batch_.set_field(*field->column, inner);
    }
    return after;
  }

  const char* object(const char* at, JsonField* field, std::size_t depth) {
    if (depth > max_depth_) return nullptr;
    field = with_children(field);
    if (field != nullptr) field->keys.restart();
    at = after_blanks(at + 1);
    if (*at == '}') return at + 1;
    do {
      at = member(at, field, depth);
      if (!is_inside(at)) return nullptr;
      at = after_blanks(at);
    } while (goes_on(at));
    return *at == '}' ? at + 1 : nullptr;
  }

  const char* array(const char* at, JsonField* field, std::size_t depth) {
    if (depth > max_depth_) return nullptr;
    field = with_children(field);
    at = after_blanks(at + 1);
    if (*at == ']') return at + 1;
    std::size_t index = 0;
    do {
      at = value(at, field == nullptr ? nullptr : child_for_index(*field, index++), depth);
      if (!is_inside(at)) return nullptr;
      at = after_blanks(at);
    } while (goes_on(at));
    return *at == ']' ? at + 1 : nullptr;
  }

  // A key, its colon and its value.
  const char* member(const char* at, JsonField* field, std::size_t depth) {
    JsonField* child = nullptr;
    at = key(at, field, child);
    if (at == nullptr) return nullptr;
    at = after_blanks(at);
    return *at == ':' ? value(after_blanks(at + 1), child, depth) : nullptr;
  }

  static JsonField* with_children(JsonField* field) noexcept {
    return field == nullptr || field->children.empty() ? nullptr : field;
  }

  // Steps over a comma to what follows it.
  static bool goes_on(const char*& at) noexcept {
    if (*at != ',') return false;
    at = after_blanks(at + 1);
    return true;
  }

  // What comes behind a part of an object or array belongs to the record as well.
  [[nodiscard]] bool is_inside(const char* at) const noexcept { return at != nullptr && at < end_; }

  const char* key(const char* at, JsonField* field, JsonField*& child) {
    if (*at != '"') return nullptr;
    bool has_escape = false;
    if (field == nullptr) return after_text(at, has_escape);
    const JsonKeys::Key* known = field->keys.expected(at, static_cast<std::size_t>(end_ - at));
    if (known != nullptr) {
      if (known->child != JsonKeys::kNoChild) child = &field->children[known->child];
      return at + known->quoted.size();
    }
    const char* const after = after_text(at, has_escape);
    if (after == nullptr) return nullptr;
    const std::size_t place = place_of({at, static_cast<std::size_t>(after - at)}, *field);
    if (place != JsonKeys::kNoChild) child = &field->children[place];
    return after;
  }

  // Only keys whose bytes need no further check are remembered.
  static std::size_t place_of(std::string_view quoted, JsonField& field) {
    if (const JsonKeys::Key* const known = field.keys.find(quoted); known != nullptr) {
      return known->child;
    }
    const std::size_t child = child_for_key(field, quoted);
    const bool is_plain = std::ranges::all_of(
        quoted, [](char c) { return c != '\\' && static_cast<unsigned char>(c) < 0x80; });
    if (is_plain) field.keys.add(quoted, child);
    return child;
  }

  // `at` is the quote that opens the text.
  const char* after_text(const char* at, bool& has_escape) noexcept {
    for (++at; at < end_;) {
      const std::uint64_t bytes = eight_at(at);
      high_bits_ |= bytes & kHighBits;  // Some may be of what follows: then it is checked in vain.
      const std::uint64_t special = special_bytes(bytes);
      if (special == 0) {
        at += 8;
        continue;
      }
      at += first_byte_of(special);
      if (at >= end_) return nullptr;
      if (*at == '"') return at + 1;
      if (*at != '\\') return nullptr;
      has_escape = true;
      at = after_escape(at);
      if (at == nullptr) return nullptr;
    }
    return nullptr;
  }

  static const char* word(const char* at, std::string_view wanted) noexcept {
    return std::string_view(at, wanted.size()) == wanted ? at + wanted.size() : nullptr;
  }

  std::string_view record_;
  const char* end_;
  RecordBatch& batch_;
  std::size_t max_depth_;
  std::uint64_t high_bits_ = 0;
};

void extract(RecordBatch& batch, const JsonField& field, std::string_view text) {
  if (field.column) set(batch, *field.column, text);
  if (field.children.empty()) return;
  JsonParts parts(text);
  for (std::size_t index = 0; parts.next(); ++index) {
    for (const JsonField& child : field.children) {
      const bool is_name = child.step.kind == JsonStep::Kind::Name && !parts.quoted_key().empty();
      const bool is_meant = is_name ? is_json_key(parts.quoted_key(), child.step.name)
                                    : child.step.kind == JsonStep::Kind::Index &&
                                          parts.quoted_key().empty() && child.step.index == index;
      if (is_meant) extract(batch, child, parts.value());
    }
  }
}

}  // namespace

Result<JsonFields> JsonFields::make(const std::vector<std::string>& paths, std::size_t max_depth) {
  JsonFields fields;
  fields.max_depth_ = std::min(kMostDepth, max_depth - std::min<std::size_t>(max_depth, 2));
  for (std::size_t column = 0; column < paths.size(); ++column) {
    CIP_TRY_ASSIGN(const auto steps, parse_json_path(paths[column]));
    JsonField* field = &fields.root_;
    for (const JsonStep& step : steps) {
      if (step.kind == JsonStep::Kind::All) {
        return fail(Errc::InvalidArgument,
                    fmt::format("cannot make a column of '{}': [*] is many values; name one of "
                                "them, such as [0], or use it in the record path",
                                paths[column]));
      }
      auto child = std::ranges::find(field->children, step, &JsonField::step);
      if (child == field->children.end()) {
        child = field->children.insert(child, JsonField{step, std::nullopt, {}, {}});
      }
      field = &*child;
    }
    field->column = column;
  }
  return fields;
}

bool JsonFields::read_plain(std::string_view record, RecordBatch& batch) {
  if (!record.starts_with('{') || !record.ends_with('}')) return false;
  // A record that is wanted whole goes the slow way.
  if (root_.column) return false;
  return PlainPass(record, batch, max_depth_).read(root_);
}

void JsonFields::read_valid(std::string_view record, RecordBatch& batch) const {
  extract(batch, root_, record);
}

}  // namespace cip::ingest
