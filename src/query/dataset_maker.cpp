// From the tables of the warehouse to those of a snapshot: completed, sorted, joined and packed.

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "base/text.h"
#include "frame/column_builder.h"
#include "query/dataset.h"
#include "query/key_index.h"

namespace cip::query {
namespace {

frame::Column empty_column(const model::ColumnDef& def, std::size_t num_rows) {
  frame::ColumnBuilder builder(def.name, def.type, def.type == Type::Decimal ? def.scale : 0);
  builder.reserve(num_rows);
  for (std::size_t row = 0; row < num_rows; ++row) builder.append_null();
  return std::move(builder).build();
}

Result<void> check_types(const model::TableDef& def, const GivenTable& given) {
  for (const PackedColumn& column : given.columns) {
    const model::ColumnDef* wanted = def.find(column.name);
    if (wanted == nullptr || wanted->type == column.type) continue;
    return fail(Errc::InvalidArgument,
                fmt::format("column '{}.{}' is a {}, the model says {}", def.name, column.name,
                            name_of(column.type), name_of(wanted->type)));
  }
  return {};
}

// The order of the rows by time, those without one last; nothing if they are in it.
std::vector<std::uint32_t> order_of(const PackedColumn& time) {
  // Stored cells have the order of the times.
  return time.visit([&time](const auto* stored) -> std::vector<std::uint32_t> {
    const auto is_before = [&time, stored](std::uint32_t left, std::uint32_t right) {
      const bool has_left = time.has(left);
      if (!has_left || !time.has(right)) return has_left && !time.has(right);
      return stored[left] < stored[right];
    };
    bool is_in_order = true;
    for (std::uint32_t row = 1; row < time.num_rows && is_in_order; ++row) {
      is_in_order = !is_before(row, row - 1);
    }
    if (is_in_order) return {};
    std::vector<std::uint32_t> order(time.num_rows);
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, is_before);
    return order;
  });
}

std::size_t num_rows_of(const GivenTable& given) {
  return given.columns.empty() ? 0 : given.columns.front().num_rows;
}

// The given columns in the order of the model, what is missing filled in, what is more at the end.
Result<PackedTable> packed_table(const model::TableDef& def, GivenTable given) {
  CIP_TRY(check_types(def, given));
  const auto find = [&given](std::string_view name) {
    return std::ranges::find(given.columns, name, &PackedColumn::name);
  };
  const auto end = given.columns.end();
  std::vector<std::uint32_t> order;
  if (!def.time.empty() && find(def.time) != end) order = order_of(*find(def.time));
  PackedTable made;
  made.num_rows = num_rows_of(given);
  // Taken out, so that no column is held twice for longer than its turn.
  const auto in_order = [&order](PackedColumn& column) {
    PackedColumn taken = std::exchange(column, PackedColumn());
    return order.empty() ? taken : gathered(taken, order);
  };
  for (const model::ColumnDef& column : def.columns) {
    const auto found = find(column.name);
    made.columns.push_back(found == end ? pack(empty_column(column, made.num_rows))
                                        : in_order(*found));
  }
  for (PackedColumn& column : given.columns) {
    // Those of the model have gone.
    if (!column.name.empty() && def.find(column.name) == nullptr) {
      made.columns.push_back(in_order(column));
    }
  }
  if (!def.time.empty()) made.num_timed = made.num_rows - made.find(def.time)->num_nulls;
  return made;
}

Failure bad_key(const std::string& table, const PackedColumn& key, std::size_t row) {
  if (!key.has(row)) {
    return fail(Errc::InvalidArgument,
                fmt::format("row {} of table '{}' has no key", row + 1, table));
  }
  const std::string text =
      key.type == Type::Text
          ? std::string(key.texts.at(static_cast<std::size_t>(key.whole_at(row))))
          : std::to_string(key.whole_at(row));
  return fail(Errc::InvalidArgument,
              fmt::format("the key {} of table '{}' occurs twice", text, table));
}

ParentRows owned(std::vector<std::uint32_t> rows) {
  auto keeper = std::make_shared<const std::vector<std::uint32_t>>(std::move(rows));
  return {*keeper, keeper};
}

// Whether the keys are one after the other: then the row is the distance from the first.
bool is_dense(const PackedColumn& key) {
  if (key.type != Type::Integer || key.num_nulls != 0) return false;
  for (std::size_t row = 0; row < key.num_rows; ++row) {
    if (key.whole_at(row) - key.whole_at(0) != static_cast<std::int64_t>(row)) return false;
  }
  return true;
}

// The rows of a dense key lie in the cells of a column that counts from the same number.
std::optional<ParentRows> shown_rows(const PackedColumn& key, const PackedColumn& references) {
  const bool is_same = key.num_rows != 0 && references.num_nulls == 0 && references.width == 4 &&
                       references.step == 1 && references.base == key.whole_at(0);
  if (!is_same) return std::nullopt;
  return references.visit([&]<class Cell>(const Cell* stored) -> std::optional<ParentRows> {
    if constexpr (std::is_same_v<Cell, std::uint32_t>) {
      const std::span<const std::uint32_t> rows(stored, references.num_rows);
      if (std::ranges::max(rows) < key.num_rows) return ParentRows{rows, references.keeper};
    }
    return std::nullopt;
  });
}

ParentRows match_dense(const PackedColumn& key, const PackedColumn& references) {
  if (auto shown = shown_rows(key, references)) return std::move(*shown);
  std::vector<std::uint32_t> rows(references.num_rows, kNoRow);
  const auto first = static_cast<std::uint64_t>(key.num_rows == 0 ? 0 : key.whole_at(0));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::uint64_t place = static_cast<std::uint64_t>(references.whole_at(row)) - first;
    const bool is_known = references.has(row) && place < key.num_rows;
    if (is_known) rows[row] = static_cast<std::uint32_t>(place);
  }
  return owned(std::move(rows));
}

Result<ParentRows> match_wholes(const std::string& parent, const PackedColumn& key,
                                const PackedColumn& references) {
  if (is_dense(key)) return match_dense(key, references);
  std::vector<std::uint32_t> rows(references.num_rows, kNoRow);
  KeyIndex index;
  for (std::size_t row = 0; row < key.num_rows; ++row) {
    const bool is_new =
        key.has(row) && index.place_of(static_cast<std::uint64_t>(key.whole_at(row))) == row;
    if (!is_new) return bad_key(parent, key, row);
  }
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!references.has(row)) continue;
    const auto found = index.find(static_cast<std::uint64_t>(references.whole_at(row)));
    if (found) rows[row] = *found;
  }
  return owned(std::move(rows));
}

Result<ParentRows> match_texts(const std::string& parent, const PackedColumn& key,
                               const PackedColumn& references) {
  const auto text_at = [](const PackedColumn& column, std::size_t row) {
    return column.texts.at(static_cast<std::size_t>(column.whole_at(row)));
  };
  std::unordered_map<std::string_view, std::uint32_t> index;
  for (std::size_t row = 0; row < key.num_rows; ++row) {
    const bool is_new =
        key.has(row) && index.emplace(text_at(key, row), static_cast<std::uint32_t>(row)).second;
    if (!is_new) return bad_key(parent, key, row);
  }
  std::vector<std::uint32_t> rows(references.num_rows, kNoRow);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!references.has(row)) continue;
    const auto found = index.find(text_at(references, row));
    if (found != index.end()) rows[row] = found->second;
  }
  return owned(std::move(rows));
}

Result<void> resolve(const model::Model& model, const model::TableDef& def, PackedTables& tables) {
  PackedTable& child = tables.at(def.name);
  for (const model::ColumnDef& column : def.columns) {
    if (!column.references) continue;
    const model::TableDef* parent = model.find_table(*column.references);
    CIP_EXPECTS(parent != nullptr);
    const PackedColumn& key = *tables.at(parent->name).find(parent->key);
    const auto match = key.type == Type::Text ? match_texts : match_wholes;
    CIP_TRY_ASSIGN(ParentRows rows, match(parent->name, key, *child.find(column.name)));
    child.parents.emplace(column.name, std::move(rows));
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const Dataset>> make_packed_dataset(model::Model model,
                                                           std::vector<GivenTable> tables,
                                                           std::string snapshot) {
  PackedTables made;
  for (GivenTable& table : tables) {
    const std::string name = table.name;
    CIP_TRY_ASSIGN(const model::TableDef* def, model.table(name));
    if (num_rows_of(table) >= kNoRow) {
      return fail(Errc::LimitExceeded, fmt::format("table '{}' has {} rows, more than {} are not "
                                                   "held in memory",
                                                   name, num_rows_of(table), kNoRow - 1));
    }
    CIP_TRY_ASSIGN(PackedTable packed, packed_table(*def, std::move(table)));
    if (!made.emplace(name, std::move(packed)).second) {
      return fail(Errc::InvalidArgument, fmt::format("table '{}' is given twice", name));
    }
  }
  for (const model::TableDef& def : model.tables) {
    if (made.contains(def.name)) continue;
    CIP_TRY_ASSIGN(PackedTable nothing, packed_table(def, {def.name, {}}));
    made.emplace(def.name, std::move(nothing));
  }
  for (const model::TableDef& def : model.tables) CIP_TRY(resolve(model, def, made));
  return dataset_of(std::move(model), std::move(made), std::move(snapshot));
}

Result<std::shared_ptr<const Dataset>> make_dataset(
    model::Model model, std::vector<std::pair<std::string, frame::Table>> tables,
    std::string snapshot) {
  std::vector<GivenTable> given;
  for (auto& of : tables) {
    // Taken out, so that no table is held twice for longer than its turn.
    const frame::Table table = std::exchange(of.second, frame::Table());
    GivenTable& packed = given.emplace_back(GivenTable{of.first, {}});
    for (const frame::Column& column : table.columns()) packed.columns.push_back(pack(column));
  }
  return make_packed_dataset(std::move(model), std::move(given), std::move(snapshot));
}

}  // namespace cip::query
