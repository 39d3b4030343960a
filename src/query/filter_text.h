// query/filter_text.h: filters as people write them: country = 'UK' and revenue > 1000.
//
//   filter     := and-chain ("or" and-chain)*
//   and-chain  := term ("and" term)*
//   term       := "not" term | "(" filter ")" | condition
//   condition  := field ( ("=" | "!=" | "<>" | "<" | "<=" | ">" | ">=") value
//                       | ["not"] "in" "(" value ("," value)* ")"
//                       | ["not"] "between" value "and" value
//                       | ["not"] "contains" value
//                       | "is" ["not"] "null" )
//   field      := letters, digits, "_" and "."; anything else between double quotes
//   value      := 'text' ('' is one quote) | number | true | false | null (in lists only)
//
// Keywords are the same in any case.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "query/query.h"

namespace cip::query {

/// Errors:  InvalidArgument  with the column (from 1), what was wanted and what was found
///          LimitExceeded    deeper than 64 levels
Result<Filter> parse_filter(std::string_view text);

/// The filter as text that parse_filter() reads back as an equal one.
std::string filter_text(const Filter& filter);

}  // namespace cip::query
