// query/restricted.h: a data set without the rows that somebody may not see.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "query/dataset.h"
#include "query/query.h"

namespace cip::query {

/// A rule about rows: those that `where` keeps may be seen.
struct RowsKept {
  std::string name;  // For messages.
  Filter where;
};

/// The data set as it looks to somebody for whom all these rules hold. Whatever is asked of it, the
/// other rows cannot show: they are not there.
///
/// Method:  a table that leads to what a rule tests keeps the rows that fulfil it. Of any other
///          table those rows are kept that a row kept refers to (the products that were sold, the
///          segments that there are), so none where nothing refers to it.
/// Missing: a null fulfils a rule only if the rule says so.
/// Cost:    a copy of the rows kept.
/// Errors:  NotFound         a rule tests what is not there; names the rule and the nearest names
///          InvalidArgument  a rule tests a metric or a value of the wrong type, or no table leads
///                           to all that it tests
Result<std::shared_ptr<const Dataset>> restricted(const Dataset& whole,
                                                  std::span<const RowsKept> rules);

}  // namespace cip::query
