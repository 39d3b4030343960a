// service/empty_answer.h: why an answer has no rows.
#pragma once

#include <string>

#include "base/result.h"
#include "query/answer.h"
#include "query/query.h"
#include "service/view.h"

namespace cip::service {

/// Whether nothing was found: no group, or no row behind the one that is always there.
[[nodiscard]] bool is_empty(const query::Query& query, const query::Answer& answer);

/// What emptied an answer, as a sentence: the period, the first condition that no row fulfils on
/// its own, the condition after which none was left, or the conditions on metrics.
///
/// Cost:    a scan for each condition.
/// Errors:  as query::run()
Result<std::string> why_empty(View& view, const query::Query& query, const query::Answer& answer);

}  // namespace cip::service
