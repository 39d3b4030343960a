#include "ingest/cell_parse.h"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/number.h"
#include "ingest/padded_cell.h"

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
  Days on = 0;
  if (text.size() == 10 && plain_date(text.data(), on)) return on;
  return parse_date(text);
}

std::optional<Micros> quick_instant(std::string_view text) noexcept {
  Micros instant = 0;
  const bool is_plain = text.size() == 19 && text[13] == ':' && text[16] == ':';
  if (is_plain && plain_instant(text.data(), instant)) return instant;
  return parse_instant(text);
}

}  // namespace cip::ingest
