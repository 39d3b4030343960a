// query/distinct.h: how many different values each group holds, exactly.
#pragma once

#include <memory>

#include "query/accumulator.h"

namespace cip::query {

/// Counts distinct codes per group; null is not a value.
///
/// Method:  a bitmap of groups by codes while that is small; otherwise the rows are kept, sorted by
///          group by counting, and each group stamps the codes it meets: linear in the rows. Where
///          all rows of a value lie together (Codes::is_clustered), a group only remembers the
///          value it met last. Then the rows of a value are all given to the same accumulator, as
///          whole_clusters() sees to.
[[nodiscard]] std::unique_ptr<Accumulator> make_distinct(std::shared_ptr<const Codes> codes,
                                                         Lanes lanes);

/// The first row from `bound` on that parts no rows of one value, for any of these codes.
[[nodiscard]] std::size_t whole_clusters(std::size_t bound, std::size_t last,
                                         const std::vector<std::shared_ptr<const Codes>>& codes);

}  // namespace cip::query
