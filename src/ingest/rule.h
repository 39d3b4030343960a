// ingest/rule.h: what a value must be, from the mapping (after `::`) and from the model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/value.h"
#include "ingest/condition.h"
#include "ingest/exact.h"
#include "model/model.h"

namespace cip::ingest {

/// One end of a range; it belongs to the range.
struct Bound {
  Exact number;           // Numbers, integers, decimals.
  Days on = 0;            // Dates; of an instant, the whole day.
  bool is_today = false;  // The day the load runs.
};

/// Which values lie too far from the rest, and what is done with them.
struct OutlierRule {
  enum class Method : std::uint8_t { Iqr, Z, Percentile };
  enum class Action : std::uint8_t { Flag, Winsorize, Reject };
  Method method = Method::Iqr;
  Action action = Action::Flag;
  double low = 1.5;   // Iqr: how many box lengths; Z: how many deviations; else the percentile.
  double high = 1.5;  // Percentile: the upper one.
};

struct Rule {
  enum class Kind : std::uint8_t {
    Required,
    Unique,
    Range,
    References,
    OneOf,
    Email,
    Pattern,
    Outliers,
  };
  Kind kind = Kind::Required;
  std::string text;                // As it was written; what a fault shows as expected.
  std::optional<Bound> low;        // Range.
  std::optional<Bound> high;       // Range.
  model::ColumnRef reference;      // References; the column may be empty: the table's key.
  std::vector<std::string> texts;  // OneOf: the values. Pattern: one glob.
  OutlierRule outliers;
  std::optional<Condition> when;  // Required: only in records for which it holds.
};

/// Reads the rules after `::`, with blanks between them: required, required when (...), unique,
/// 0..100000, 0..,
/// ..today, references table.column, in (a, b, c), email, pattern('[A-Z]*'), outliers(iqr) flag.
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
