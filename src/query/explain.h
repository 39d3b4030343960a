// query/explain.h: how the memory engine goes about a question.
#pragma once

#include <string>

#include "base/result.h"
#include "query/dataset.h"
#include "query/query.h"

namespace cip::query {

/// For each plain question that an answer takes: the tables scanned, the slice of rows, what is
/// tested, grouped and aggregated. It is answered on the way: later questions may depend on it.
///
/// Errors:  as run() of memory_engine.h
Result<std::string> explain(const Query& query, const Dataset& dataset);

}  // namespace cip::query
