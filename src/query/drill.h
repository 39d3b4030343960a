// query/drill.h: from a number back to the rows it is made of.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "query/dataset.h"
#include "query/query.h"

namespace cip::query {

struct RowsBehind {
  std::string table;
  std::vector<std::uint32_t> rows;  // Of the table, ascending: facts by time.
};

/// The rows that the first metric of a question looks at, under its filters, period and zone; of a
/// metric made of several tables those of the first. Without metrics, the rows that the dimensions
/// are told apart by. Sorting, limits, comparisons, top lists and totals do not matter.
///
/// Errors:  InvalidArgument  a filter by a metric, which chooses groups and not rows; others as
///                           run() of memory_engine.h
Result<RowsBehind> rows_behind(const Query& question, const Dataset& dataset);

}  // namespace cip::query
