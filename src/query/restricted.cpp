#include "query/restricted.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <ranges>
#include <utility>
#include <vector>

#include "base/text.h"
#include "frame/column_builder.h"
#include "query/field.h"
#include "query/plan.h"
#include "query/rows.h"

namespace cip::query {
namespace {

using Marks = std::vector<std::uint8_t>;  // Per row, 1 where it is kept.

// A rule with the dimensions that it tests.
struct Rule {
  const RowsKept* said;
  std::vector<model::Dimension> tested;
};

Failure told(const RowsKept& rule, const Error& error) {
  return fail(error.code, fmt::format("rule '{}': {}", rule.name, error.message));
}

Result<void> collect(const model::Model& model, const Filter& filter,
                     std::vector<model::Dimension>& tested) {
  if (filter.kind == Filter::Kind::Test) {
    if (model.find_metric(filter.test.field) != nullptr) {
      return fail(
          Errc::InvalidArgument,
          fmt::format("'{}' is a metric, rows are told apart by dimensions", filter.test.field));
    }
    CIP_TRY_ASSIGN(model::Dimension dimension, resolve_dimension(model, filter.test.field));
    tested.push_back(std::move(dimension));
  }
  for (const Filter& part : filter.parts) CIP_TRY(collect(model, part, tested));
  return {};
}

class Restriction {
 public:
  explicit Restriction(const Dataset& whole) : whole_(whole), model_(whole.model()) {}

  Result<void> add(const RowsKept& said) {
    Rule rule{&said, {}};
    const auto found = collect(model_, said.where, rule.tested);
    if (!found) return told(said, found.error());
    const bool applies = std::ranges::any_of(
        model_.tables, [&](const model::TableDef& table) { return leads_to(table, rule); });
    if (!applies) {
      return told(said, {Errc::InvalidArgument, "no table leads to all the dimensions it tests"});
    }
    rules_.push_back(std::move(rule));
    return {};
  }

  Result<std::shared_ptr<const Dataset>> make() {
    // Who refers to a table is judged before it: children first.
    for (auto table = model_.tables.rbegin(); table != model_.tables.rend(); ++table) {
      CIP_TRY_ASSIGN(Marks marks, marks_of(*table));
      kept_.emplace(table->name, std::move(marks));
    }
    std::vector<GivenTable> tables;
    for (const model::TableDef& table : model_.tables) tables.push_back(kept_rows(table));
    return make_packed_dataset(model_, std::move(tables), whole_.snapshot());
  }

 private:
  [[nodiscard]] bool leads_to(const model::TableDef& table, const Rule& rule) const {
    return std::ranges::all_of(rule.tested, [&](const model::Dimension& dimension) {
      return source_of(model_, dimension, table.name).has_value();
    });
  }

  Result<Marks> marks_of(const model::TableDef& table) const {
    Marks marks(whole_.num_rows(table.name), 1);
    bool is_judged_by_all = true;
    for (const Rule& rule : rules_) {
      if (!leads_to(table, rule)) {
        is_judged_by_all = false;
        continue;
      }
      auto rows = matching_rows(whole_, table.name, rule.said->where, std::nullopt, std::nullopt);
      if (!rows) return told(*rule.said, rows.error());
      Marks fulfils(marks.size(), 0);
      for (const std::uint32_t row : *rows) fulfils[row] = 1;
      keep_both(fulfils, marks);
    }
    if (!is_judged_by_all) keep_both(referred_to(table, marks.size()), marks);
    return marks;
  }

  static void keep_both(const Marks& other, Marks& marks) {
    for (std::size_t row = 0; row < marks.size(); ++row) marks[row] &= other[row];
  }

  // The rows of a table that a kept row of another refers to.
  [[nodiscard]] Marks referred_to(const model::TableDef& table, std::size_t num_rows) const {
    Marks marks(num_rows, 0);
    for (const model::TableDef& child : model_.tables) {
      const auto kept = kept_.find(child.name);
      if (kept == kept_.end()) continue;
      for (const model::ColumnDef& column : child.columns) {
        if (column.references != table.name) continue;
        mark_parents(kept->second, whole_.parent_rows(child.name, column.name), marks);
      }
    }
    return marks;
  }

  template <typename Rows>
  static void mark_parents(const Marks& kept, const Rows& parents, Marks& marks) {
    for (std::size_t row = 0; row < parents.size(); ++row) {
      if (kept[row] != 0 && parents[row] != kNoRow) marks[parents[row]] = 1;
    }
  }

  [[nodiscard]] GivenTable kept_rows(const model::TableDef& table) const {
    const Marks& marks = kept_.at(table.name);
    std::vector<std::uint32_t> rows;
    for (std::size_t row = 0; row < marks.size(); ++row) {
      if (marks[row] != 0) rows.push_back(static_cast<std::uint32_t>(row));
    }
    GivenTable kept{table.name, {}};
    for (const PackedColumn& column : whole_.tables().find(table.name)->second.columns) {
      // The texts of hidden rows are not kept, not even in a dictionary.
      kept.columns.push_back(column.type == Type::Text ? pack(unpack_rows(column, rows))
                                                       : gathered(column, rows));
    }
    return kept;
  }

  const Dataset& whole_;
  const model::Model& model_;
  std::vector<Rule> rules_;
  std::map<std::string, Marks> kept_;  // By table.
};

}  // namespace

Result<std::shared_ptr<const Dataset>> restricted(const Dataset& whole,
                                                  std::span<const RowsKept> rules) {
  Restriction restriction(whole);
  for (const RowsKept& rule : rules) CIP_TRY(restriction.add(rule));
  return restriction.make();
}

}  // namespace cip::query
