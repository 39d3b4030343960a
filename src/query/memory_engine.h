// query/memory_engine.h: answers queries from the columns of a snapshot.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "query/answer.h"
#include "query/dataset.h"
#include "query/query.h"

namespace cip::query {

/// How a query is run.
struct RunOptions {
  std::stop_token stop = {};    // Asked to stop: nobody waits for the answer any more.
  std::size_t max_threads = 0;  // 0: as many as the machine has.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

/// Answers one query. Any number of threads may ask the same data set at once.
///
/// Shape:    one row per combination of dimension values that occurs among the rows that match; no
///           dimensions give exactly one row. Metrics of several tables are joined on the values of
///           the dimensions; a count that a table has no rows for is 0, any other metric null.
/// Order:    sort, then the dimensions ascending, nulls last: the same rows in any order give the
///           same answer.
/// Totals:   recomputed over all rows that the dimensions' filters keep; filters on metrics, limit
///           and offset do not touch them.
/// Method:   filters are evaluated once per distinct value; groups are counted in flat arrays while
///           the dictionaries are small, by hashing otherwise; sums are exact (integers, decimals:
///           128 bits); distinct counts are exact.
/// Errors:   NotFound         an unknown metric or dimension, with the nearest names
///           InvalidArgument  a dimension that a metric's table does not lead to, a value of the
///                            wrong type, a range that ends before it starts
///           LimitExceeded    more groups than kMaxGroups, a sum beyond 64 bits, or the deadline
///                            has passed
///           Unavailable      it was asked to stop
Result<Answer> run(const Query& query, const Dataset& dataset, const RunOptions& options = {});

/// Answers the queries of a page together, in order; one that fails does not touch the others. What
/// they have in common is scanned once, see shared_scan.h.
std::vector<Result<Answer>> run_all(std::span<const Query> queries, const Dataset& dataset,
                                    const RunOptions& options = {});

/// How many groups one query may have.
inline constexpr std::size_t kMaxGroups = 20'000'000;

}  // namespace cip::query
