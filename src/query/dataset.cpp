#include "query/dataset.h"

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <numeric>
#include <type_traits>
#include <unordered_map>

#include "base/text.h"
#include "frame/column_builder.h"
#include "query/attributes.h"
#include "query/codes.h"
#include "query/key_index.h"
#include "query/plan.h"
#include "query/zone.h"

namespace cip::query {
namespace {

struct Loaded {
  frame::Table table;
  std::size_t num_timed = 0;  // Rows that have a time; they come first, in its order.
  std::map<std::string, std::vector<std::uint32_t>, std::less<>> parents;  // By foreign key.
};

using AttributeColumns = std::shared_ptr<const std::vector<frame::Column>>;

frame::Column empty_column(const model::ColumnDef& def, std::size_t num_rows) {
  frame::ColumnBuilder builder(def.name, def.type, def.type == Type::Decimal ? def.scale : 0);
  builder.reserve(num_rows);
  for (std::size_t row = 0; row < num_rows; ++row) builder.append_null();
  return std::move(builder).build();
}

// The given columns in the order of the model, what is missing filled in, what is more at the end.
Result<frame::Table> completed(const model::TableDef& def, const frame::Table& given) {
  std::vector<frame::Column> columns;
  for (const model::ColumnDef& column : def.columns) {
    const frame::Column* found = given.find(column.name);
    if (found == nullptr) {
      columns.push_back(empty_column(column, given.num_rows()));
      continue;
    }
    if (found->type() != column.type) {
      return fail(Errc::InvalidArgument,
                  fmt::format("column '{}.{}' is a {}, the model says {}", def.name, column.name,
                              name_of(found->type()), name_of(column.type)));
    }
    columns.push_back(*found);
  }
  for (const frame::Column& column : given.columns()) {
    if (def.find(column.name()) == nullptr) columns.push_back(column);
  }
  return frame::Table::make(std::move(columns));
}

// The time of a row as one whole number, whatever its unit.
std::vector<std::int64_t> times_of(const frame::Column& column) {
  std::vector<std::int64_t> times(column.num_rows());
  const auto fill = [&](const auto& values) {
    for (std::size_t row = 0; row < times.size(); ++row) {
      // Rows without a time come last.
      times[row] =
          column.has(row) ? std::int64_t{values[row]} : std::numeric_limits<std::int64_t>::max();
    }
  };
  if (column.type() == Type::Date) {
    fill(column.as<frame::Dates>().values);
  } else {
    fill(column.as<frame::Datetimes>().values);
  }
  return times;
}

Result<frame::Table> sorted_by_time(frame::Table table, const std::string& time) {
  const std::vector<std::int64_t> times = times_of(table[time]);
  if (std::ranges::is_sorted(times)) return table;
  std::vector<std::uint32_t> order(times.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&times](std::uint32_t row) { return times[row]; });
  std::vector<frame::Column> columns;
  columns.reserve(table.columns().size());
  for (const frame::Column& column : table.columns()) columns.push_back(column.gathered(order));
  return frame::Table::make(std::move(columns));
}

Failure bad_key(const std::string& table, const frame::Column& key, std::size_t row) {
  return fail(Errc::InvalidArgument,
              key.has(row)
                  ? fmt::format("the key {} of table '{}' occurs twice", key.text_at(row), table)
                  : fmt::format("row {} of table '{}' has no key", row + 1, table));
}

Result<std::vector<std::uint32_t>> match_wholes(const std::string& parent, const frame::Column& key,
                                                const frame::Column& references) {
  const auto& keys = key.as<frame::Integers>().values;
  KeyIndex index;
  for (std::size_t row = 0; row < keys.size(); ++row) {
    const bool is_new =
        key.has(row) && index.place_of(static_cast<std::uint64_t>(keys[row])) == row;
    if (!is_new) return bad_key(parent, key, row);
  }
  const auto& values = references.as<frame::Integers>().values;
  std::vector<std::uint32_t> rows(values.size(), kNoRow);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!references.has(row)) continue;
    const auto found = index.find(static_cast<std::uint64_t>(values[row]));
    if (found) rows[row] = *found;
  }
  return rows;
}

Result<std::vector<std::uint32_t>> match_texts(const std::string& parent, const frame::Column& key,
                                               const frame::Column& references) {
  std::unordered_map<std::string_view, std::uint32_t> index;
  const auto& keys = key.as<frame::Texts>();
  for (std::size_t row = 0; row < key.num_rows(); ++row) {
    const bool is_new =
        key.has(row) && index.emplace(keys.at(row), static_cast<std::uint32_t>(row)).second;
    if (!is_new) return bad_key(parent, key, row);
  }
  const auto& values = references.as<frame::Texts>();
  std::vector<std::uint32_t> rows(references.num_rows(), kNoRow);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!references.has(row)) continue;
    const auto found = index.find(values.at(row));
    if (found != index.end()) rows[row] = found->second;
  }
  return rows;
}

// What makes two dimensions the same, whatever they are called.
std::string identity_of(std::string_view table, const model::Dimension& dimension) {
  const model::ColumnRef column = dimension.column.value_or(model::ColumnRef{});
  const int grain = dimension.grain ? static_cast<int>(*dimension.grain) : -1;
  const int part = dimension.part ? static_cast<int>(*dimension.part) : -1;
  const model::ColumnRef first = dimension.first.value_or(model::ColumnRef{});
  return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", table, column.table, column.column, grain,
                     part, fmt::join(dimension.buckets, ","), dimension.attribute, first.table,
                     first.column, dimension.since, dimension.zone);
}

}  // namespace

struct Dataset::Store {
  model::Model model;
  std::string snapshot;
  std::map<std::string, Loaded, std::less<>> tables;

  // What is made on demand. Two threads may make the same thing at once; the first one is kept.
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<const Codes>> codes;
  std::map<std::string, AttributeColumns> attributes;
  std::map<std::string, std::uint64_t> magnitudes;

  template <class T, class Make>
  T once(std::map<std::string, T>& cache, const std::string& key, Make make) {
    {
      const std::lock_guard lock(mutex);
      const auto found = cache.find(key);
      if (found != cache.end()) return found->second;
    }
    T made = make();
    const std::lock_guard lock(mutex);
    return cache.emplace(key, std::move(made)).first->second;
  }

  Result<void> resolve(const model::TableDef& def) {
    Loaded& child = tables.at(def.name);
    for (const model::ColumnDef& column : def.columns) {
      if (!column.references) continue;
      const model::TableDef* parent = model.find_table(*column.references);
      CIP_EXPECTS(parent != nullptr);
      const frame::Column& key = tables.at(parent->name).table[parent->key];
      const frame::Column& references = child.table[column.name];
      const auto match = key.type() == Type::Text ? match_texts : match_wholes;
      CIP_TRY_ASSIGN(std::vector<std::uint32_t> rows, match(parent->name, key, references));
      child.parents.emplace(column.name, std::move(rows));
    }
    return {};
  }
};

Dataset::Dataset(std::unique_ptr<Store> store) : store_(std::move(store)) {}
Dataset::~Dataset() = default;

const model::Model& Dataset::model() const noexcept { return store_->model; }
const std::string& Dataset::snapshot() const noexcept { return store_->snapshot; }

const frame::Table* Dataset::find(std::string_view table) const noexcept {
  const auto found = store_->tables.find(table);
  return found == store_->tables.end() ? nullptr : &found->second.table;
}

std::span<const std::uint32_t> Dataset::parent_rows(std::string_view table,
                                                    std::string_view column) const {
  const auto loaded = store_->tables.find(table);
  CIP_EXPECTS(loaded != store_->tables.end());
  const auto rows = loaded->second.parents.find(column);
  CIP_EXPECTS(rows != loaded->second.parents.end());
  return rows->second;
}

std::pair<std::size_t, std::size_t> Dataset::slice(std::string_view table, std::optional<Days> from,
                                                   std::optional<Days> to,
                                                   const std::string& zone) const {
  const auto loaded = store_->tables.find(table);
  CIP_EXPECTS(loaded != store_->tables.end());
  const frame::Table& rows = loaded->second.table;
  const model::TableDef* def = store_->model.find_table(table);
  const bool is_bounded = from.has_value() || to.has_value();
  if (!is_bounded || def->time.empty()) return {0, rows.num_rows()};

  const auto place = [&](const auto& values, std::int64_t bound) {
    const auto begin = values.begin();
    const auto end = begin + static_cast<std::ptrdiff_t>(loaded->second.num_timed);
    return static_cast<std::size_t>(std::lower_bound(begin, end, bound) - begin);
  };
  const frame::Column& time = rows[def->time];
  const auto civil = zone.empty() ? nullptr : find_zone(zone).value();
  const auto first_from = [&](Days day) {
    if (time.type() == Type::Date) return place(time.as<frame::Dates>().values, day);
    const Micros begin = civil == nullptr ? day * kMicrosPerDay : civil->start_of(day);
    return place(time.as<frame::Datetimes>().values, begin);
  };
  const std::size_t first = from ? first_from(*from) : 0;
  const std::size_t last = to ? first_from(*to) : loaded->second.num_timed;
  return {first, std::max(first, last)};
}

std::optional<DayRange> Dataset::days() const {
  std::optional<DayRange> range;
  for (const auto& [name, loaded] : store_->tables) {
    const model::TableDef* def = store_->model.find_table(name);
    if (def->time.empty() || loaded.num_timed == 0) continue;
    const frame::Column& time = loaded.table[def->time];
    const auto day = [&time](std::size_t row) {
      return time.type() == Type::Date ? time.as<frame::Dates>().values[row]
                                       : days_of(time.as<frame::Datetimes>().values[row]);
    };
    const Days first = day(0);
    const Days last = day(loaded.num_timed - 1);
    range = range ? DayRange{std::min(range->first, first), std::max(range->last, last)}
                  : DayRange{first, last};
  }
  return range;
}

AttributeColumns Dataset::attributes(std::string_view table) const {
  return store_->once(store_->attributes, std::string(table), [this, table] {
    const frame::Table* rows = find(table);
    const frame::Column* extra = rows == nullptr ? nullptr : rows->find("extra");
    std::vector<frame::Column> columns;
    if (extra != nullptr && extra->type() == Type::Text) columns = extract_attributes(*extra);
    return std::make_shared<const std::vector<frame::Column>>(std::move(columns));
  });
}

namespace {

// Cells that are not whole numbers have no magnitude to speak of: zero.
template <class Of>
std::uint64_t largest_of(const Of& of) {
  std::uint64_t most = 0;
  if constexpr (!std::is_same_v<Of, frame::Numbers> && !std::is_same_v<Of, frame::Texts>) {
    for (const std::int64_t value : of.values) {
      const auto bits = static_cast<std::uint64_t>(value);
      most = std::max(most, value < 0 ? ~bits + 1 : bits);
    }
  }
  return most;
}

}  // namespace

std::uint64_t Dataset::largest_magnitude(std::string_view table, std::string_view column) const {
  const std::string key = fmt::format("{}.{}", table, column);
  return store_->once(store_->magnitudes, key, [this, table, column] {
    const frame::Table* rows = find(table);
    CIP_EXPECTS(rows != nullptr);
    return std::visit([](const auto& cells) { return largest_of(cells); }, (*rows)[column].cells());
  });
}

std::shared_ptr<const Codes> Dataset::codes_since(std::string_view table,
                                                  const model::Dimension& dimension) const {
  model::Dimension origin = *store_->model.find_dimension(dimension.since);
  if (origin.zone.empty()) origin.zone = dimension.zone;
  model::Dimension day;
  day.grain = Grain::Day;
  day.zone = dimension.zone;
  const auto origins = codes(table, origin).value();
  const auto days = codes(table, day).value();
  return std::make_shared<const Codes>(code_since(*origins, *days, *dimension.grain));
}

// Facts lie sorted by time: the first row that leads to an entity is its earliest.
frame::Column Dataset::first_times(const model::Dimension& dimension) const {
  const model::TableDef* fact = store_->model.find_table(dimension.first->table);
  const frame::Table& rows = *find(fact->name);
  const frame::Column& times = rows[dimension.first->column];
  const std::span<const std::uint32_t> owners = parent_rows(fact->name, fact->entity);
  std::vector<std::uint32_t> first(find(dimension.column->table)->num_rows(), kNoRow);
  const auto is_earlier = [&times](std::size_t row, std::size_t than) {
    return std::visit(
        [&](const auto& of) {
          if constexpr (std::is_same_v<std::decay_t<decltype(of)>, frame::Dates> ||
                        std::is_same_v<std::decay_t<decltype(of)>, frame::Datetimes>) {
            return of.values[row] < of.values[than];
          }
          return false;
        },
        times.cells());
  };
  for (std::uint32_t row = 0; row < owners.size(); ++row) {
    if (owners[row] == kNoRow || !times.has(row)) continue;
    std::uint32_t& best = first[owners[row]];
    if (best == kNoRow || is_earlier(row, best)) best = row;
  }
  frame::Bitmap presence(first.size(), true);
  for (std::size_t at = 0; at < first.size(); ++at) {
    if (first[at] != kNoRow) continue;
    presence.set(at, false);
    first[at] = 0;
  }
  // A column of nulls only has no row to take a cell from.
  if (rows.num_rows() == 0) {
    model::ColumnDef nothing = *fact->find(dimension.first->column);
    return empty_column(nothing, first.size());
  }
  const frame::Column gathered = times.gathered(first);
  return frame::Column::make("first", gathered.cells(), std::move(presence)).value();
}

Result<std::shared_ptr<const Codes>> Dataset::codes(std::string_view table,
                                                    const model::Dimension& dimension) const {
  const auto source = source_of(store_->model, dimension, table);
  if (!source) {
    return fail(Errc::InvalidArgument,
                fmt::format("table '{}' does not lead to dimension '{}'", table, dimension.name));
  }
  return store_->once(store_->codes, identity_of(table, dimension), [&] {
    if (!dimension.since.empty()) return codes_since(table, dimension);
    const auto path = path_between(store_->model, table, source->table);
    CIP_EXPECTS(path.has_value());
    if (!path->empty()) {
      const Step& step = path->front();
      const auto of_parent = codes(step.parent, dimension).value();
      return std::make_shared<const Codes>(
          seen_through(*of_parent, parent_rows(step.table, step.column)));
    }
    const frame::Table& rows = *find(table);
    if (dimension.first) {
      return std::make_shared<const Codes>(code_dimension(first_times(dimension), dimension));
    }
    if (dimension.attribute.empty()) {
      return std::make_shared<const Codes>(code_dimension(rows[source->column], dimension));
    }
    const AttributeColumns columns = attributes(table);
    const auto found =
        std::ranges::find(*columns, dimension.attribute, [](const auto& c) { return c.name(); });
    if (found != columns->end()) return std::make_shared<const Codes>(code_column(*found));
    model::ColumnDef nothing;
    nothing.name = dimension.attribute;
    return std::make_shared<const Codes>(code_column(empty_column(nothing, rows.num_rows())));
  });
}

Result<std::shared_ptr<const Dataset>> make_dataset(
    model::Model model, std::vector<std::pair<std::string, frame::Table>> tables,
    std::string snapshot) {
  auto store = std::make_unique<Dataset::Store>();
  store->model = std::move(model);
  store->snapshot = std::move(snapshot);
  for (auto& given : tables) {
    // Taken out, so that no table is held twice for longer than its turn.
    const std::string& name = given.first;
    const frame::Table table = std::exchange(given.second, frame::Table());
    CIP_TRY_ASSIGN(const model::TableDef* def, store->model.table(name));
    if (table.num_rows() >= kNoRow) {
      return fail(Errc::LimitExceeded, fmt::format("table '{}' has {} rows, more than {} are not "
                                                   "held in memory",
                                                   name, table.num_rows(), kNoRow - 1));
    }
    Loaded loaded;
    CIP_TRY_ASSIGN(loaded.table, completed(*def, table));
    if (!store->tables.emplace(name, std::move(loaded)).second) {
      return fail(Errc::InvalidArgument, fmt::format("table '{}' is given twice", name));
    }
  }
  for (const model::TableDef& def : store->model.tables) {
    Loaded& loaded = store->tables[def.name];
    if (loaded.table.columns().empty()) {
      CIP_TRY_ASSIGN(loaded.table, completed(def, frame::Table()));
    }
    if (!def.time.empty()) {
      CIP_TRY_ASSIGN(loaded.table, sorted_by_time(std::move(loaded.table), def.time));
      const frame::Column& time = loaded.table[def.time];
      loaded.num_timed = time.num_rows() - time.num_nulls();
    }
  }
  for (const model::TableDef& def : store->model.tables) CIP_TRY(store->resolve(def));
  return std::shared_ptr<const Dataset>(new Dataset(std::move(store)));
}

}  // namespace cip::query
