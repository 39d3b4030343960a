#include "query/pivot.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "query/compose.h"

namespace cip::query {
namespace {

struct Columns {
  std::vector<GridRow> values;  // One row of one cell each, in order.
  std::map<Value, std::size_t> places;
};

// The values that occur, in the order of the dimension.
Result<Columns> columns_of(const Grid& grid, std::size_t at) {
  Grid only;
  only.fields = {grid.fields[at]};
  only.labels = {grid.labels[at]};
  only.num_keys = 1;
  std::map<Value, bool> seen;
  for (const GridRow& row : grid.rows) {
    if (!seen.emplace(row.cells[at], true).second) continue;
    const bool is_rest = row.is_others && row.cells[at] == Value(std::string("others"));
    only.rows.push_back({{row.cells[at]}, is_rest});
  }
  if (only.rows.size() > kMaxPivotColumns) {
    return fail(Errc::LimitExceeded,
                fmt::format("'{}' has {} values, a pivot makes columns of at most {}; take the "
                            "top ones, or filter",
                            grid.fields[at].name, only.rows.size(), kMaxPivotColumns));
  }
  CIP_TRY(sort_rows(only, {}));
  Columns columns;
  columns.values = std::move(only.rows);
  for (std::size_t place = 0; place < columns.values.size(); ++place) {
    columns.places.emplace(columns.values[place].cells.front(), place);
  }
  return columns;
}

Value nothing_of(const std::string& metric, const model::Model& model) {
  const model::Metric* found = model.find_metric(metric);
  const bool is_count = found != nullptr && found->expression.empty() && !found->is_derived() &&
                        (found->aggregate == model::Aggregate::Count ||
                         found->aggregate == model::Aggregate::Distinct);
  return is_count ? Value(std::int64_t{0}) : Value{};
}

Result<std::vector<Field>> fields_of(const Grid& grid, std::size_t at, const Columns& columns) {
  Grid only;
  only.fields = {grid.fields[at]};
  only.rows = columns.values;
  CIP_TRY_ASSIGN(const frame::Table names, table_of(only, 0, only.rows.size()));
  std::vector<Field> fields;
  const std::size_t num_metrics = grid.fields.size() - grid.num_keys;
  for (std::size_t place = 0; place < columns.values.size(); ++place) {
    const frame::Column& values = names.columns().front();
    const std::string value = values.has(place) ? values.text_at(place) : "~";
    for (std::size_t metric = grid.num_keys; metric < grid.fields.size(); ++metric) {
      Field field = grid.fields[metric];
      field.name += "@" + value;
      field.label = num_metrics == 1 ? value : fmt::format("{}, {}", value, field.label);
      fields.push_back(std::move(field));
    }
  }
  return fields;
}

}  // namespace

Result<Grid> pivoted(const Grid& grid, const std::string& dimension, const model::Model& model) {
  const std::vector<std::string> names = grid.names();
  const auto at = static_cast<std::size_t>(std::ranges::find(names, dimension) - names.begin());
  CIP_EXPECTS(at < grid.num_keys);
  CIP_TRY_ASSIGN(const Columns columns, columns_of(grid, at));
  Grid made;
  made.num_keys = grid.num_keys - 1;
  for (std::size_t key = 0; key < grid.num_keys; ++key) {
    if (key == at) continue;
    made.fields.push_back(grid.fields[key]);
    made.labels.push_back(grid.labels[key]);
  }
  CIP_TRY_ASSIGN(std::vector<Field> fields, fields_of(grid, at, columns));
  made.fields.insert(made.fields.end(), fields.begin(), fields.end());

  const std::size_t num_metrics = grid.fields.size() - grid.num_keys;
  std::vector<Value> nothing;
  for (std::size_t place = 0; place < columns.values.size(); ++place) {
    for (std::size_t metric = 0; metric < num_metrics; ++metric) {
      nothing.push_back(nothing_of(grid.fields[grid.num_keys + metric].name, model));
    }
  }
  std::map<std::vector<Value>, std::size_t> places;
  for (const GridRow& row : grid.rows) {
    std::vector<Value> keys(row.cells.begin(),
                            row.cells.begin() + static_cast<std::ptrdiff_t>(grid.num_keys));
    keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(at));
    const auto [place, is_new] = places.emplace(keys, made.rows.size());
    if (is_new) {
      const bool is_rest = row.is_others && row.cells[at] != Value(std::string("others"));
      made.rows.push_back({keys, is_rest});
      auto& cells = made.rows.back().cells;
      cells.insert(cells.end(), nothing.begin(), nothing.end());
    }
    const std::size_t first = made.num_keys + columns.places.at(row.cells[at]) * num_metrics;
    for (std::size_t metric = 0; metric < num_metrics; ++metric) {
      made.rows[place->second].cells[first + metric] = row.cells[grid.num_keys + metric];
    }
  }
  return made;
}

}  // namespace cip::query
