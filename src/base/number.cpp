#include "base/number.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/contract.h"

namespace cip {
namespace {

template <class T>
std::optional<T> parse_whole(std::string_view text) noexcept {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, value);
  if (code != std::errc{} || stop != end) return std::nullopt;
  return value;
}

bool append_digit(std::int64_t& units, int digit) noexcept {
  return !__builtin_mul_overflow(units, 10, &units) &&
         !__builtin_add_overflow(units, digit, &units);
}

}  // namespace

std::optional<std::int64_t> parse_int(std::string_view text) noexcept {
  if (text.starts_with("+-")) return std::nullopt;
  return parse_whole<std::int64_t>(text);
}

std::optional<double> parse_number(std::string_view text) noexcept {
  if (text.starts_with("+-")) return std::nullopt;
  const auto value = parse_whole<double>(text);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  return value;
}

std::int64_t power_of_ten(int exponent) noexcept {
  std::int64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

std::optional<std::int64_t> parse_decimal(std::string_view text, int scale) noexcept {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  std::int64_t units = 0;
  int num_digits = 0;
  int num_decimals = -1;  // Before the point.
  for (const char c : text) {
    if (c == '.' && num_decimals < 0) {
      num_decimals = 0;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    ++num_digits;
    if (num_decimals >= scale) {
      if (c != '0') return std::nullopt;
      continue;
    }
    if (!append_digit(units, c - '0')) return std::nullopt;
    if (num_decimals >= 0) ++num_decimals;
  }
  if (num_digits == 0) return std::nullopt;
  for (int at = std::max(num_decimals, 0); at < scale; ++at) {
    if (!append_digit(units, 0)) return std::nullopt;
  }
  return is_negative ? -units : units;
}

std::optional<std::int64_t> to_decimal(double value, int scale) noexcept {
  const double units = std::round(value * static_cast<double>(power_of_ten(scale)));
  if (!std::isfinite(units) || std::abs(units) >= 9.2e18) return std::nullopt;
  return static_cast<std::int64_t>(units);
}

double from_decimal(std::int64_t units, int scale) noexcept {
  return static_cast<double>(units) / static_cast<double>(power_of_ten(scale));
}

std::string decimal_text(std::int64_t units, int scale) {
  CIP_EXPECTS(scale >= 0 && scale <= kMaxScale);
  const std::int64_t power = power_of_ten(scale);
  std::string text = units < 0 ? "-" : "";
  text += fmt::format("{}", std::abs(units / power));
  std::int64_t rest = std::abs(units % power);
  if (rest == 0) return text;
  int num_decimals = scale;
  for (; rest % 10 == 0; rest /= 10) --num_decimals;
  return text + fmt::format(".{:0{}}", rest, num_decimals);
}

std::string number_text(double value) { return fmt::format("{}", value); }

}  // namespace cip
