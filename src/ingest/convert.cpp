#include "ingest/convert.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace cip::ingest {
namespace {

struct Word {
  std::string_view text;
  bool value;
};

constexpr std::array<Word, 14> kBooleans = {{{"1", true},
                                             {"0", false},
                                             {"true", true},
                                             {"false", false},
                                             {"yes", true},
                                             {"no", false},
                                             {"y", true},
                                             {"n", false},
                                             {"t", true},
                                             {"f", false},
                                             {"ja", true},
                                             {"nein", false},
                                             {"on", true},
                                             {"off", false}}};

bool is_same_letters(std::string_view text, std::string_view lower) noexcept {
  return std::ranges::equal(text, lower, [](char c, char wanted) {
    return (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) == wanted;
  });
}

// Most fields have no blanks around them; then nothing is searched.
std::string_view bare(std::string_view text) noexcept {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  if (text.empty() || (!is_blank(text.front()) && !is_blank(text.back()))) return text;
  return trimmed(text);
}

std::optional<std::int64_t> integer_of(const Scalar& value) noexcept {
  switch (value.kind) {
    case Scalar::Kind::Text:
      return read_integer(value.text);
    case Scalar::Kind::Exact:
      return exact_units(value.exact, 0);
    case Scalar::Kind::Typed:
      if (value.type == Type::Integer || value.type == Type::Boolean) return value.units;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<std::int64_t> decimal_of(const Scalar& value, int scale) noexcept {
  switch (value.kind) {
    case Scalar::Kind::Text:
      return read_decimal(value.text, scale);
    case Scalar::Kind::Exact:
      return value.may_round ? rounded_units(value.exact, scale) : exact_units(value.exact, scale);
    case Scalar::Kind::Typed:
      if (value.type != Type::Integer) return std::nullopt;
      return exact_units({value.units, 1}, scale);
    default:
      return std::nullopt;
  }
}

std::optional<double> number_of(const Scalar& value) noexcept {
  switch (value.kind) {
    case Scalar::Kind::Text:
      return read_number(value.text);
    case Scalar::Kind::Exact:
      return to_double(value.exact);
    case Scalar::Kind::Number:
      return value.number;
    case Scalar::Kind::Typed:
      if (value.type != Type::Integer) return std::nullopt;
      return static_cast<double>(value.units);
    default:
      return std::nullopt;
  }
}

std::optional<std::int64_t> time_of(const Scalar& value, Type type) noexcept {
  if (value.kind == Scalar::Kind::Text) {
    return type == Type::Date ? std::optional<std::int64_t>(read_date(value.text))
                              : read_datetime(value.text);
  }
  if (value.kind != Scalar::Kind::Typed) return std::nullopt;
  if (value.type == type) return value.units;
  if (value.type == Type::Date) return value.units * kMicrosPerDay;
  if (value.type == Type::Datetime) return days_of(Micros{value.units});
  return std::nullopt;
}

std::optional<std::int64_t> boolean_of(const Scalar& value) noexcept {
  if (value.kind == Scalar::Kind::Text) {
    const auto read = read_boolean(value.text);
    return read ? std::optional<std::int64_t>(*read ? 1 : 0) : std::nullopt;
  }
  const auto whole = integer_of(value);
  return whole && (*whole == 0 || *whole == 1) ? whole : std::nullopt;
}

std::optional<std::int64_t> units_of(const model::ColumnDef& column, const Scalar& value) noexcept {
  switch (column.type) {
    case Type::Integer:
      return integer_of(value);
    case Type::Decimal:
      return decimal_of(value, column.scale);
    case Type::Date:
    case Type::Datetime:
      return time_of(value, column.type);
    case Type::Boolean:
      return boolean_of(value);
    case Type::Number:
    case Type::Text:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> read_integer(std::string_view text) noexcept {
  text = bare(text);
  if (const auto whole = parse_int(text)) return whole;
  const auto value = parse_exact(text);
  return value ? exact_units(*value, 0) : std::nullopt;
}

std::optional<std::int64_t> read_decimal(std::string_view text, int scale) noexcept {
  text = bare(text);
  if (const auto units = parse_decimal(text, scale)) return units;
  const auto value = parse_exact(text);
  return value ? exact_units(*value, scale) : std::nullopt;
}

std::optional<double> read_number(std::string_view text) noexcept {
  return parse_number(bare(text));
}

std::optional<Days> read_date(std::string_view text) noexcept {
  text = bare(text);
  if (const auto on = parse_date(text)) return on;
  const auto at = parse_instant(text);
  return at ? std::optional(days_of(*at)) : std::nullopt;
}

std::optional<Micros> read_datetime(std::string_view text) noexcept {
  return parse_instant(bare(text));
}

std::optional<bool> read_boolean(std::string_view text) noexcept {
  text = bare(text);
  for (const Word& word : kBooleans) {
    if (is_same_letters(text, word.text)) return word.value;
  }
  return std::nullopt;
}

bool is_common_null_word(std::string_view text) noexcept {
  constexpr std::array<std::string_view, 5> kWords = {"NULL", "null", "NA", "N/A", "NaN"};
  return std::ranges::find(kWords, bare(text)) != kWords.end();
}

std::string_view cast_code_of(Type type) noexcept {
  switch (type) {
    case Type::Integer:
      return "CAST_INTEGER";
    case Type::Number:
      return "CAST_NUMBER";
    case Type::Decimal:
      return "CAST_DECIMAL";
    case Type::Date:
      return "CAST_DATE";
    case Type::Datetime:
      return "CAST_DATETIME";
    case Type::Boolean:
      return "CAST_BOOLEAN";
    case Type::Text:
      break;
  }
  return "CAST_TEXT";
}

std::string expected_text(Type type, int scale) {
  switch (type) {
    case Type::Integer:
      return "a whole number such as 42";
    case Type::Number:
      return "a number such as 12.5";
    case Type::Decimal:
      return fmt::format("a number with at most {} digits after the point", scale);
    case Type::Date:
      return "a date such as 2024-03-01";
    case Type::Datetime:
      return "a date and time such as 2024-03-01 09:30:00";
    case Type::Boolean:
      return "yes or no, true or false, 1 or 0";
    case Type::Text:
      break;
  }
  return "a text";
}

std::string_view text_of(const Scalar& value, Scene& scene) {
  switch (value.kind) {
    case Scalar::Kind::Missing:
      return {};
    case Scalar::Kind::Text:
      return value.text;
    case Scalar::Kind::Exact:
      return scene.arena.keep(exact_text(value.exact));
    case Scalar::Kind::Number:
      return scene.arena.keep(number_text(value.number));
    case Scalar::Kind::Typed:
      break;
  }
  if (value.type == Type::Date) return scene.arena.keep(date_text(static_cast<Days>(value.units)));
  if (value.type == Type::Datetime) return scene.arena.keep(instant_text(value.units));
  if (value.type == Type::Boolean) return value.units != 0 ? "true" : "false";
  return scene.arena.keep(fmt::format("{}", value.units));
}

bool fit(const model::ColumnDef& column, const Scalar& value, Scene& scene, Cell& cell) {
  if (column.type == Type::Text) {
    cell.text = text_of(value, scene);
    return true;
  }
  if (column.type == Type::Number) {
    if (const auto number = number_of(value)) {
      cell.number = *number;
      return true;
    }
  } else if (const auto units = units_of(column, value)) {
    cell.units = *units;
    return true;
  }
  return scene.refuse("cast", cast_code_of(column.type), expected_text(column.type, column.scale));
}

std::string_view clipped(std::string_view text, std::size_t max_bytes) noexcept {
  if (text.size() <= max_bytes) return text;
  std::size_t size = max_bytes;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

}  // namespace cip::ingest
