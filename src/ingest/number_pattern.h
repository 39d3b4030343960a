// ingest/number_pattern.h: numbers as people write them, 1.234,5 or 1'234.5.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cip::ingest {

/// Which marks a number uses.
struct NumberPattern {
  std::string thousands;  // "" if there is none; may be more than one byte (U+00A0).
  char decimal = '.';
};

/// Reads an example of a number with four digits before the point: 1.234,5  1,234.5  1 234,5
/// 1'234.5  1234,5. nullopt if it is not one.
[[nodiscard]] std::optional<NumberPattern> parse_number_pattern(std::string_view example);

/// Writes the number again with '.' and without thousands marks, into `out`. False if a mark stands
/// where none can: groups have three digits.
[[nodiscard]] bool normalise_number(std::string_view text, const NumberPattern& pattern,
                                    std::string& out);

}  // namespace cip::ingest
