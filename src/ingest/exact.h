// ingest/exact.h: numbers as fractions, so that what a mapping computes is exact until a column
// says how many digits it keeps.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cip::ingest {

__extension__ using Int128 = __int128;

/// numerator / denominator; the denominator is positive. Not always in lowest terms.
struct Exact {
  Int128 numerator = 0;
  Int128 denominator = 1;
};

/// Reads -12.5, 17850.0 or 1e3, the whole text of it. nullopt also for more than 36 digits or an
/// exponent beyond 30.
[[nodiscard]] std::optional<Exact> parse_exact(std::string_view text) noexcept;

// Arithmetic without rounding. nullopt if a part would not fit in 128 bits, or for a division by 0.
[[nodiscard]] std::optional<Exact> add(Exact left, Exact right) noexcept;
[[nodiscard]] std::optional<Exact> subtract(Exact left, Exact right) noexcept;
[[nodiscard]] std::optional<Exact> multiply(Exact left, Exact right) noexcept;
[[nodiscard]] std::optional<Exact> divide(Exact left, Exact right) noexcept;

/// The order of two values. Those too large to compare exactly are compared as long doubles.
[[nodiscard]] std::partial_ordering compare(Exact left, Exact right) noexcept;

/// Units of 10^-scale, rounded half away from zero; nullopt if they do not fit in 64 bits.
[[nodiscard]] std::optional<std::int64_t> rounded_units(Exact value, int scale) noexcept;

/// Units of 10^-scale if the value has no digits beyond the scale; nullopt otherwise.
[[nodiscard]] std::optional<std::int64_t> exact_units(Exact value, int scale) noexcept;

[[nodiscard]] double to_double(Exact value) noexcept;

/// "12.5"; a value that no decimal writes exactly (1/3) is rounded to nine digits after the point.
[[nodiscard]] std::string exact_text(Exact value);

}  // namespace cip::ingest
