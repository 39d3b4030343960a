// query/pivot.h: the values of one dimension as columns.
#pragma once

#include <string>

#include "base/result.h"
#include "model/model.h"
#include "query/grid.h"

namespace cip::query {

/// A row for each combination of the other dimensions, in the order of the grid; a column for each
/// value of `dimension`, ascending, and each metric. Counts that do not occur are 0, other metrics
/// null.
///
/// Expects:  the grid is sorted by its dimensions
/// Errors:   LimitExceeded  more values than kMaxPivotColumns
Result<Grid> pivoted(const Grid& grid, const std::string& dimension, const model::Model& model);

}  // namespace cip::query
