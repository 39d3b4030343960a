#include "ingest/type_guess.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "base/civil_time.h"
#include "base/number.h"
#include "base/text.h"
#include "ingest/convert.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kMaxDigits = 18;
constexpr std::size_t kDoubleDigits = 17;
constexpr std::size_t kKeptBytes = 100;
constexpr std::size_t kLongestValue = 64;  // Nothing but text is longer.

// Ways to read a value, as bits.
constexpr unsigned kBoolean = 1U << 0;
constexpr unsigned kInteger = 1U << 1;
constexpr unsigned kPoint = 1U << 2;  // A decimal point, perhaps with marks of thousands.
constexpr unsigned kComma = 1U << 3;  // A decimal comma.
constexpr unsigned kNumber = 1U << 4;
constexpr unsigned kYearDash = 1U << 5;
constexpr unsigned kYearSlash = 1U << 6;
constexpr unsigned kDayDot = 1U << 7;
constexpr unsigned kDaySlash = 1U << 8;
constexpr unsigned kMonthSlash = 1U << 9;
constexpr unsigned kDayDash = 1U << 10;
constexpr unsigned kMonthDash = 1U << 11;
constexpr unsigned kDates =
    kYearDash | kYearSlash | kDayDot | kDaySlash | kMonthSlash | kDayDash | kMonthDash;

struct DateReading {
  unsigned reading;
  std::string_view pattern;
};
constexpr std::array<DateReading, 7> kDateReadings = {{
    {kYearDash, ""},
    {kYearSlash, "yyyy/mm/dd"},
    {kDayDot, "dd.mm.yyyy"},
    {kDaySlash, "dd/mm/yyyy"},
    {kMonthSlash, "mm/dd/yyyy"},
    {kDayDash, "dd-mm-yyyy"},
    {kMonthDash, "mm-dd-yyyy"},
}};

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::size_t num_digits_at(std::string_view text) noexcept {
  const auto* const end = std::ranges::find_if_not(text, is_digit);
  return static_cast<std::size_t>(end - text.begin());
}

bool is_boolean_word(std::string_view text) {
  static constexpr std::array<std::string_view, 8> words = {"true", "false", "yes", "no",
                                                            "t",    "f",     "y",   "n"};
  return text.size() <= 5 && std::ranges::find(words, lowered(text)) != words.end();
}

// Digits, in one group or in several of three with a mark between them; the mark, empty if there is
// none. nullopt if it is neither, or has zeros in front.
std::optional<std::string> mark_of_groups(std::string_view text, char decimal) {
  const std::size_t first = num_digits_at(text);
  if (first == 0 || (first > 1 && text.front() == '0')) return std::nullopt;
  if (first == text.size()) return std::string();
  if (first > 3 || text.front() == '0') return std::nullopt;
  const bool is_wide = text.substr(first).starts_with("\xC2\xA0");  // A blank that does not break.
  const std::string_view mark = text.substr(first, is_wide ? 2 : 1);
  const bool is_mark = is_wide || std::string_view(" '.,").find(mark) != std::string_view::npos;
  if (!is_mark || mark.front() == decimal) return std::nullopt;
  std::string_view rest = text.substr(first);
  while (!rest.empty()) {
    if (!rest.starts_with(mark) || num_digits_at(rest.substr(mark.size())) < 3) return std::nullopt;
    rest.remove_prefix(mark.size() + 3);
  }
  return std::string(mark);
}

struct DecimalLook {
  int scale = 0;
  std::string mark;
};

// A number with this decimal mark; `text` has no sign.
std::optional<DecimalLook> look_of_decimal(std::string_view text, char decimal) {
  const std::size_t at = text.rfind(decimal);
  const std::string_view whole = text.substr(0, at);
  const std::string_view part = at == std::string_view::npos ? "" : text.substr(at + 1);
  auto mark = mark_of_groups(whole, decimal);
  if (!mark || num_digits_at(part) != part.size()) return std::nullopt;
  if (at != std::string_view::npos && part.empty()) return std::nullopt;
  const auto num_digits = static_cast<std::size_t>(std::ranges::count_if(text, is_digit));
  if (num_digits > kMaxDigits || part.size() > std::size_t{kMaxScale}) return std::nullopt;
  return DecimalLook{static_cast<int>(part.size()), std::move(*mark)};
}

bool is_number(std::string_view text) {
  const std::size_t exponent = text.find_first_of("eE");
  const std::string_view digits = text.substr(0, exponent);
  const auto num_digits = static_cast<std::size_t>(std::ranges::count_if(digits, is_digit));
  const bool has_zeros = digits.size() > 1 && digits[0] == '0' && is_digit(digits[1]);
  return num_digits <= kDoubleDigits && !has_zeros && parse_number(text).has_value() &&
         is_digit(text.front()) && is_digit(digits.back()) &&
         (exponent != std::string_view::npos || text.find('.') != std::string_view::npos);
}

/// What one value allows.
struct Look {
  unsigned readings = 0;
  DecimalLook point;
  DecimalLook comma;
  bool has_time = false;
  bool has_seconds = false;
};

void look_at_number(std::string_view text, Look& look) {
  const bool is_negative = text.size() > 1 && text.front() == '-';
  const std::string_view plain = text.substr(is_negative ? 1 : 0);
  const bool is_integer = num_digits_at(plain) == plain.size() &&
                          (plain.size() == 1 || plain.front() != '0') && text != "-0" &&
                          parse_int(text).has_value();
  if (is_integer) look.readings |= kInteger;
  if (auto point = look_of_decimal(plain, '.')) {
    look.readings |= kPoint;
    look.point = std::move(*point);
  }
  if (auto comma = look_of_decimal(plain, ',')) {
    look.readings |= kComma;
    look.comma = std::move(*comma);
  }
  if (is_number(plain) || (is_integer && plain.size() <= kDoubleDigits)) look.readings |= kNumber;
}

// hh:mm or hh:mm:ss, and what may stand behind it.
bool look_at_time(std::string_view text, Look& look) {
  const auto two = [text](std::size_t at, int below) {
    if (at + 2 > text.size() || !is_digit(text[at]) || !is_digit(text[at + 1])) return false;
    return (text[at] - '0') * 10 + (text[at + 1] - '0') < below;
  };
  if (!two(0, 24) || text.size() < 5 || text[2] != ':' || !two(3, 60)) return false;
  look.has_time = true;
  if (text.size() == 5) return true;
  look.has_seconds = true;
  return text.size() == 8 && text[5] == ':' && two(6, 60);
}

struct DateParts {
  std::array<int, 3> numbers{};
  std::array<std::size_t, 3> sizes{};
  char separator = '\0';
  std::string_view rest;  // What follows them.
};

// Three numbers of at most four digits with one separator between them.
std::optional<DateParts> date_parts(std::string_view text) {
  DateParts parts;
  parts.rest = text;
  for (std::size_t i = 0; i < parts.numbers.size(); ++i) {
    const std::size_t size = num_digits_at(parts.rest);
    if (size == 0 || size > 4) return std::nullopt;
    parts.sizes.at(i) = size;
    parts.numbers.at(i) = static_cast<int>(parse_int(parts.rest.substr(0, size)).value_or(0));
    parts.rest.remove_prefix(size);
    if (i == 2) break;
    if (parts.rest.empty()) return std::nullopt;
    if (i == 0) parts.separator = parts.rest.front();
    if (!parts.rest.starts_with(parts.separator)) return std::nullopt;
    parts.rest.remove_prefix(1);
  }
  return parts;
}

// Two numbers of at most two digits, then the year.
unsigned readings_with_year_last(const DateParts& parts) {
  const auto [first, second, year] = parts.numbers;
  const bool is_day_first = is_valid({year, second, first});
  if (parts.separator == '.') return is_day_first ? kDayDot : 0;
  const bool is_slash = parts.separator == '/';
  if (!is_slash && parts.separator != '-') return 0;
  unsigned readings = 0;
  if (is_day_first) readings |= is_slash ? kDaySlash : kDayDash;
  if (is_valid({year, first, second})) readings |= is_slash ? kMonthSlash : kMonthDash;
  return readings;
}

// A year of four digits comes first or last.
void look_at_date(std::string_view text, Look& look) {
  const auto parts = date_parts(text);
  if (!parts) return;
  const auto& [numbers, sizes, separator, rest] = *parts;
  const bool is_year_first = sizes[0] == 4 && sizes[1] == 2 && sizes[2] == 2;
  if (is_year_first && separator == '-' && parse_instant(text)) {
    look.readings |= kYearDash;  // With any time that ISO 8601 has.
    look.has_time = !rest.empty();
    look.has_seconds = look.has_time;
    return;
  }
  if (!rest.empty() && (rest.front() != ' ' || !look_at_time(rest.substr(1), look))) return;
  const bool is_day = is_valid({numbers[0], numbers[1], numbers[2]});
  if (is_year_first && separator == '/' && is_day) look.readings |= kYearSlash;
  const bool is_year_last = sizes[0] <= 2 && sizes[1] <= 2 && sizes[2] == 4;
  if (is_year_last) look.readings |= readings_with_year_last(*parts);
}

Look look_at(std::string_view text) {
  Look look;
  if (text.size() > kLongestValue) return look;
  if (is_boolean_word(text)) {
    look.readings = kBoolean;
    return look;
  }
  if (!is_digit(text.front()) && text.front() != '-') return look;
  look_at_number(text, look);
  look_at_date(text, look);
  return look;
}

// Thousands marks that do not agree cannot be one way to write numbers.
bool agrees(std::string& mark, const std::string& seen) {
  if (seen.empty()) return true;
  if (mark.empty()) mark = seen;
  return mark == seen;
}

std::string number_format(char decimal, const std::string& mark, int scale) {
  if (decimal == '.' && mark.empty()) return "";
  std::string format = "1" + mark + "234";
  if (scale > 0 || mark.empty()) format += std::string(1, decimal) + "5";
  return format;
}

unsigned without(unsigned readings, unsigned closed) noexcept { return readings & ~closed; }

}  // namespace

void TypeGuess::judge(std::string_view text, std::uint64_t line) {
  const std::string_view value = trimmed(text);
  if (value.empty() || is_common_null_word(value)) {
    if (null_words_.size() < 16 || null_words_.contains(value)) ++null_words_[std::string(value)];
    return;
  }
  if (first_line_ == 0) first_line_ = line;
  const Look look = look_at(value);
  const GuessedType before = plain_type();
  unsigned allowed = look.readings;
  const auto check_mark = [&allowed](unsigned reading, std::string& mark, const std::string& seen) {
    if ((allowed & reading) != 0 && !agrees(mark, seen)) allowed = without(allowed, reading);
  };
  check_mark(kPoint, point_mark_, look.point.mark);
  check_mark(kComma, comma_mark_, look.comma.mark);
  if ((allowed & kDates) != 0) {
    has_time_ = has_time_ || look.has_time;
    has_seconds_ = has_seconds_ || look.has_seconds;
    has_short_time_ = has_short_time_ || !look.has_seconds;
  }
  point_scale_ = std::max(point_scale_, look.point.scale);
  comma_scale_ = std::max(comma_scale_, look.comma.scale);
  if ((open_ & ~allowed) != 0) narrow(allowed, value, line);
  usual_ = usual_value();
  if (!(plain_type() == before)) ++version_;
}

TypeGuess::Usual TypeGuess::usual_value() const noexcept {
  if (open_ == 0) return Usual::Anything;
  if (open_ == ~0U) return Usual::Nothing;
  if ((open_ & kInteger) != 0) return Usual::Integer;
  if ((open_ & kPoint) != 0) return (open_ & kComma) != 0 ? Usual::Nothing : Usual::Decimal;
  if (open_ != kYearDash) return Usual::Nothing;
  if (!has_time_) return Usual::Date;
  return has_seconds_ ? Usual::Instant : Usual::Nothing;
}

void TypeGuess::narrow(unsigned allowed, std::string_view text, std::uint64_t line) {
  const GuessedType before = plain_type();
  const unsigned was_open = open_;
  open_ &= allowed;
  const GuessedType after = plain_type();
  const bool is_same = before.type == after.type && before.readings.size() == after.readings.size();
  if (was_open == ~0U || is_same) return;
  step_ = {line, std::string(clipped(text, kKeptBytes)), was_open};
}

// The type of the readings that are open, before anybody asks how it was decided.
GuessedType TypeGuess::plain_type() const {
  GuessedType found;
  if (open_ == 0 || open_ == ~0U) return found;
  if ((open_ & kBoolean) != 0) {
    found.type = Type::Boolean;
  } else if ((open_ & kInteger) != 0) {
    found.type = Type::Integer;
  } else if ((open_ & (kPoint | kComma)) != 0) {
    found = decimal_type();
  } else if ((open_ & kNumber) != 0) {
    found.type = Type::Number;
  } else {
    found = time_type();
  }
  return found;
}

GuessedType TypeGuess::decimal_type() const {
  GuessedType found;
  const std::string with_point = number_format('.', point_mark_, point_scale_);
  const std::string with_comma = number_format(',', comma_mark_, comma_scale_);
  const bool is_comma = (open_ & kPoint) == 0;
  found.scale = is_comma ? comma_scale_ : point_scale_;
  found.type = found.scale == 0 ? Type::Integer : Type::Decimal;
  found.format = is_comma ? with_comma : with_point;
  if ((open_ & kPoint) != 0 && (open_ & kComma) != 0) {
    found.readings = {with_point.empty() ? "1234.5" : with_point, with_comma};
  }
  return found;
}

GuessedType TypeGuess::time_type() const {
  GuessedType found;
  found.type = has_time_ ? Type::Datetime : Type::Date;
  std::string time;
  if (has_time_) time = has_seconds_ ? " hh:mi:ss" : " hh:mi";
  if (has_seconds_ && has_short_time_) time = " hh:mi[:ss]";
  for (const DateReading& reading : kDateReadings) {
    if ((open_ & reading.reading) == 0 || reading.pattern.empty()) continue;
    found.readings.push_back(std::string(reading.pattern) + time);
  }
  if (found.readings.size() == 1) found.format = std::exchange(found.readings, {}).front();
  return found;
}

GuessedType TypeGuess::type() const {
  GuessedType found = plain_type();
  if (found.readings.size() > 1) {
    found.format.clear();
  } else {
    found.readings.clear();
  }
  found.reason = reason_of(found);
  found.deciding_line = step_.line == 0 ? first_line_ : step_.line;
  found.deciding_value = step_.value;
  return found;
}

std::string TypeGuess::reason_of(const GuessedType& type) const {
  if (open_ == ~0U) return num_values_ == 0 ? "there is no value" : "there are only null words";
  if (type.readings.size() > 1) {
    return fmt::format("no row tells {} from {}: say which it is", type.readings[0],
                       type.readings[1]);
  }
  if (step_.line == 0) return fmt::format("so in every value, from line {} on", first_line_);
  return fmt::format("since line {} has '{}'", step_.line, step_.value);
}

std::map<std::string, std::uint64_t> TypeGuess::null_words() const {
  if (open_ == 0) return {};
  return {null_words_.begin(), null_words_.end()};
}

}  // namespace cip::ingest
