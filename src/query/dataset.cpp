#include "query/dataset.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "base/text.h"
#include "frame/column_builder.h"
#include "query/attributes.h"
#include "query/codes.h"
#include "query/plan.h"
#include "query/zone.h"

namespace cip::query {
namespace {

using AttributeColumns = std::shared_ptr<const std::vector<frame::Column>>;

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
  PackedTables tables;

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
};

Dataset::Dataset(std::unique_ptr<Store> store) : store_(std::move(store)) {}
Dataset::~Dataset() = default;

const model::Model& Dataset::model() const noexcept { return store_->model; }
const std::string& Dataset::snapshot() const noexcept { return store_->snapshot; }

const PackedTables& Dataset::tables() const noexcept { return store_->tables; }

const PackedColumn* PackedTable::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(columns, name, &PackedColumn::name);
  return found == columns.end() ? nullptr : &*found;
}

std::size_t Dataset::num_rows(std::string_view table) const noexcept {
  const auto found = store_->tables.find(table);
  return found == store_->tables.end() ? 0 : found->second.num_rows;
}

std::shared_ptr<const frame::Column> Dataset::column(std::string_view table,
                                                     std::string_view column) const {
  const auto found = store_->tables.find(table);
  const PackedColumn* packed = found == store_->tables.end() ? nullptr : found->second.find(column);
  if (packed == nullptr) return nullptr;
  return std::make_shared<const frame::Column>(unpack(*packed));
}

std::span<const std::uint32_t> Dataset::parent_rows(std::string_view table,
                                                    std::string_view column) const {
  const auto loaded = store_->tables.find(table);
  CIP_EXPECTS(loaded != store_->tables.end());
  const auto rows = loaded->second.parents.find(column);
  CIP_EXPECTS(rows != loaded->second.parents.end());
  return rows->second.by_row;
}

namespace {

// The first of the rows in order of time that is not before a bound; `num_timed` if none is.
std::size_t first_at(const PackedColumn& time, std::size_t num_timed, std::int64_t bound) {
  std::size_t first = 0;
  for (std::size_t left = num_timed; left > 0;) {
    const std::size_t half = left / 2;
    const bool is_before = time.whole_at(first + half) < bound;
    first = is_before ? first + half + 1 : first;
    left = is_before ? left - half - 1 : half;
  }
  return first;
}

}  // namespace

std::pair<std::size_t, std::size_t> Dataset::slice(std::string_view table, std::optional<Days> from,
                                                   std::optional<Days> to,
                                                   const std::string& zone) const {
  const auto loaded = store_->tables.find(table);
  CIP_EXPECTS(loaded != store_->tables.end());
  const PackedTable& rows = loaded->second;
  const model::TableDef* def = store_->model.find_table(table);
  const bool is_bounded = from.has_value() || to.has_value();
  if (!is_bounded || def->time.empty()) return {0, rows.num_rows};

  const PackedColumn& time = *rows.find(def->time);
  const auto place = [&](std::int64_t bound) { return first_at(time, rows.num_timed, bound); };
  const auto civil = zone.empty() ? nullptr : find_zone(zone).value();
  const auto first_from = [&](Days day) {
    if (time.type == Type::Date) return place(day);
    return place(civil == nullptr ? day * kMicrosPerDay : civil->start_of(day));
  };
  const std::size_t first = from ? first_from(*from) : 0;
  const std::size_t last = to ? first_from(*to) : rows.num_timed;
  return {first, std::max(first, last)};
}

std::optional<DayRange> Dataset::days() const {
  std::optional<DayRange> range;
  for (const auto& [name, loaded] : store_->tables) {
    const model::TableDef* def = store_->model.find_table(name);
    if (def->time.empty() || loaded.num_timed == 0) continue;
    const PackedColumn& time = *loaded.find(def->time);
    const auto day = [&time](std::size_t row) {
      const std::int64_t at = time.whole_at(row);
      return time.type == Type::Date ? static_cast<Days>(at) : days_of(at);
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
    const auto extra = column(table, "extra");
    std::vector<frame::Column> columns;
    if (extra != nullptr && extra->type() == Type::Text) columns = extract_attributes(*extra);
    return std::make_shared<const std::vector<frame::Column>>(std::move(columns));
  });
}

std::uint64_t Dataset::largest_magnitude(std::string_view table, std::string_view column) const {
  const std::string key = fmt::format("{}.{}", table, column);
  return store_->once(store_->magnitudes, key, [this, table, column] {
    const auto rows = store_->tables.find(table);
    CIP_EXPECTS(rows != store_->tables.end());
    return rows->second.find(column)->largest_magnitude();
  });
}

Codes Dataset::codes_since(std::string_view table, const model::Dimension& dimension) const {
  model::Dimension origin = *store_->model.find_dimension(dimension.since);
  if (origin.zone.empty()) origin.zone = dimension.zone;
  model::Dimension day;
  day.grain = Grain::Day;
  day.zone = dimension.zone;
  const auto origins = codes(table, origin).value();
  const auto days = codes(table, day).value();
  return code_since(*origins, *days, *dimension.grain);
}

namespace {

// Per entity the row of its earliest time; kNoRow where it has none.
std::vector<std::uint32_t> first_rows(std::span<const std::uint32_t> owners,
                                      const PackedColumn& times, std::size_t num_entities) {
  std::vector<std::uint32_t> first(num_entities, kNoRow);
  for (std::uint32_t row = 0; row < owners.size(); ++row) {
    if (owners[row] == kNoRow || !times.has(row)) continue;
    std::uint32_t& best = first[owners[row]];
    if (best == kNoRow || times.whole_at(row) < times.whole_at(best)) best = row;
  }
  return first;
}

// The same of rows that lie in the order of their times.
std::vector<std::uint32_t> first_rows_in_order(std::span<const std::uint32_t> owners,
                                               std::size_t num_entities) {
  std::vector<std::uint32_t> first(num_entities, kNoRow);
  std::uint32_t row = 0;
  for (const std::uint32_t owner : owners) {
    if (owner != kNoRow && first[owner] == kNoRow) first[owner] = row;
    ++row;
  }
  return first;
}

}  // namespace

frame::Column Dataset::first_times(const model::Dimension& dimension) const {
  const model::TableDef* fact = store_->model.find_table(dimension.first->table);
  const PackedTable& rows = store_->tables.at(fact->name);
  const PackedColumn& times = *rows.find(dimension.first->column);
  const std::span<const std::uint32_t> owners = parent_rows(fact->name, fact->entity);
  const std::size_t num_entities = num_rows(dimension.column->table);
  const std::vector<std::uint32_t> first =
      fact->time == dimension.first->column
          ? first_rows_in_order(owners.first(rows.num_timed), num_entities)
          : first_rows(owners, times, num_entities);
  frame::ColumnBuilder builder("first", times.type);
  builder.reserve(first.size());
  for (const std::uint32_t row : first) {
    if (row == kNoRow) {
      builder.append_null();
    } else if (times.type == Type::Date) {
      builder.append_date(static_cast<Days>(times.whole_at(row)));
    } else {
      builder.append_datetime(times.whole_at(row));
    }
  }
  return std::move(builder).build();
}

Result<std::shared_ptr<const Codes>> Dataset::codes(std::string_view table,
                                                    const model::Dimension& dimension) const {
  const auto source = source_of(store_->model, dimension, table);
  if (!source) {
    return fail(Errc::InvalidArgument,
                fmt::format("table '{}' does not lead to dimension '{}'", table, dimension.name));
  }
  return store_->once(store_->codes, identity_of(table, dimension), [&] {
    return std::make_shared<const Codes>(laid_out(make_codes(table, dimension, *source)));
  });
}

Codes Dataset::make_codes(std::string_view table, const model::Dimension& dimension,
                          const model::ColumnRef& source) const {
  if (!dimension.since.empty()) return codes_since(table, dimension);
  const auto path = path_between(store_->model, table, source.table);
  CIP_EXPECTS(path.has_value());
  if (!path->empty()) {
    const Step& step = path->front();
    const auto of_parent = codes(step.parent, dimension).value();
    return seen_through(*of_parent,
                        store_->tables.at(step.table).parents.find(step.column)->second);
  }
  if (dimension.first) return code_dimension(first_times(dimension), dimension);
  const PackedTable& rows = store_->tables.at(std::string(table));
  if (dimension.attribute.empty()) {
    return code_packed(*rows.find(source.column), dimension);
  }
  const AttributeColumns columns = attributes(table);
  const auto found =
      std::ranges::find(*columns, dimension.attribute, [](const auto& c) { return c.name(); });
  if (found != columns->end()) return code_column(*found);
  frame::ColumnBuilder nothing(dimension.attribute, Type::Text);
  for (std::size_t row = 0; row < rows.num_rows; ++row) nothing.append_null();
  return code_column(std::move(nothing).build());
}

std::shared_ptr<const Dataset> dataset_of(model::Model model, PackedTables tables,
                                          std::string snapshot) {
  auto store = std::make_unique<Dataset::Store>();
  store->model = std::move(model);
  store->tables = std::move(tables);
  store->snapshot = std::move(snapshot);
  return std::shared_ptr<const Dataset>(new Dataset(std::move(store)));
}

}  // namespace cip::query
