// query/codes.h: how columns become codes in the order of their values.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "frame/column.h"
#include "model/model.h"
#include "query/dataset.h"

namespace cip::query {

/// Codes of the values of a column.
[[nodiscard]] Codes code_column(const frame::Column& column);

/// Codes of the periods or parts that the times of a column fall in (dates or instants), or of the
/// buckets of its numbers; of its values if the dimension asks for none of these.
[[nodiscard]] Codes code_dimension(const frame::Column& column, const model::Dimension& dimension);

/// The same of a packed column. Codes of texts, of whole numbers with few values and of the periods
/// of facts are found without unpacking it.
[[nodiscard]] Codes code_packed(const PackedColumn& column, const model::Dimension& dimension);

/// The number of a period among all of its grain, such that the next one has the next number; an
/// hour counts as its day.
[[nodiscard]] std::int64_t period_number(Days on, Grain grain) noexcept;

/// Codes of how many periods lie between the time of `origin` and that of `days`, both as seen from
/// the rows of one table; null where either is.
[[nodiscard]] Codes code_since(const Codes& origin, const Codes& days, Grain grain);

/// The codes of a parent's rows as seen from its child.
[[nodiscard]] Codes seen_through(const Codes& parent, const ParentRows& parent_rows);

/// The cells of a column as its codes, if these are the same: it has no nulls, and every value from
/// the least to the greatest occurs.
[[nodiscard]] std::optional<Codes> code_dense_column(const PackedColumn& column);

/// The same codes with what is known of their order: see is_ascending and is_clustered.
[[nodiscard]] Codes laid_out(Codes codes);

/// Which bucket a number falls in: 0 below the first bound.
[[nodiscard]] std::size_t bucket_of(double value, const std::vector<double>& bounds) noexcept;

}  // namespace cip::query
