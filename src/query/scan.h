// query/scan.h: one pass over the rows of one table.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "query/accumulator.h"
#include "query/dataset.h"
#include "query/memory_engine.h"
#include "query/plan.h"

namespace cip::query {

/// The groups of one table, ascending by the codes of the dimensions.
struct Groups {
  std::size_t num_groups = 0;
  std::vector<std::vector<std::uint32_t>> codes;             // Per dimension, per group.
  std::vector<std::shared_ptr<const frame::Column>> values;  // What codes stand for; null is last.
  std::vector<MeasureValues> measures;                       // Per measure of the base.
  std::size_t rows_read = 0;
  std::size_t rows_matched = 0;
};

/// One question about the rows of a table.
struct ScanJob {
  const Plan* plan = nullptr;
  const Base* base = nullptr;
};

/// Filters, groups and aggregates the rows of one base of each plan in one pass: a block of rows is
/// filtered once and then met by every plan while it is in the cache. Threads take ranges of rows
/// as they come to them, and their groups are then merged.
///
/// Shape:   the groups of each job, in order.
/// Expects: the jobs have the same table, period, zone and filter of rows.
/// Errors:  LimitExceeded, Unavailable  see run() of memory_engine.h
Result<std::vector<Groups>> scan(std::span<const ScanJob> jobs, const Dataset& dataset,
                                 const RunOptions& options = {});

/// The same for one question.
Result<Groups> scan(const Plan& plan, const Base& base, const Dataset& dataset,
                    const RunOptions& options = {});

}  // namespace cip::query
