// query/shared_scan.h: one pass over the rows for several questions of a page.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/result.h"
#include "query/dataset.h"
#include "query/memory_engine.h"
#include "query/plan.h"
#include "query/scan.h"

namespace cip::query {

/// The groups of those plans that can share a scan; nullopt for the others, in the order given.
///
/// Method:  plans of the same table, period and filter are scanned in one pass. Those of their
///          measures that add up from parts exactly (counts, sums and averages of whole numbers and
///          decimals, minima, maxima) are grouped together by all their dimensions, while these
///          have few combinations; each plan's groups are then added up from those. The others are
///          grouped by the dimensions of their plan, each combination of dimensions once. A plan
///          alone gains nothing and is left out.
/// Errors:  as scan()
Result<std::vector<std::optional<Groups>>> scan_together(const std::vector<const Plan*>& plans,
                                                         const Dataset& dataset,
                                                         const RunOptions& options = {});

}  // namespace cip::query
