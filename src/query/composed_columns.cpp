#include "query/composed_columns.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "base/text.h"

namespace cip::query {
namespace {

using Keys = std::vector<Value>;
using Cells = std::vector<Value>;  // One column, in the order of the grid's rows.

Keys keys_of(const GridRow& row, std::size_t num_keys) {
  return {row.cells.begin(), row.cells.begin() + static_cast<std::ptrdiff_t>(num_keys)};
}

bool is_number(Type type) {
  return type == Type::Integer || type == Type::Decimal || type == Type::Number;
}

// Left minus right, or their sum; exact for whole numbers. Null if either is.
Result<Value> reckoned(const Value& left, const Value& right, bool adds) {
  if (is_null(left) || is_null(right)) return Value{};
  if (const auto* number = std::get_if<double>(&left)) {
    const double other = std::get<double>(right);
    return Value(adds ? *number + other : *number - other);
  }
  std::int64_t result = 0;
  const std::int64_t a = std::get<std::int64_t>(left);
  const std::int64_t b = std::get<std::int64_t>(right);
  const bool overflows =
      adds ? __builtin_add_overflow(a, b, &result) : __builtin_sub_overflow(a, b, &result);
  if (overflows) return fail(Errc::LimitExceeded, "a difference or sum does not fit in 64 bits");
  return Value(result);
}

Value ratio(double part, double whole) {
  if (std::isnan(part) || std::isnan(whole) || whole == 0) return {};
  return part / whole;
}

class Columns {
 public:
  Columns(const Composition& of, const Grid& grid, const std::vector<Grid>& others,
          const Grid& whole)
      : of_(of), grid_(grid), others_(others), whole_(whole) {}

  Result<Grid> make() {
    made_.num_keys = grid_.num_keys;
    made_.labels = grid_.labels;
    for (const GridRow& row : grid_.rows) {
      made_.rows.push_back({keys_of(row, grid_.num_keys), row.is_others});
    }
    for (std::size_t at = 0; at < grid_.num_keys; ++at) made_.fields.push_back(grid_.fields[at]);
    for (const std::string& name : of_.query.metrics) {
      const model::Metric& metric = *of_.model.find_metric(name);
      CIP_TRY(metric.is_derived() ? add_derived(metric) : add_plain(name));
    }
    return std::move(made_);
  }

 private:
  [[nodiscard]] std::size_t column_of(const std::string& metric) const {
    const auto found = std::ranges::find(of_.asked, metric);
    CIP_EXPECTS(found != of_.asked.end());
    return grid_.num_keys + static_cast<std::size_t>(found - of_.asked.begin());
  }

  void add(Field field, Cells cells) {
    made_.fields.push_back(std::move(field));
    for (std::size_t row = 0; row < cells.size(); ++row) {
      made_.rows[row].cells.push_back(std::move(cells[row]));
    }
  }

  [[nodiscard]] static Cells cells_of(const Grid& grid, std::size_t column) {
    Cells cells;
    for (const GridRow& row : grid.rows) cells.push_back(row.cells[column]);
    return cells;
  }

  Result<void> add_plain(const std::string& name) {
    const std::size_t column = column_of(name);
    const Field& field = grid_.fields[column];
    add(field, cells_of(grid_, column));
    if (!of_.query.compare) return {};
    CIP_TRY_ASSIGN(const Grid* other, grid_for(*of_.query.compare));
    Field previous = field;
    previous.name += ".previous";
    previous.label += ", before";
    add(previous, cells_of(*other, column));
    if (!is_number(field.type)) return {};
    Field change = field;
    change.name += ".change";
    change.label += ", change";
    CIP_TRY_ASSIGN(Cells changes, changes_of(*other, column));
    add(change, std::move(changes));
    add(rate_field(field, field.name + ".change_rate", field.label + ", change in %"),
        rates_of(*other, column));
    return {};
  }

  static Field rate_field(Field field, std::string name, std::string label) {
    field.name = std::move(name);
    field.label = std::move(label);
    field.type = Type::Number;
    field.scale = 0;
    field.unit = "percent";
    return field;
  }

  Result<const Grid*> grid_for(const Comparison& comparison) const {
    CIP_TRY_ASSIGN(const Period period, compared_period(comparison, of_.current));
    const auto found = std::ranges::find(of_.periods, period);
    CIP_EXPECTS(found != of_.periods.end());
    return &others_[static_cast<std::size_t>(found - of_.periods.begin())];
  }

  Result<Cells> changes_of(const Grid& other, std::size_t column) const {
    Cells cells;
    for (std::size_t row = 0; row < grid_.rows.size(); ++row) {
      CIP_TRY_ASSIGN(Value change,
                     reckoned(grid_.rows[row].cells[column], other.rows[row].cells[column], false));
      cells.push_back(std::move(change));
    }
    return cells;
  }

  // Against the size of what was: from -4 to -2 is a rise of a half.
  [[nodiscard]] Cells rates_of(const Grid& other, std::size_t column) const {
    const Field& field = grid_.fields[column];
    Cells cells;
    for (std::size_t row = 0; row < grid_.rows.size(); ++row) {
      const double now = number_in(field, grid_.rows[row].cells[column]);
      const double before = number_in(field, other.rows[row].cells[column]);
      cells.push_back(ratio(now - before, std::abs(before)));
    }
    return cells;
  }

  Result<void> add_derived(const model::Metric& metric) {
    const std::size_t column = column_of(metric.of);
    CIP_TRY_ASSIGN(const Field field, describe(of_.model, metric.name));
    switch (metric.derivation) {
      case model::Derivation::Share:
        add(field, shares_of(column));
        return {};
      case model::Derivation::RunningTotal: {
        CIP_TRY_ASSIGN(Cells totals, running(metric, column));
        add(field, std::move(totals));
        return {};
      }
      case model::Derivation::ChangeRate: {
        CIP_TRY_ASSIGN(const Grid* other, grid_for(comparison_of(metric)));
        add(field, rates_of(*other, column));
        return {};
      }
      case model::Derivation::Change:
      case model::Derivation::None:
        break;
    }
    CIP_TRY_ASSIGN(const Grid* other, grid_for(comparison_of(metric)));
    CIP_TRY_ASSIGN(Cells changes, changes_of(*other, column));
    add(field, std::move(changes));
    return {};
  }

  [[nodiscard]] Cells shares_of(std::size_t column) const {
    const std::size_t place = column - grid_.num_keys;
    const Field& field = grid_.fields[column];
    const double whole =
        whole_.rows.empty() ? std::nan("") : number_in(field, whole_.rows.front().cells[place]);
    Cells cells;
    for (const GridRow& row : grid_.rows) {
      cells.push_back(ratio(number_in(field, row.cells[column]), whole));
    }
    return cells;
  }

  // The first dimension of the question that is a time; its totals add up along it.
  Result<std::optional<std::size_t>> time_column() const {
    for (std::size_t at = 0; at < of_.by.size(); ++at) {
      const Type type = grid_.fields[at].type;
      if (type == Type::Date || type == Type::Datetime) return std::optional(at);
    }
    if (of_.by.size() < of_.query.by.size()) return std::optional<std::size_t>();
    return fail(Errc::InvalidArgument,
                "a running total needs a dimension of time, such as month, to run along");
  }

  // A group without a value adds nothing; before the first value there is no total. Totals and
  // subtotals without a time have no running total.
  Result<Cells> running(const model::Metric& metric, std::size_t column) const {
    static_cast<void>(metric);
    CIP_TRY_ASSIGN(const std::optional<std::size_t> time, time_column());
    Cells cells(grid_.rows.size());
    if (!time) return cells;
    std::vector<std::size_t> order(grid_.rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, [&](std::size_t left, std::size_t right) {
      return grid_.rows[left].cells[*time] < grid_.rows[right].cells[*time];
    });
    std::map<Keys, Value> totals;
    for (const std::size_t row : order) {
      // A null compares as the least value; rows without a time have no place in the run.
      if (is_null(grid_.rows[row].cells[*time])) continue;
      Keys keys = keys_of(grid_.rows[row], grid_.num_keys);
      keys[*time] = Value{};
      Value& total = totals[std::move(keys)];
      const Value& more = grid_.rows[row].cells[column];
      if (is_null(total)) {
        total = more;
      } else if (!is_null(more)) {
        CIP_TRY_ASSIGN(total, reckoned(total, more, true));
      }
      cells[row] = total;
    }
    return cells;
  }

  const Composition& of_;
  const Grid& grid_;
  const std::vector<Grid>& others_;
  const Grid& whole_;
  Grid made_;
};

bool is_count(const model::Metric& metric) {
  return metric.expression.empty() && (metric.aggregate == model::Aggregate::Count ||
                                       metric.aggregate == model::Aggregate::Distinct);
}

}  // namespace

bool compares(const model::Metric& metric) noexcept {
  return metric.derivation == model::Derivation::Change ||
         metric.derivation == model::Derivation::ChangeRate;
}

Comparison comparison_of(const model::Metric& metric) noexcept {
  Comparison made;
  if (metric.against == model::Against::PreviousYear) made.with = Comparison::With::PreviousYear;
  return made;
}

namespace {

using Places = std::map<Keys, std::size_t>;

// A grid's keys with nothing in them, and what stands for nothing in each metric.
struct EmptyRow {
  std::vector<Value> cells;

  [[nodiscard]] GridRow operator()(const Keys& keys, bool is_others) const {
    GridRow row{keys, is_others};
    row.cells.insert(row.cells.end(), cells.begin(), cells.end());
    return row;
  }
};

// Rows that only others have, behind those of the grid.
void add_lost(Grid& grid, const std::vector<Grid>& others, const EmptyRow& empty_row,
              Places& places) {
  for (const Grid& other : others) {
    for (const GridRow& row : other.rows) {
      const Keys keys = keys_of(row, grid.num_keys);
      if (!places.emplace(keys, places.size()).second) continue;
      grid.rows.push_back(empty_row(keys, row.is_others));
    }
  }
}

// The rows of `other`, each where the grid has the same keys.
void align_rows(const Grid& grid, Grid& other, const EmptyRow& empty_row, const Places& places) {
  std::vector<GridRow> aligned;
  aligned.reserve(grid.rows.size());
  for (const GridRow& row : grid.rows) {
    aligned.push_back(empty_row(keys_of(row, grid.num_keys), row.is_others));
  }
  for (GridRow& row : other.rows) {
    const auto place = places.find(keys_of(row, grid.num_keys));
    if (place != places.end()) aligned[place->second] = std::move(row);
  }
  other.rows = std::move(aligned);
}

void add_labels(Grid& grid, const Grid& other) {
  for (std::size_t at = 0; at < grid.num_keys; ++at) {
    auto& labels = grid.labels[at];
    for (const std::string& label : other.labels[at]) {
      if (std::ranges::find(labels, label) == labels.end()) labels.push_back(label);
    }
  }
}

}  // namespace

void align(Grid& grid, std::vector<Grid>& others, const std::vector<std::string>& metrics,
           const model::Model& model, bool keeps_lost) {
  if (others.empty()) return;
  EmptyRow empty_row;
  for (const std::string& name : metrics) {
    const bool is_zero = is_count(*model.find_metric(name));
    empty_row.cells.push_back(is_zero ? Value(std::int64_t{0}) : Value{});
  }
  Places places;
  for (const GridRow& row : grid.rows) places.emplace(keys_of(row, grid.num_keys), places.size());
  if (keeps_lost) add_lost(grid, others, empty_row, places);
  for (Grid& other : others) {
    align_rows(grid, other, empty_row, places);
    add_labels(grid, other);
  }
}

Result<Grid> composed_columns(const Composition& of, const Grid& grid,
                              const std::vector<Grid>& others, const Grid& whole) {
  return Columns(of, grid, others, whole).make();
}

}  // namespace cip::query
