// query/quantile.h: medians and other quantiles of each group, exactly.
#pragma once

#include <memory>

#include "frame/column.h"
#include "query/accumulator.h"

namespace cip::query {

/// The quantile of a column of numbers; nulls are left out, of nothing it is null.
///
/// Method:  between the two nearest ranks by linear interpolation, at (n - 1) * p (type 7 of
///          Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996). All values are
///          kept: 12 bytes a row; then linear in the rows.
[[nodiscard]] std::unique_ptr<Accumulator> make_quantile(const PackedColumn& column, double at);

}  // namespace cip::query
