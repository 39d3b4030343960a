// query/distinct.h: how many different values each group holds, exactly.
#pragma once

#include <memory>

#include "query/accumulator.h"

namespace cip::query {

/// Counts distinct codes per group; null is not a value.
///
/// Method:  a bitmap of groups by codes while that is small; otherwise the rows are kept, sorted by
///          group by counting, and each group stamps the codes it meets: linear in the rows.
[[nodiscard]] std::unique_ptr<Accumulator> make_distinct(std::shared_ptr<const Codes> codes);

}  // namespace cip::query
