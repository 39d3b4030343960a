// query/grid.h: answers as rows of values, while they are compared, ranked and turned.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/value.h"
#include "frame/table.h"
#include "query/field.h"
#include "query/query.h"

namespace cip::query {

struct GridRow {
  std::vector<Value> cells;  // As BoundTest has them: units of decimals, days, microseconds, ...
  bool is_others = false;    // Stands for what a top list leaves over.
};

/// A table row by row: `num_keys` dimensions, then metrics.
struct Grid {
  std::vector<Field> fields;
  std::vector<std::vector<std::string>> labels;  // Per dimension: an order of its own, or empty.
  std::size_t num_keys = 0;
  std::vector<GridRow> rows;

  [[nodiscard]] std::vector<std::string> names() const;
};

/// The rows of a table; `fields` describe its columns, `labels` its dimensions.
[[nodiscard]] Grid grid_of(const frame::Table& table, std::vector<Field> fields,
                           std::vector<std::vector<std::string>> labels);

/// The rows from `first` on, at most `count`.
Result<frame::Table> table_of(const Grid& grid, std::size_t first, std::size_t count);

/// Sorts by the keys, then by the dimensions, ascending. Nulls come last, and before them what
/// stands for the rest; where a metric decides first, the rest comes last of all.
///
/// Errors:  InvalidArgument  a key is no column of the grid; with the nearest names
Result<void> sort_rows(Grid& grid, const std::vector<SortKey>& keys);

/// A number of the grid as a double: decimals with their digits after the point; NaN for null.
[[nodiscard]] double number_in(const Field& field, const Value& value) noexcept;

}  // namespace cip::query
