#include "base/number.h"

#include <fmt/format.h>

#include <algorithm>
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

// False if there is anything but digits, or too many of them.
bool append_digits(std::int64_t& units, std::string_view digits) noexcept {
  return std::ranges::all_of(digits, [&units](char c) {
    return c >= '0' && c <= '9' && !__builtin_mul_overflow(units, 10, &units) &&
           !__builtin_add_overflow(units, c - '0', &units);
  });
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
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view decimals = point < text.size() ? text.substr(point + 1) : "";
  if (whole.empty() && decimals.empty()) return std::nullopt;

  // The digits that count, then zeros up to the scale; what lies beyond it must be zeros.
  const auto num_kept = std::min(decimals.size(), static_cast<std::size_t>(scale));
  if (decimals.find_first_not_of('0', num_kept) != std::string_view::npos) return std::nullopt;
  std::int64_t units = 0;
  if (!append_digits(units, whole) || !append_digits(units, decimals.substr(0, num_kept))) {
    return std::nullopt;
  }
  const std::int64_t missing = power_of_ten(scale - static_cast<int>(num_kept));
  if (__builtin_mul_overflow(units, missing, &units)) return std::nullopt;
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
