#include "model/model_check.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "model/expression.h"

namespace cip::model {
namespace {

// The warehouse gives every table these columns, and keeps these tables itself.
constexpr std::array<std::string_view, 5> kBookkeepingColumns = {"source_key", "extra", "run_id",
                                                                 "record_no", "row_hash"};
constexpr std::array<std::string_view, 3> kBookkeepingTables = {"data_quality_log", "etl_metadata",
                                                                "rejects"};

bool is_time(Type type) { return type == Type::Date || type == Type::Datetime; }
bool is_number(Type type) {
  return type == Type::Integer || type == Type::Number || type == Type::Decimal;
}

bool is_identifier(std::string_view name) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= 63 && is_letter(name.front()) &&
         std::ranges::all_of(name, [&is_letter](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
         });
}

template <class T>
std::vector<std::string> names_of(const std::vector<T>& things) {
  std::vector<std::string> names;
  names.reserve(things.size());
  for (const T& thing : things) names.push_back(thing.name);
  return names;
}

class Checker {
 public:
  Checker(const Model& model, const Places& places) : model_(model), places_(places) {}

  Result<void> check() {
    for (const TableDef& table : model_.tables) CIP_TRY(check_table(table));
    for (const Dimension& dimension : model_.dimensions) CIP_TRY(check_dimension(dimension));
    for (const Dimension& dimension : model_.dimensions) CIP_TRY(check_since(dimension));
    for (const Metric& metric : model_.metrics) CIP_TRY(check_metric(metric));
    for (const Metric& metric : model_.metrics) CIP_TRY(check_expression(metric));
    for (const Metric& metric : model_.metrics) CIP_TRY(check_derived(metric));
    return {};
  }

 private:
  [[nodiscard]] Failure wrong(const std::string& thing, std::string_view message) const {
    const auto place = places_.find(thing);
    return fail(Errc::InvalidArgument, place == places_.end()
                                           ? fmt::format("{}: {}", thing, message)
                                           : fmt::format("{}: {}", place->second, message));
  }

  Result<void> check_name(const std::string& thing, std::string_view name) const {
    if (is_identifier(name)) return {};
    return wrong(thing, fmt::format("'{}' is no name: a name starts with a small letter and has "
                                    "small letters, digits and _ only, at most 63",
                                    name));
  }

  Result<const ColumnDef*> column(const std::string& thing, const TableDef& table,
                                  std::string_view name) const {
    if (const ColumnDef* found = table.find(name)) return found;
    return wrong(thing, unknown_name_message(fmt::format("column of {}", table.name), name,
                                             names_of(table.columns)));
  }

  Result<const TableDef*> table(const std::string& thing, std::string_view name) const {
    if (const TableDef* found = model_.find_table(name)) return found;
    return wrong(thing, unknown_name_message("table", name, names_of(model_.tables)));
  }

  Result<void> check_table(const TableDef& def) const {
    const std::string thing = "table." + def.name;
    CIP_TRY(check_name(thing, def.name));
    if (std::ranges::find(kBookkeepingTables, def.name) != kBookkeepingTables.end() ||
        def.name.starts_with("sqlite_")) {
      return wrong(thing, fmt::format("table '{}' is kept by the platform itself", def.name));
    }
    if (def.key.empty()) return wrong(thing, "a table needs a key");
    CIP_TRY_ASSIGN(const ColumnDef* key, column(thing, def, def.key));
    if (key->type != Type::Integer && key->type != Type::Text) {
      return wrong(thing, fmt::format("a key is an integer or a text, '{}' is a {}", key->name,
                                      name_of(key->type)));
    }
    if (!def.entity.empty()) CIP_TRY(column(thing, def, def.entity));
    if (def.time.empty() && def.kind == TableKind::Fact) {
      return wrong(thing, "a fact needs a time column");
    }
    if (!def.time.empty()) {
      CIP_TRY_ASSIGN(const ColumnDef* time, column(thing, def, def.time));
      if (!is_time(time->type)) {
        return wrong(thing, fmt::format("the time column '{}' is a {}, not a date or a datetime",
                                        time->name, name_of(time->type)));
      }
    }
    for (const ColumnDef& each : def.columns) CIP_TRY(check_column(def, each));
    return {};
  }

  Result<void> check_column(const TableDef& def, const ColumnDef& each) const {
    const std::string thing = fmt::format("table.{}.columns.{}", def.name, each.name);
    CIP_TRY(check_name(thing, each.name));
    if (std::ranges::find(kBookkeepingColumns, each.name) != kBookkeepingColumns.end()) {
      return wrong(thing, fmt::format("column '{}' is kept by the platform itself", each.name));
    }
    const bool has_range = each.min.has_value() || each.max.has_value();
    if (has_range && !is_number(each.type)) {
      return wrong(thing, fmt::format("min and max are for numbers, '{}' is a {}", each.name,
                                      name_of(each.type)));
    }
    if (each.min.has_value() && each.max.has_value() && *each.min > *each.max) {
      return wrong(thing, fmt::format("min {} is above max {}", *each.min, *each.max));
    }
    if (!each.default_column.empty()) {
      CIP_TRY_ASSIGN(const ColumnDef* source, column(thing, def, each.default_column));
      if (source->type != each.type) {
        return wrong(thing, fmt::format("its default '{}' is a {}, not a {}", source->name,
                                        name_of(source->type), name_of(each.type)));
      }
    }
    if (!each.references) return {};
    CIP_TRY_ASSIGN(const TableDef* parent, table(thing, *each.references));
    const ColumnDef* key = parent->find(parent->key);
    if (key != nullptr && key->type != each.type) {
      return wrong(thing, fmt::format("its type is {}, but that of the key of '{}' is {}",
                                      name_of(each.type), parent->name, name_of(key->type)));
    }
    return {};
  }

  Result<void> check_dimension(const Dimension& dimension) const {
    const std::string thing = "dimension." + dimension.name;
    CIP_TRY(check_name(thing, dimension.name));
    for (const std::string& next : dimension.drill) {
      if (model_.find_dimension(next) == nullptr) {
        return wrong(thing,
                     unknown_name_message("dimension in drill", next, names_of(model_.dimensions)));
      }
    }
    const bool is_about_time = dimension.grain.has_value() || dimension.part.has_value();
    if (dimension.first) return check_first(thing, dimension);
    if (!dimension.column) {
      if (is_about_time) return {};
      return wrong(thing, "a dimension needs a column, a grain or a part");
    }
    CIP_TRY_ASSIGN(const TableDef* owner, table(thing, dimension.column->table));
    if (!dimension.attribute.empty()) {
      if (!is_about_time && dimension.buckets.empty()) return {};
      return wrong(thing, "an attribute is text: it has no buckets, grain or part");
    }
    CIP_TRY_ASSIGN(const ColumnDef* source, column(thing, *owner, dimension.column->column));
    if (is_about_time && !is_time(source->type)) {
      return wrong(thing, fmt::format("grain and part are for times, '{}' is a {}", source->name,
                                      name_of(source->type)));
    }
    return check_buckets(thing, dimension, *source);
  }

  // The earliest time of each entity: a fact's time, whose entity leads to a table.
  Result<void> check_first(const std::string& thing, const Dimension& dimension) const {
    CIP_TRY_ASSIGN(const TableDef* fact, table(thing, dimension.first->table));
    CIP_TRY_ASSIGN(const ColumnDef* time, column(thing, *fact, dimension.first->column));
    if (!is_time(time->type)) {
      return wrong(
          thing, fmt::format("first is for times, '{}' is a {}", time->name, name_of(time->type)));
    }
    const ColumnDef* entity = fact->find(fact->entity);
    if (entity == nullptr || !entity->references) {
      return wrong(
          thing, fmt::format("table '{}' has no entity that refers to another table", fact->name));
    }
    if (dimension.buckets.empty()) return {};
    return wrong(thing, "buckets are for numbers, the first of something is a time");
  }

  Result<void> check_since(const Dimension& dimension) const {
    if (dimension.since.empty()) return {};
    const std::string thing = "dimension." + dimension.name;
    const bool has_more = dimension.column.has_value() || dimension.first.has_value() ||
                          dimension.part.has_value() || !dimension.buckets.empty();
    if (has_more || !dimension.grain || *dimension.grain == Grain::Hour) {
      return wrong(thing, "since goes with a grain from day to year and nothing else");
    }
    const Dimension* origin = model_.find_dimension(dimension.since);
    if (origin == nullptr) {
      return wrong(thing,
                   unknown_name_message("dimension", dimension.since, names_of(model_.dimensions)));
    }
    if (origin->first) return {};
    const bool is_column = origin->column && origin->attribute.empty() && !origin->part;
    if (is_column && origin->buckets.empty()) {
      CIP_TRY_ASSIGN(const TableDef* owner, table(thing, origin->column->table));
      CIP_TRY_ASSIGN(const ColumnDef* source, column(thing, *owner, origin->column->column));
      if (is_time(source->type)) return {};
    }
    return wrong(thing, fmt::format("'{}' is no time of an entity to count from", origin->name));
  }

  Result<void> check_buckets(const std::string& thing, const Dimension& dimension,
                             const ColumnDef& source) const {
    if (dimension.buckets.empty()) return {};
    if (!is_number(source.type)) {
      return wrong(thing, fmt::format("buckets are for numbers, '{}' is a {}", source.name,
                                      name_of(source.type)));
    }
    if (std::ranges::adjacent_find(dimension.buckets, std::greater_equal<>()) !=
        dimension.buckets.end()) {
      return wrong(thing, "the bounds of the buckets must rise");
    }
    return {};
  }

  Result<void> check_metric(const Metric& metric) const {
    const std::string thing = "metric." + metric.name;
    CIP_TRY(check_name(thing, metric.name));
    if (model_.find_dimension(metric.name) != nullptr) {
      return wrong(thing, fmt::format("'{}' is the name of a dimension too", metric.name));
    }
    if (!metric.expression.empty() || metric.is_derived()) return {};
    CIP_TRY_ASSIGN(const TableDef* owner, table(thing, metric.column.table));
    if (metric.column.column.empty()) {
      if (metric.aggregate == Aggregate::Count) return {};
      return wrong(thing, "only count can do without a column");
    }
    CIP_TRY_ASSIGN(const ColumnDef* source, column(thing, *owner, metric.column.column));
    return check_aggregate(thing, metric.aggregate, *source);
  }

  Result<void> check_aggregate(const std::string& thing, Aggregate aggregate,
                               const ColumnDef& source) const {
    const bool adds = aggregate == Aggregate::Sum || aggregate == Aggregate::Average;
    const bool compares = aggregate == Aggregate::Min || aggregate == Aggregate::Max;
    if (aggregate == Aggregate::Quantile && !is_number(source.type)) {
      return wrong(thing, fmt::format("medians and quantiles are for numbers, '{}' is a {}",
                                      source.name, name_of(source.type)));
    }
    if (adds && !is_number(source.type) && source.type != Type::Boolean) {
      return wrong(thing, fmt::format("sum and average are for numbers and booleans, '{}' is a {}",
                                      source.name, name_of(source.type)));
    }
    if (compares && !is_number(source.type) && !is_time(source.type)) {
      return wrong(thing, fmt::format("min and max are for numbers and times, '{}' is a {}",
                                      source.name, name_of(source.type)));
    }
    return {};
  }

  Result<void> check_expression(const Metric& metric) {
    std::vector<std::string> path;
    return walk(metric, path);
  }

  // Depth first; `path` holds the metrics on the way here, a metric that meets itself is a circle.
  Result<void> walk(const Metric& metric, std::vector<std::string>& path) {
    if (metric.expression.empty() || done_.contains(metric.name)) return {};
    const std::string thing = "metric." + metric.name;
    path.push_back(metric.name);
    auto expression = parse_expression(metric.expression);
    if (!expression) return wrong(thing, expression.error().message);
    for (const std::string& name : metrics_of(*expression)) {
      const Metric* next = model_.find_metric(name);
      if (next == nullptr) {
        return wrong(thing, unknown_name_message("metric", name, names_of(model_.metrics)));
      }
      if (std::ranges::find(path, name) != path.end()) {
        path.push_back(name);
        return wrong(thing, "metrics run in a circle: " + joined(path, " -> "));
      }
      if (next->is_derived()) {
        return wrong(thing, fmt::format("'{}' is derived from the groups of an answer and cannot "
                                        "be reckoned with",
                                        next->name));
      }
      CIP_TRY(check_operand(thing, *next));
      CIP_TRY(walk(*next, path));
    }
    path.pop_back();
    done_.insert(metric.name);
    return {};
  }

  Result<void> check_derived(const Metric& metric) const {
    if (!metric.is_derived()) return {};
    const std::string thing = "metric." + metric.name;
    const Metric* of = model_.find_metric(metric.of);
    if (of == nullptr) {
      return wrong(thing, unknown_name_message("metric", metric.of, names_of(model_.metrics)));
    }
    if (of->is_derived()) {
      return wrong(thing,
                   fmt::format("'{}' is derived itself, wanted a metric about rows", of->name));
    }
    const bool adds_up =
        metric.derivation == Derivation::RunningTotal || metric.derivation == Derivation::Share;
    if (adds_up && !of->is_additive) {
      return wrong(thing, fmt::format("'{}' is not additive: its parts are no shares of the whole "
                                      "and do not add up to it",
                                      of->name));
    }
    return check_operand(thing, *of);
  }

  Result<void> check_operand(const std::string& thing, const Metric& operand) const {
    const bool may_be_time =
        operand.expression.empty() && !operand.column.column.empty() &&
        (operand.aggregate == Aggregate::Min || operand.aggregate == Aggregate::Max);
    if (!may_be_time) return {};
    CIP_TRY_ASSIGN(const TableDef* owner, table(thing, operand.column.table));
    CIP_TRY_ASSIGN(const ColumnDef* source, column(thing, *owner, operand.column.column));
    if (!is_time(source->type)) return {};
    return wrong(thing, fmt::format("'{}' is a time and cannot be reckoned with", operand.name));
  }

  const Model& model_;
  const Places& places_;
  std::set<std::string> done_;
};

}  // namespace

Result<void> order_tables(Model& model, const Places& places) {
  std::vector<TableDef> ordered;
  std::set<std::string> placed;
  std::vector<TableDef> waiting = std::move(model.tables);
  const auto is_ready = [&placed, &waiting](const TableDef& table) {
    return std::ranges::all_of(table.columns, [&](const ColumnDef& column) {
      if (!column.references || placed.contains(*column.references)) return true;
      // A table that does not exist holds nobody up; check_model() names it.
      return std::ranges::none_of(
          waiting, [&column](const TableDef& other) { return other.name == *column.references; });
    });
  };
  while (!waiting.empty()) {
    const auto next = std::ranges::find_if(waiting, is_ready);
    if (next == waiting.end()) {
      const std::string thing = "table." + waiting.front().name;
      const auto place = places.find(thing);
      return fail(Errc::InvalidArgument,
                  fmt::format("{}: the references of these tables run in a circle: {}",
                              place == places.end() ? thing : place->second,
                              joined(names_of(waiting), ", ")));
    }
    placed.insert(next->name);
    ordered.push_back(std::move(*next));
    waiting.erase(next);
  }
  model.tables = std::move(ordered);
  return {};
}

Result<void> check_model(const Model& model, const Places& places) {
  return Checker(model, places).check();
}

}  // namespace cip::model
