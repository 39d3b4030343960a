// query/composed_columns.h: the columns of a composed answer: metrics, what they were, what became
// of them.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "model/model.h"
#include "query/grid.h"
#include "query/periods.h"
#include "query/query.h"

namespace cip::query {

/// What the columns of a composed answer are made for.
struct Composition {
  const Query& query;
  const model::Model& model;
  const std::vector<std::string>& by;
  const std::vector<std::string>& asked;  // The metrics of the grids, in order.
  const std::vector<Period>& periods;     // Of the other grids, in order.
  Period current;
};

/// Whether a metric looks at another period, and at which.
[[nodiscard]] bool compares(const model::Metric& metric) noexcept;
[[nodiscard]] Comparison comparison_of(const model::Metric& metric) noexcept;

/// Gives all grids the same groups in the same order. A group that a grid lacks has counts of 0 and
/// nothing else there. Without `keeps_lost`, groups that `grid` lacks are left out.
void align(Grid& grid, std::vector<Grid>& others, const std::vector<std::string>& metrics,
           const model::Model& model, bool keeps_lost);

/// The metrics of the question out of those that were asked for: plain ones as they are and beside
/// what they were in the period compared with, derived ones reckoned. `whole` is all rows as one
/// group, for shares.
///
/// Errors:  InvalidArgument  a running total without a dimension of time
///          LimitExceeded    a difference or a sum that 64 bits do not hold
Result<Grid> composed_columns(const Composition& of, const Grid& grid,
                              const std::vector<Grid>& others, const Grid& whole);

}  // namespace cip::query
