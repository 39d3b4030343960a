#include "ingest/exact.h"

#include <charconv>
#include <limits>
#include <utility>

#include "base/number.h"

namespace cip::ingest {
namespace {

constexpr int kMaxDigits = 36;  // 10^37 still fits in 127 bits, with room for a sign.
constexpr int kMaxExponent = 30;

Int128 wide_power_of_ten(int exponent) noexcept {
  if (exponent <= 18) return power_of_ten(exponent);
  return Int128{power_of_ten(18)} * wide_power_of_ten(exponent - 18);
}

Int128 magnitude(Int128 value) noexcept { return value < 0 ? -value : value; }

Exact reduced(Exact value) noexcept {
  Int128 left = magnitude(value.numerator);
  Int128 right = value.denominator;
  while (right != 0) left = std::exchange(right, left % right);
  if (left <= 1) return value;
  return {value.numerator / left, value.denominator / left};
}

bool times(Int128 left, Int128 right, Int128& product) noexcept {
  return !__builtin_mul_overflow(left, right, &product);
}

std::optional<Exact> add_as_they_are(Exact left, Exact right) noexcept {
  if (left.denominator == right.denominator) {
    if (__builtin_add_overflow(left.numerator, right.numerator, &left.numerator)) return {};
    return left;
  }
  Int128 of_left = 0;
  Int128 of_right = 0;
  Exact sum;
  if (!times(left.numerator, right.denominator, of_left) ||
      !times(right.numerator, left.denominator, of_right) ||
      !times(left.denominator, right.denominator, sum.denominator) ||
      __builtin_add_overflow(of_left, of_right, &sum.numerator)) {
    return std::nullopt;
  }
  return sum;
}

std::optional<Exact> multiply_as_they_are(Exact left, Exact right) noexcept {
  Exact product;
  if (!times(left.numerator, right.numerator, product.numerator) ||
      !times(left.denominator, right.denominator, product.denominator)) {
    return std::nullopt;
  }
  return product;
}

struct Division {
  Int128 quotient;
  Int128 rest;
  Int128 divisor;
};

std::optional<Division> scaled(Exact value, int scale) noexcept {
  Int128 numerator = 0;
  if (!times(value.numerator, power_of_ten(scale), numerator)) {
    value = reduced(value);
    if (!times(value.numerator, power_of_ten(scale), numerator)) return std::nullopt;
  }
  return Division{numerator / value.denominator, numerator % value.denominator, value.denominator};
}

std::optional<std::int64_t> narrowed(Int128 value) noexcept {
  if (value > std::numeric_limits<std::int64_t>::max() ||
      value < std::numeric_limits<std::int64_t>::min()) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(value);
}

// The digits of a number, with how far its point lies from their right end.
struct Digits {
  Int128 value = 0;
  int num_significant = 0;
  int num_decimals = 0;
  bool any = false;
};

// Takes digits and one point off the front of `text`; false for more digits than fit.
bool take_digits(std::string_view& text, Digits& digits) noexcept {
  bool after_point = false;
  while (!text.empty()) {
    const char c = text.front();
    if (c == '.' && !after_point) {
      after_point = true;
    } else if (c >= '0' && c <= '9') {
      digits.any = true;
      digits.value = digits.value * 10 + (c - '0');
      if (digits.value != 0 && ++digits.num_significant > kMaxDigits) return false;
      if (after_point && ++digits.num_decimals > kMaxDigits) return false;
    } else {
      return true;
    }
    text.remove_prefix(1);
  }
  return true;
}

// What follows the digits: nothing, or e and a whole number. nullopt for anything else.
std::optional<int> exponent_of(std::string_view text) noexcept {
  if (text.empty()) return 0;
  if (text.front() != 'e' && text.front() != 'E') return std::nullopt;
  text.remove_prefix(text.size() > 1 && text[1] == '+' ? 2 : 1);
  int exponent = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, exponent);
  if (code != std::errc{} || stop != end) return std::nullopt;
  if (exponent < -kMaxExponent || exponent > kMaxExponent) return std::nullopt;
  return exponent;
}

}  // namespace

std::optional<Exact> parse_exact(std::string_view text) noexcept {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  Digits digits;
  if (!take_digits(text, digits) || !digits.any) return std::nullopt;
  const auto written = exponent_of(text);
  if (!written) return std::nullopt;
  const int exponent = *written - digits.num_decimals;
  Exact value{is_negative ? -digits.value : digits.value, 1};
  if (exponent < -kMaxDigits) return std::nullopt;
  if (exponent < 0) {
    value.denominator = wide_power_of_ten(-exponent);
  } else if (!times(value.numerator, wide_power_of_ten(exponent), value.numerator)) {
    return std::nullopt;
  }
  return value;
}

std::optional<Exact> add(Exact left, Exact right) noexcept {
  if (const auto sum = add_as_they_are(left, right)) return sum;
  return add_as_they_are(reduced(left), reduced(right));
}

std::optional<Exact> subtract(Exact left, Exact right) noexcept {
  right.numerator = -right.numerator;
  return add(left, right);
}

std::optional<Exact> multiply(Exact left, Exact right) noexcept {
  if (const auto product = multiply_as_they_are(left, right)) return product;
  // What one side's numerator shares with the other's denominator cancels before it overflows.
  const Exact crossed_left = reduced({left.numerator, right.denominator});
  const Exact crossed_right = reduced({right.numerator, left.denominator});
  return multiply_as_they_are({crossed_left.numerator, crossed_right.denominator},
                              {crossed_right.numerator, crossed_left.denominator});
}

std::optional<Exact> divide(Exact left, Exact right) noexcept {
  if (right.numerator == 0) return std::nullopt;
  const bool is_negative = right.numerator < 0;
  const Exact inverse{is_negative ? -right.denominator : right.denominator,
                      magnitude(right.numerator)};
  return multiply(left, inverse);
}

std::partial_ordering compare(Exact left, Exact right) noexcept {
  Int128 of_left = 0;
  Int128 of_right = 0;
  if (times(left.numerator, right.denominator, of_left) &&
      times(right.numerator, left.denominator, of_right)) {
    return of_left <=> of_right;
  }
  const auto wide = [](Exact value) {
    return static_cast<long double>(value.numerator) / static_cast<long double>(value.denominator);
  };
  return wide(left) <=> wide(right);
}

std::optional<std::int64_t> rounded_units(Exact value, int scale) noexcept {
  const auto division = scaled(value, scale);
  if (!division) return std::nullopt;
  const Int128 rest = magnitude(division->rest);
  const bool is_half_or_more = rest >= division->divisor - rest;  // 2 * rest might overflow.
  const Int128 away = value.numerator < 0 ? -1 : 1;
  return narrowed(division->quotient + (is_half_or_more ? away : 0));
}

std::optional<std::int64_t> exact_units(Exact value, int scale) noexcept {
  const auto division = scaled(value, scale);
  if (!division || division->rest != 0) return std::nullopt;
  return narrowed(division->quotient);
}

double to_double(Exact value) noexcept {
  return static_cast<double>(static_cast<long double>(value.numerator) /
                             static_cast<long double>(value.denominator));
}

std::string exact_text(Exact value) {
  for (int scale = 0; scale <= kMaxScale; ++scale) {
    if (const auto units = exact_units(value, scale)) return decimal_text(*units, scale);
  }
  if (const auto units = rounded_units(value, kMaxScale)) return decimal_text(*units, kMaxScale);
  return number_text(to_double(value));
}

}  // namespace cip::ingest
