// ingest/padded_cell.h: values read eight bytes at a time, where bytes behind the text may be read.
//
// Each takes the plain ways to write a value and says no to all others, which are then for
// cell_parse.h to judge. Zeros in front are not plain: "007" may be a code.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/civil_time.h"

namespace cip::ingest {

/// So many bytes from the first byte of a text on must be readable.
inline constexpr std::size_t kReadAhead = 32;

/// Digits with at most one point among them: 12.50 is {1250, 2}.
struct PlainDecimal {
  std::int64_t units;
  unsigned num_decimals;
};

inline constexpr std::uint64_t kEachByte = 0x0101010101010101;

inline std::uint64_t eight_at(const char* at) noexcept {
  static_assert(std::endian::native == std::endian::little);
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

/// The high bit of each byte of `values` that is above 9.
inline std::uint64_t above_nine(std::uint64_t values) noexcept {
  return ((values + kEachByte * 0x76) | values) & (kEachByte * 0x80);
}

/// Eight digits, the first in the lowest byte, each 0 to 9, as a number.
///
/// Source:  D. Lemire, "Quickly parsing eight digits" (2018).
inline std::uint64_t number_of_digits(std::uint64_t digits) noexcept {
  constexpr std::uint64_t mask = 0x000000FF000000FF;
  const std::uint64_t pairs = digits * 10 + (digits >> 8);
  return ((pairs & mask) * 0x000F424000000064 + ((pairs >> 16) & mask) * 0x0000271000000001) >> 32;
}

/// The first `size` bytes, 1 to 8, of `word` as digits; -1 if one is something else.
inline std::int64_t few_digits(std::uint64_t word, std::size_t size) noexcept {
  const unsigned shift = 64 - 8 * static_cast<unsigned>(size);
  const std::uint64_t digits = (word ^ (kEachByte * '0')) << shift;
  if (above_nine(digits) != 0) return -1;
  return static_cast<std::int64_t>(number_of_digits(digits));
}

/// Digits only, 1 to 16 of them, no zero in front of others; -1 for anything else.
inline std::int64_t plain_digits(const char* at, std::size_t size) noexcept {
  if (size - 1 >= 16 || (*at == '0' && size > 1)) return -1;
  if (size <= 8) return few_digits(eight_at(at), size);
  const std::int64_t high = few_digits(eight_at(at), size - 8);
  const std::int64_t low = few_digits(eight_at(at + size - 8), 8);
  return high < 0 || low < 0 ? -1 : high * 100'000'000 + low;
}

inline bool plain_integer(const char* at, std::size_t size, std::int64_t& value) noexcept {
  const bool is_negative = size > 1 && *at == '-';
  if (is_negative && at[1] == '0') return false;  // -0 is not how a whole number is written.
  const std::int64_t digits =
      plain_digits(at + (is_negative ? 1 : 0), size - (is_negative ? 1 : 0));
  value = is_negative ? -digits : digits;
  return digits >= 0;
}

// More than eight bytes without a sign.
inline bool long_decimal(const char* at, std::size_t size, PlainDecimal& value) noexcept {
  const auto* const point = static_cast<const char*>(std::memchr(at, '.', size));
  if (point == nullptr) {
    value = {size > 10 ? -1 : plain_digits(at, size), 0};
    return value.units >= 0;
  }
  const auto num_whole = static_cast<std::size_t>(point - at);
  const std::size_t num_decimals = size - num_whole - 1;
  if (num_decimals - 1 >= 8 || num_whole > 10) return false;  // None of them, or too many.
  const std::int64_t whole = plain_digits(at, num_whole);
  const std::int64_t part = few_digits(eight_at(point + 1), num_decimals);
  constexpr std::int64_t powers[] = {1,       10,        100,        1'000,      10'000,
                                     100'000, 1'000'000, 10'000'000, 100'000'000};
  value = {whole * powers[num_decimals] + part, static_cast<unsigned>(num_decimals)};
  return whole >= 0 && part >= 0;
}

// At most eight bytes, of which `word` is made, without a sign.
inline bool short_decimal(const char* at, std::size_t size, PlainDecimal& value) noexcept {
  const std::uint64_t word = eight_at(at);
  const std::uint64_t points = word ^ (kEachByte * '.');
  const std::uint64_t found = (points - kEachByte) & ~points & (kEachByte * 0x80);
  const auto num_whole =
      static_cast<std::size_t>(std::countr_zero(found | (std::uint64_t{1} << 63)) / 8);
  const bool has_point = num_whole < size && at[num_whole] == '.';
  if (!has_point) {
    value = {plain_digits(at, size), 0};
    return value.units >= 0;
  }
  const std::size_t num_digits = size - 1;
  if (num_whole == 0 || num_whole == num_digits || (*at == '0' && num_whole > 1)) return false;
  const std::uint64_t whole_mask = (std::uint64_t{1} << (8 * num_whole)) - 1;
  const std::uint64_t joined = (word & whole_mask) | (word >> 8 & ~whole_mask);
  value = {few_digits(joined, num_digits), static_cast<unsigned>(num_digits - num_whole)};
  return value.units >= 0;
}

inline bool plain_decimal(const char* at, std::size_t size, PlainDecimal& value) noexcept {
  const bool is_negative = size > 1 && *at == '-';
  at += is_negative ? 1 : 0;
  size -= is_negative ? 1 : 0;
  const bool is_plain = size > 8 ? long_decimal(at, size, value) : short_decimal(at, size, value);
  if (is_negative) value.units = -value.units;
  return is_plain;
}

// The days before each month of a year that is not a leap year.
inline constexpr std::int16_t kDaysBefore[] = {0,   31,  59,  90,  120, 151, 181,
                                               212, 243, 273, 304, 334, 365};

/// 2024-03-01 between the years 1600 and 9999; ten bytes.
inline bool plain_date(const char* at, Days& on) noexcept {
  // A digit becomes its value, a '-' where it belongs becomes 0.
  const std::uint64_t front = eight_at(at) ^ 0x2D30302D30303030;
  const unsigned tens = static_cast<unsigned char>(at[8]) - unsigned{'0'};
  const unsigned ones = static_cast<unsigned char>(at[9]) - unsigned{'0'};
  const bool is_shaped = (above_nine(front) | (front & 0xFF0000FF00000000)) == 0;
  if (!is_shaped || tens > 3 || ones > 9) return false;
  const std::uint64_t pairs = front * 10 + (front >> 8);
  const auto century = static_cast<int>(pairs & 0xFF);
  const auto year = century * 100 + static_cast<int>(pairs >> 16 & 0xFF);
  const auto month = static_cast<unsigned>(pairs >> 40 & 0xFF);
  const auto day = static_cast<int>(tens * 10 + ones);
  if (century < 16 || month - 1 >= 12 || day < 1) return false;
  const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  const int before = kDaysBefore[month - 1];
  const int num_days = kDaysBefore[month] - before + (is_leap && month == 2 ? 1 : 0);
  if (day > num_days) return false;
  // Leap days up to the end of last year, less the 477 of them before 1970.
  const int last = year - 1;
  const int num_leap_days = last / 4 - last / 100 + last / 400 - 477;
  on = (year - 1970) * 365 + num_leap_days + before + (is_leap && month > 2 ? 1 : 0) + day - 1;
  return true;
}

/// 2024-03-01 23:59:58, or with a T; nineteen bytes.
inline bool plain_instant(const char* at, Micros& instant) noexcept {
  const std::uint64_t time = eight_at(at + 11) ^ 0x30303A30303A3030;
  const bool is_shaped = (above_nine(time) | (time & 0x0000FF0000FF0000)) == 0;
  const std::uint64_t pairs = time * 10 + (time >> 8);
  const auto hour = static_cast<unsigned>(pairs & 0xFF);
  const auto minute = static_cast<unsigned>(pairs >> 24 & 0xFF);
  const auto second = static_cast<unsigned>(pairs >> 48 & 0xFF);
  Days on = 0;
  const bool is_good = is_shaped && (at[10] == ' ' || at[10] == 'T') && hour < 24 && minute < 60 &&
                       second < 60 && plain_date(at, on);
  instant = on * kMicrosPerDay + Micros{(hour * 60 + minute) * 60 + second} * kMicrosPerSecond;
  return is_good;
}

}  // namespace cip::ingest
