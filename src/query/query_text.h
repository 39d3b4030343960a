// query/query_text.h: a question as named texts, as a URL and as a command line.
//
//   metrics=revenue,orders   by=segment,month   where=country = 'UK'   from=2025-01-01   to=..
//   compare=previous_year    or previous_period, or 2024-01-01..2024-04-01
//   top=product:10:revenue   then :lowest and :no_others, if wanted
//   sort=-revenue,month      largest revenue first
//   pivot=channel   zone=Europe/Berlin   limit=20   offset=40   totals=true   subtotals=true
//
// A name that has other signs than letters, digits, "_" and "." stands between double quotes. A
// `where` that has no text of its own is written as JSON. All forms read back as an equal query.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "query/query.h"

namespace cip::query {

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// Only what differs from a query without anything, in the order of the list above.
[[nodiscard]] Parameters to_parameters(const Query& query);

/// Errors:  InvalidArgument  an unknown name, with the nearest; a value that cannot be read
Result<Query> query_from_parameters(const Parameters& parameters);

/// metrics=revenue&by=segment&where=country%20%3D%20'UK'
[[nodiscard]] std::string to_url(const Query& query);
Result<Query> query_from_url(std::string_view text);

/// cip query --metrics revenue --where 'country = '\''UK'\'''
[[nodiscard]] std::string to_command_line(const Query& query);
Result<Query> query_from_command_line(std::string_view text);

}  // namespace cip::query
