// ingest/rule.h: what a value must be, from the mapping (after `::`) and from the model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/value.h"
#include "ingest/exact.h"
#include "model/model.h"

namespace cip::ingest {

/// One end of a range; it belongs to the range.
struct Bound {
  Exact number;           // Numbers, integers, decimals.
  Days on = 0;            // Dates; of an instant, the whole day.
  bool is_today = false;  // The day the load runs.
};

struct Rule {
  enum class Kind : std::uint8_t { Required, Unique, Range, References, OneOf, Email, Pattern };
  Kind kind = Kind::Required;
  std::string text;                // As it was written; what a fault shows as expected.
  std::optional<Bound> low;        // Range.
  std::optional<Bound> high;       // Range.
  model::ColumnRef reference;      // References; the column may be empty: the table's key.
  std::vector<std::string> texts;  // OneOf: the values. Pattern: one glob.
};

/// Reads the rules after `::`, with blanks between them: required, unique, 0..100000, 0..,
/// ..today, references table.column, in (a, b, c), email, pattern('[A-Z]*').
///
/// On failure `message` and `offset` say what is wrong and where, and the result is nullopt.
[[nodiscard]] std::optional<std::vector<Rule>> parse_rules(std::string_view text, Type type,
                                                           std::size_t& offset,
                                                           std::string& message);

/// Whether a text follows a glob: `*` any run, `?` one character, [a-z0-9] one of a set, [!a] one
/// not of it; `\` takes the next as it is. Over bytes; the whole text must match. Takes time in
/// proportion to text times glob at most.
[[nodiscard]] bool matches_glob(std::string_view text, std::string_view glob) noexcept;

/// Whether a text has the form of a mail address: one '@' with something before it, and a domain of
/// at least two labels of letters, digits and inner hyphens after it; 254 bytes at most.
[[nodiscard]] bool is_email(std::string_view text) noexcept;

}  // namespace cip::ingest
