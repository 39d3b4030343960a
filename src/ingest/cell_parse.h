// ingest/cell_parse.h: the common ways to write a value, read without detours. What they do not
// know is left to the slower functions of base.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/civil_time.h"

namespace cip::ingest {

/// As parse_int(), parse_decimal(), parse_number(), parse_date() and parse_instant() of base, with
/// the same answers.
[[nodiscard]] std::optional<std::int64_t> quick_integer(std::string_view text) noexcept;
[[nodiscard]] std::optional<std::int64_t> quick_decimal(std::string_view text, int scale) noexcept;
[[nodiscard]] std::optional<double> quick_number(std::string_view text) noexcept;
[[nodiscard]] std::optional<Days> quick_date(std::string_view text) noexcept;
[[nodiscard]] std::optional<Micros> quick_instant(std::string_view text) noexcept;

}  // namespace cip::ingest
