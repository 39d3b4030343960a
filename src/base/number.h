// base/number.h: numbers read from text and written to it, exactly.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cip {

/// A whole number, with an optional sign and nothing else; nullopt if it does not fit in 64 bits.
[[nodiscard]] std::optional<std::int64_t> parse_int(std::string_view text) noexcept;

/// A finite number such as -12.5 or 1e9, the whole text of it.
[[nodiscard]] std::optional<double> parse_number(std::string_view text) noexcept;

// Decimals. Money is never a double: a decimal is a count of units of 10^-scale, and the scale
// belongs to the column. 12.50 at scale 4 is 125000 units.

inline constexpr int kMaxScale = 9;

[[nodiscard]] std::int64_t power_of_ten(int exponent) noexcept;  // exponent in 0..18.

/// Reads a decimal into units. Digits beyond the scale are refused unless they are zeros: nothing
/// is rounded in silence. nullopt also if it does not fit.
[[nodiscard]] std::optional<std::int64_t> parse_decimal(std::string_view text, int scale) noexcept;

/// The nearest decimal to a double, halves away from zero; nullopt if it is not finite or too
/// large.
[[nodiscard]] std::optional<std::int64_t> to_decimal(double value, int scale) noexcept;

[[nodiscard]] double from_decimal(std::int64_t units, int scale) noexcept;

/// 125000 at scale 4 is "12.5"; trailing zeros are dropped.
[[nodiscard]] std::string decimal_text(std::int64_t units, int scale);

/// The shortest text that reads back as the same double.
[[nodiscard]] std::string number_text(double value);

}  // namespace cip
