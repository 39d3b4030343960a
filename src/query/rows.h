// query/rows.h: the rows behind a number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "query/dataset.h"
#include "query/query.h"

namespace cip::query {

/// The rows of `table` that a filter and a period keep, ascending. A table without a time has no
/// period: from and to keep all of it.
///
/// Errors:  NotFound         an unknown table or dimension, with the nearest names
///          InvalidArgument  a dimension that the table does not lead to, a value of the wrong
///          type,
///                           a filter by a metric: metrics are of groups, not of rows
Result<std::vector<std::uint32_t>> matching_rows(const Dataset& dataset, const std::string& table,
                                                 const Filter& where, std::optional<Days> from,
                                                 std::optional<Days> to);

}  // namespace cip::query
