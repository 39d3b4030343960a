#include "query/grid.h"

#include <algorithm>
#include <limits>
#include <type_traits>

#include "base/number.h"
#include "base/text.h"
#include "frame/column_builder.h"

namespace cip::query {
namespace {

Value cell_at(const frame::Column& column, std::size_t row) {
  if (!column.has(row)) return {};
  return std::visit(
      [row](const auto& of) -> Value {
        using Of = std::decay_t<decltype(of)>;
        if constexpr (std::is_same_v<Of, frame::Texts>) {
          return of.at(row);
        } else if constexpr (std::is_same_v<Of, frame::Numbers>) {
          return of.values[row];
        } else {
          return static_cast<std::int64_t>(of.values[row]);
        }
      },
      column.cells());
}

void append(frame::ColumnBuilder& builder, Type type, const Value& value) {
  if (is_null(value)) return builder.append_null();
  if (type == Type::Text) return builder.append_text(std::get<std::string>(value));
  if (type == Type::Number) return builder.append_number(std::get<double>(value));
  const std::int64_t whole = std::get<std::int64_t>(value);
  if (type == Type::Integer) return builder.append_integer(whole);
  if (type == Type::Decimal) return builder.append_decimal(whole);
  if (type == Type::Date) return builder.append_date(static_cast<Days>(whole));
  if (type == Type::Datetime) return builder.append_datetime(whole);
  builder.append_boolean(whole != 0);
}

template <class T>
int order_of(const T& left, const T& right) {
  return (right < left ? 1 : 0) - (left < right ? 1 : 0);
}

// Less than 0 if left comes first; neither is null.
int order_of(const Value& left, const Value& right, const std::vector<std::string>& labels) {
  if (const auto* text = std::get_if<std::string>(&left)) {
    const auto& other = std::get<std::string>(right);
    if (labels.empty()) return order_of(*text, other);
    return order_of(std::ranges::find(labels, *text), std::ranges::find(labels, other));
  }
  if (const auto* number = std::get_if<double>(&left)) {
    return order_of(*number, std::get<double>(right));
  }
  return order_of(std::get<std::int64_t>(left), std::get<std::int64_t>(right));
}

struct Key {
  std::size_t column = 0;
  bool is_descending = false;
};

class RowOrder {
 public:
  RowOrder(const Grid& grid, std::vector<Key> keys) : grid_(grid), keys_(std::move(keys)) {
    is_by_metric_ = !keys_.empty() && keys_.front().column >= grid.num_keys;
    for (std::size_t at = 0; at < grid.num_keys; ++at) keys_.push_back({at, false});
  }

  bool operator()(const GridRow& left, const GridRow& right) const {
    if (is_by_metric_ && left.is_others != right.is_others) return right.is_others;
    for (const Key& key : keys_) {
      const int order = compare(left, right, key);
      if (order != 0) return order < 0;
    }
    return false;
  }

 private:
  [[nodiscard]] int compare(const GridRow& left, const GridRow& right, const Key& key) const {
    const Value& a = left.cells[key.column];
    const Value& b = right.cells[key.column];
    if (is_null(a) || is_null(b)) return (is_null(a) ? 1 : 0) - (is_null(b) ? 1 : 0);
    const bool is_key = key.column < grid_.num_keys;
    if (is_key && left.is_others != right.is_others && a != b && is_rest(a, b, left)) {
      return left.is_others ? 1 : -1;
    }
    static const std::vector<std::string> none;
    const int order = order_of(a, b, is_key ? grid_.labels[key.column] : none);
    return key.is_descending ? -order : order;
  }

  // Whether this is the column in which one of the rows stands for the rest.
  [[nodiscard]] static bool is_rest(const Value& a, const Value& b, const GridRow& left) {
    return (left.is_others ? a : b) == Value(std::string("others"));
  }

  const Grid& grid_;
  std::vector<Key> keys_;
  bool is_by_metric_ = false;
};

}  // namespace

std::vector<std::string> Grid::names() const {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const Field& field : fields) names.push_back(field.name);
  return names;
}

Grid grid_of(const frame::Table& table, std::vector<Field> fields,
             std::vector<std::vector<std::string>> labels) {
  Grid grid;
  grid.fields = std::move(fields);
  grid.num_keys = labels.size();
  grid.labels = std::move(labels);
  grid.rows.resize(table.num_rows());
  for (std::size_t row = 0; row < table.num_rows(); ++row) {
    for (const frame::Column& column : table.columns()) {
      grid.rows[row].cells.push_back(cell_at(column, row));
    }
  }
  return grid;
}

Result<frame::Table> table_of(const Grid& grid, std::size_t first, std::size_t count) {
  std::vector<frame::Column> columns;
  const std::size_t last = first + std::min(count, grid.rows.size() - first);
  for (std::size_t at = 0; at < grid.fields.size(); ++at) {
    const Field& field = grid.fields[at];
    frame::ColumnBuilder builder(field.name, field.type,
                                 field.type == Type::Decimal ? field.scale : 0);
    builder.reserve(last - first);
    for (std::size_t row = first; row < last; ++row) {
      append(builder, field.type, grid.rows[row].cells[at]);
    }
    columns.push_back(std::move(builder).build());
  }
  return frame::Table::make(std::move(columns));
}

Result<void> sort_rows(Grid& grid, const std::vector<SortKey>& keys) {
  const std::vector<std::string> names = grid.names();
  std::vector<Key> places;
  for (const SortKey& key : keys) {
    const auto found = std::ranges::find(names, key.by);
    if (found == names.end()) {
      return fail(Errc::InvalidArgument, unknown_name_message("column to sort by", key.by, names));
    }
    places.push_back({static_cast<std::size_t>(found - names.begin()), key.is_descending});
  }
  std::ranges::stable_sort(grid.rows, RowOrder(grid, std::move(places)));
  return {};
}

double number_in(const Field& field, const Value& value) noexcept {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    return field.type == Type::Decimal ? from_decimal(*whole, field.scale)
                                       : static_cast<double>(*whole);
  }
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace cip::query
