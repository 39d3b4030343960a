#include "ingest/cell_parse.h"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/number.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kSafeDigits = 18;  // So many nines fit in 64 bits.
constexpr std::array<std::int64_t, kMaxScale + 1> kPowers = {
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

unsigned digit_of(char c) noexcept { return static_cast<unsigned>(c) - '0'; }

// Digits only, at most kSafeDigits of them; -1 for anything else.
std::int64_t digits_of(const char* at, std::size_t size) noexcept {
  std::uint64_t value = 0;  // Other characters than digits may wrap it around; -1 tells of them.
  unsigned worst = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const unsigned digit = digit_of(at[i]);
    worst |= digit > 9 ? 1U : 0U;
    value = value * 10 + digit;
  }
  return worst == 0 ? static_cast<std::int64_t>(value) : -1;
}

// Two digits; 100 for anything else.
unsigned pair_at(const char* at) noexcept {
  const unsigned tens = digit_of(at[0]);
  const unsigned ones = digit_of(at[1]);
  return tens > 9 || ones > 9 ? 100 : tens * 10 + ones;
}

// The days before each month of a year that is not a leap year.
constexpr std::array<int, 13> kDaysBefore = {0,   31,  59,  90,  120, 151, 181,
                                             212, 243, 273, 304, 334, 365};

// 2024-03-01 between the years 1600 and 9999, as a count of days; nullopt if it is anything else.
std::optional<Days> date_at(const char* at) noexcept {
  const unsigned century = pair_at(at);
  const unsigned year_of_century = pair_at(at + 2);
  const unsigned month = pair_at(at + 5);
  const unsigned day = pair_at(at + 8);
  const bool is_good = at[4] == '-' && at[7] == '-' && century >= 16 && century < 100 &&
                       year_of_century < 100 && month - 1 < 12 && day - 1 < 31;
  if (!is_good) return std::nullopt;
  const auto year = static_cast<int>(century * 100 + year_of_century);
  const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const int leap_day = is_leap && month > 2 ? 1 : 0;
  const int days_before = kDaysBefore[month - 1];
  const int num_days = kDaysBefore[month] - days_before + (is_leap && month == 2 ? 1 : 0);
  if (static_cast<int>(day) > num_days) return std::nullopt;
  // Leap days up to the end of last year, less the 477 of them before 1970.
  const int last = year - 1;
  const int num_leap_days = last / 4 - last / 100 + last / 400 - 477;
  return (year - 1970) * 365 + num_leap_days + days_before + leap_day + static_cast<int>(day) - 1;
}

}  // namespace

std::optional<std::int64_t> quick_integer(std::string_view text) noexcept {
  const bool is_negative = text.starts_with('-');
  const std::size_t size = text.size() - (is_negative ? 1 : 0);
  if (size > 0 && size <= kSafeDigits) {
    const std::int64_t value = digits_of(text.data() + (is_negative ? 1 : 0), size);
    if (value >= 0) return is_negative ? -value : value;
  }
  return parse_int(text);
}

std::optional<std::int64_t> quick_decimal(std::string_view text, int scale) noexcept {
  const bool is_negative = text.starts_with('-');
  const std::string_view plain = text.substr(is_negative ? 1 : 0);
  const std::size_t num_whole = std::min(plain.find('.'), plain.size());
  const std::size_t num_decimals = plain.size() - num_whole - (num_whole < plain.size() ? 1 : 0);
  const auto places = static_cast<std::size_t>(scale);
  if (num_whole > 0 && num_decimals <= places && num_whole + places <= kSafeDigits) {
    const std::int64_t whole = digits_of(plain.data(), num_whole);
    const std::int64_t part =
        num_decimals == 0 ? 0 : digits_of(plain.data() + num_whole + 1, num_decimals);
    if (whole >= 0 && part >= 0) {
      const std::int64_t units = whole * kPowers[places] + part * kPowers[places - num_decimals];
      return is_negative ? -units : units;
    }
  }
  return parse_decimal(text, scale);
}

std::optional<double> quick_number(std::string_view text) noexcept {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = fast_float::from_chars(text.data(), end, value);
  const bool is_plain = code == std::errc{} && stop == end && std::isfinite(value);
  // A zero may be a number too small to hold (1e-357), which parse_number refuses.
  if (is_plain && value != 0) return value;
  return parse_number(text);
}

std::optional<Days> quick_date(std::string_view text) noexcept {
  const auto on = text.size() == 10 ? date_at(text.data()) : std::nullopt;
  return on ? on : parse_date(text);
}

std::optional<Micros> quick_instant(std::string_view text) noexcept {
  const bool is_plain = text.size() == 19 && (text[10] == ' ' || text[10] == 'T') &&
                        text[13] == ':' && text[16] == ':';
  if (!is_plain) return parse_instant(text);
  const auto on = date_at(text.data());
  const unsigned hour = pair_at(text.data() + 11);
  const unsigned minute = pair_at(text.data() + 14);
  const unsigned second = pair_at(text.data() + 17);
  if (!on || hour > 23 || minute > 59 || second > 59) return parse_instant(text);
  return *on * kMicrosPerDay + Micros{(hour * 60 + minute) * 60 + second} * kMicrosPerSecond;
}

}  // namespace cip::ingest
