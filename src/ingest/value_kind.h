// ingest/value_kind.h: what the values of a column look like: mail addresses, dates, countries.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cip::ingest {

enum class ValueKind : std::uint8_t {
  Email,
  Phone,
  Country,
  Url,
  Date,    // ISO 8601, or one of the written_dates().
  Whole,   // A whole number.
  Number,  // Any number, with a point or a comma.
  Truth,   // Yes and no, in their many ways.
  Words,   // Several words: a text that people wrote.
};
inline constexpr std::size_t kNumValueKinds = 9;

/// "mail addresses", for evidence: "958 of 1000 look like mail addresses".
[[nodiscard]] std::string_view plural_of(ValueKind kind) noexcept;

/// By its form alone. A phone number has 7 to 15 digits (E.164), and a '+', a leading 0 or signs
/// between them; a country is an English name or an ISO 3166-1 code of two or three letters.
[[nodiscard]] bool looks_like(std::string_view text, ValueKind kind);

/// How many of the values look like each kind, by kind.
[[nodiscard]] std::array<std::size_t, kNumValueKinds> count_kinds(
    std::span<const std::string> values);

/// Patterns of dates that are not ISO 8601, the most common first, as the pipe `date` reads them.
[[nodiscard]] std::span<const std::string_view> written_dates() noexcept;

/// 1 for the same letters, 0 for nothing in common: Dice's coefficient over pairs of letters and
/// digits, whatever their case; signs do not count.
[[nodiscard]] double name_likeness(std::string_view left, std::string_view right);

}  // namespace cip::ingest
