// query/assemble.h: from groups to the rows of an answer.
#pragma once

#include <vector>

#include "base/result.h"
#include "frame/table.h"
#include "query/plan.h"
#include "query/scan.h"

namespace cip::query {

/// Joins the groups of several tables on the values of their dimensions: every group that any table
/// has, ascending. A count of a table that lacks the group is 0, any other measure null. The
/// measures are those of the plan, in its order.
///
/// Errors:  LimitExceeded  more combinations of values than 64 bits can number
Result<Groups> join_groups(const Plan& plan, std::vector<Groups> by_base);

struct Page {
  frame::Table table;        // The dimensions, then the metrics that are shown.
  std::size_t num_rows = 0;  // That the filters on metrics kept, before limit and offset.
};

/// Reckons the metrics of each group, keeps those that the filters on metrics keep, sorts them and
/// takes the part that was asked for.
Result<Page> assemble(const Plan& plan, const Groups& groups);

}  // namespace cip::query
