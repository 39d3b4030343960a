#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <initializer_list>
#include <utility>

#include "base/text.h"
#include "model/model.h"
#include "model/model_check.h"
#include "model/toml_reader.h"

namespace cip::model {
namespace {

std::string label_of(std::string_view name) {
  std::string label(name);
  std::ranges::replace(label, '_', ' ');
  if (!label.empty()) {
    label.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(label.front())));
  }
  return label;
}

template <class T>
void put(std::vector<T>& things, T thing) {
  const auto same =
      std::ranges::find_if(things, [&thing](const T& other) { return other.name == thing.name; });
  if (same == things.end()) {
    things.push_back(std::move(thing));
  } else {
    *same = std::move(thing);
  }
}

constexpr std::array<std::pair<std::string_view, Aggregate>, 8> kAggregates = {{
    {"sum", Aggregate::Sum},
    {"count", Aggregate::Count},
    {"distinct", Aggregate::Distinct},
    {"average", Aggregate::Average},
    {"min", Aggregate::Min},
    {"max", Aggregate::Max},
    {"median", Aggregate::Quantile},
    {"quantile", Aggregate::Quantile},
}};

constexpr std::array<std::pair<std::string_view, Derivation>, 4> kDerivations = {{
    {"running", Derivation::RunningTotal},
    {"share", Derivation::Share},
    {"change", Derivation::Change},
    {"change_rate", Derivation::ChangeRate},
}};

class Reader : private TomlReader {
 public:
  Reader(std::string_view origin, Model model) : TomlReader(origin), model_(std::move(model)) {}

  Result<Model> read(const toml::table& root) {
    CIP_TRY(only(
        root, "key",
        {"name", "currency", "standalone", "extends", "table", "dimension", "metric", "rows"}));
    CIP_TRY_ASSIGN(model_.name, text_or(root, "name", model_.name));
    CIP_TRY_ASSIGN(model_.currency, text_or(root, "currency", model_.currency));
    CIP_TRY(each(root, "table", &Reader::read_table));
    CIP_TRY(each(root, "dimension", &Reader::read_dimension));
    CIP_TRY(each(root, "metric", &Reader::read_metric));
    CIP_TRY(each(root, "rows", &Reader::read_row_rule));
    place_firsts();
    CIP_TRY(order_tables(model_, places_));
    CIP_TRY(check_model(model_, places_));
    return std::move(model_);
  }

  [[nodiscard]] Result<std::string> extended(const toml::table& root) const {
    const toml::node* node = root.get("extends");
    if (node != nullptr && root["standalone"].value_or(false)) {
      return wrong(*node, "a standalone model extends no other");
    }
    return text_or(root, "extends", "");
  }

 private:
  using ReadOne = Result<void> (Reader::*)(const std::string& name, const toml::node& node);

  Result<void> each(const toml::table& root, std::string_view section, ReadOne read_one) {
    const toml::node* node = root.get(section);
    if (node == nullptr) return {};
    CIP_TRY_ASSIGN(const toml::table* table, as_table(*node, fmt::format("[{}]", section)));
    for (const Entry& entry : in_file_order(*table)) {
      places_[fmt::format("{}.{}", section, entry.name)] = place_of(*entry.node);
      CIP_TRY((this->*read_one)(entry.name, *entry.node));
    }
    return {};
  }

  Result<void> read_table(const std::string& name, const toml::node& node) {
    CIP_TRY_ASSIGN(const toml::table* keys, as_table(node, fmt::format("table '{}'", name)));
    CIP_TRY(only(*keys, "key of a table", {"label", "kind", "key", "time", "entity", "columns"}));
    TableDef def;
    if (const TableDef* before = model_.find_table(name)) def = *before;
    def.name = name;
    CIP_TRY_ASSIGN(def.label,
                   text_or(*keys, "label", def.label.empty() ? label_of(name) : def.label));
    CIP_TRY_ASSIGN(def.key, text_or(*keys, "key", def.key));
    CIP_TRY_ASSIGN(def.time, text_or(*keys, "time", def.time));
    CIP_TRY_ASSIGN(def.entity, text_or(*keys, "entity", def.entity));
    CIP_TRY(read_kind(*keys, def.kind));
    if (const toml::node* columns = keys->get("columns")) {
      CIP_TRY(read_columns(*columns, def));
    }
    put(model_.tables, std::move(def));
    return {};
  }

  Result<void> read_kind(const toml::table& keys, TableKind& kind) const {
    const toml::node* node = keys.get("kind");
    if (node == nullptr) return {};
    CIP_TRY_ASSIGN(const std::string name, text(*node, "kind"));
    if (name == "dimension") {
      kind = TableKind::Dimension;
    } else if (name == "fact") {
      kind = TableKind::Fact;
    } else if (name == "lookup") {
      kind = TableKind::Lookup;
    } else {
      return wrong(*node,
                   unknown_name_message("kind of table", name,
                                        std::vector<std::string>{"dimension", "fact", "lookup"}));
    }
    return {};
  }

  Result<void> read_columns(const toml::node& node, TableDef& def) {
    CIP_TRY_ASSIGN(const toml::table* columns,
                   as_table(node, fmt::format("the columns of '{}'", def.name)));
    for (const Entry& entry : in_file_order(*columns)) {
      places_[fmt::format("table.{}.columns.{}", def.name, entry.name)] = place_of(*entry.node);
      CIP_TRY_ASSIGN(ColumnDef column, read_column(entry.name, *entry.node));
      put(def.columns, std::move(column));
    }
    return {};
  }

  Result<ColumnDef> read_column(const std::string& name, const toml::node& node) const {
    CIP_TRY_ASSIGN(const toml::table* keys, as_table(node, fmt::format("column '{}'", name)));
    CIP_TRY(only(*keys, "key of a column",
                 {"type", "label", "unit", "scale", "required", "unique", "index", "pii", "min",
                  "max", "references", "default"}));
    ColumnDef column;
    column.name = name;
    CIP_TRY_ASSIGN(column.label, text_or(*keys, "label", label_of(name)));
    CIP_TRY_ASSIGN(column.unit, text_or(*keys, "unit", ""));
    CIP_TRY_ASSIGN(column.type, read_type(*keys, node));
    CIP_TRY_ASSIGN(column.scale, read_scale(*keys));
    CIP_TRY_ASSIGN(column.is_required, flag(*keys, "required", false));
    CIP_TRY_ASSIGN(column.is_unique, flag(*keys, "unique", false));
    CIP_TRY_ASSIGN(column.is_indexed, flag(*keys, "index", false));
    CIP_TRY_ASSIGN(column.is_personal, flag(*keys, "pii", false));
    CIP_TRY_ASSIGN(column.min, bound(*keys, "min"));
    CIP_TRY_ASSIGN(column.max, bound(*keys, "max"));
    CIP_TRY_ASSIGN(std::string parent, text_or(*keys, "references", ""));
    if (!parent.empty()) column.references = std::move(parent);
    CIP_TRY_ASSIGN(const std::string filler, text_or(*keys, "default", ""));
    if (filler.size() > 2 && filler.starts_with('{') && filler.ends_with('}')) {
      column.default_column = filler.substr(1, filler.size() - 2);
    } else if (!filler.empty()) {
      return wrong(*keys->get("default"),
                   "wanted another column of the table for 'default', as \"{transaction_id}\"");
    }
    return column;
  }

  Result<Type> read_type(const toml::table& keys, const toml::node& column) const {
    const toml::node* node = keys.get("type");
    if (node == nullptr) return wrong(column, "a column needs a type");
    CIP_TRY_ASSIGN(const std::string name, text(*node, "type"));
    if (const auto type = parse_type(name)) return *type;
    const std::vector<std::string> known = {"integer", "number",   "decimal", "text",
                                            "date",    "datetime", "boolean"};
    return wrong(*node, unknown_name_message("type", name, known));
  }

  Result<int> read_scale(const toml::table& keys) const {
    const toml::node* node = keys.get("scale");
    if (node == nullptr) return ColumnDef{}.scale;
    const auto scale = node->value_exact<std::int64_t>();
    if (scale && *scale >= 0 && *scale <= 9) return static_cast<int>(*scale);
    return wrong(*node, "wanted a whole number from 0 to 9 for 'scale'");
  }

  // The first time of each entity lies in the entity's table; what is wrong there is told later.
  void place_firsts() {
    for (Dimension& dimension : model_.dimensions) {
      if (!dimension.first) continue;
      const TableDef* fact = model_.find_table(dimension.first->table);
      const ColumnDef* entity = fact == nullptr ? nullptr : fact->find(fact->entity);
      if (entity == nullptr || !entity->references) continue;
      const TableDef* owner = model_.find_table(*entity->references);
      if (owner != nullptr) dimension.column = ColumnRef{owner->name, owner->key};
    }
  }

  // "customers.age" -> {customers, age}; "customers.extra.Plan" -> {customers, extra} and Plan.
  Result<ColumnRef> read_path(const toml::node& node, std::string_view key,
                              std::string* attribute) const {
    CIP_TRY_ASSIGN(const std::string path, text(node, key));
    const std::size_t dot = path.find('.');
    ColumnRef ref{path.substr(0, dot), dot == std::string::npos ? "" : path.substr(dot + 1)};
    constexpr std::string_view extra = "extra.";
    if (attribute != nullptr && ref.column.starts_with(extra)) {
      *attribute = ref.column.substr(extra.size());
      ref.column = "extra";
    }
    return ref;
  }

  Result<void> read_dimension(const std::string& name, const toml::node& node) {
    Dimension dimension;
    dimension.name = name;
    dimension.label = label_of(name);
    if (node.is_string()) {
      CIP_TRY_ASSIGN(dimension.column, read_path(node, name, &dimension.attribute));
      put(model_.dimensions, std::move(dimension));
      return {};
    }
    CIP_TRY_ASSIGN(const toml::table* keys, as_table(node, fmt::format("dimension '{}'", name)));
    CIP_TRY(only(*keys, "key of a dimension",
                 {"column", "label", "description", "grain", "part", "buckets", "first", "since",
                  "synonyms", "drill"}));
    CIP_TRY_ASSIGN(dimension.label, text_or(*keys, "label", dimension.label));
    CIP_TRY_ASSIGN(dimension.description, text_or(*keys, "description", ""));
    if (const toml::node* column = keys->get("column")) {
      CIP_TRY_ASSIGN(dimension.column, read_path(*column, "column", &dimension.attribute));
    }
    if (const toml::node* first = keys->get("first")) {
      if (dimension.column) return wrong(*first, "a dimension has a column or a first, not both");
      CIP_TRY_ASSIGN(dimension.first, read_path(*first, "first", nullptr));
    }
    CIP_TRY_ASSIGN(dimension.since, text_or(*keys, "since", ""));
    CIP_TRY(read_period(*keys, dimension));
    CIP_TRY(read_buckets(*keys, dimension));
    CIP_TRY_ASSIGN(dimension.synonyms, texts(*keys, "synonyms"));
    CIP_TRY_ASSIGN(dimension.drill, texts(*keys, "drill"));
    put(model_.dimensions, std::move(dimension));
    return {};
  }

  Result<void> read_period(const toml::table& keys, Dimension& dimension) const {
    const toml::node* grain = keys.get("grain");
    const toml::node* part = keys.get("part");
    if (grain != nullptr && part != nullptr) {
      return wrong(*part, "a dimension has a grain or a part, not both");
    }
    if (grain != nullptr) {
      CIP_TRY_ASSIGN(const std::string name, text(*grain, "grain"));
      dimension.grain = parse_grain(name);
      const std::vector<std::string> known = {"hour", "day", "week", "month", "quarter", "year"};
      if (!dimension.grain) return wrong(*grain, unknown_name_message("grain", name, known));
    }
    if (part == nullptr) return {};
    CIP_TRY_ASSIGN(const std::string name, text(*part, "part"));
    if (name == "weekday") {
      dimension.part = TimePart::Weekday;
    } else if (name == "hour_of_day") {
      dimension.part = TimePart::HourOfDay;
    } else {
      const std::vector<std::string> known = {"weekday", "hour_of_day"};
      return wrong(*part, unknown_name_message("part of a time", name, known));
    }
    return {};
  }

  Result<void> read_buckets(const toml::table& keys, Dimension& dimension) const {
    const toml::node* node = keys.get("buckets");
    if (node == nullptr) return {};
    const toml::array* array = node->as_array();
    if (array == nullptr || array->empty()) {
      return wrong(*node, "wanted a list of numbers for 'buckets'");
    }
    for (const toml::node& item : *array) {
      CIP_TRY_ASSIGN(const double value, number(item, "buckets"));
      dimension.buckets.push_back(value);
    }
    return {};
  }

  Result<void> read_metric(const std::string& name, const toml::node& node) {
    CIP_TRY_ASSIGN(const toml::table* keys, as_table(node, fmt::format("metric '{}'", name)));
    CIP_TRY(only(*keys, "key of a metric",
                 {"sum",    "count",    "distinct",    "average", "min",     "max",
                  "median", "quantile", "at",          "where",   "expr",    "running",
                  "share",  "change",   "change_rate", "against", "label",   "description",
                  "unit",   "good",     "additive",    "nulls",   "synonyms"}));
    Metric metric;
    metric.name = name;
    CIP_TRY(read_aggregate(*keys, node, metric));
    CIP_TRY(read_quantile(*keys, node, metric));
    CIP_TRY(read_against(*keys, metric));
    CIP_TRY(read_nulls(*keys, metric));
    CIP_TRY_ASSIGN(metric.where, text_or(*keys, "where", ""));
    const bool is_plain = metric.expression.empty() && !metric.is_derived();
    if (!metric.where.empty() && !is_plain) {
      return wrong(*keys->get("where"), "where is for sums, counts and the like: put it on those");
    }
    const bool adds_up =
        is_plain && (metric.aggregate == Aggregate::Sum || metric.aggregate == Aggregate::Count);
    CIP_TRY_ASSIGN(metric.is_additive, flag(*keys, "additive", adds_up));
    CIP_TRY_ASSIGN(metric.label, text_or(*keys, "label", label_of(name)));
    CIP_TRY_ASSIGN(metric.description, text_or(*keys, "description", ""));
    CIP_TRY_ASSIGN(metric.unit, text_or(*keys, "unit", ""));
    CIP_TRY_ASSIGN(metric.synonyms, texts(*keys, "synonyms"));
    CIP_TRY(read_good(*keys, metric));
    put(model_.metrics, std::move(metric));
    return {};
  }

  Result<void> read_aggregate(const toml::table& keys, const toml::node& node,
                              Metric& metric) const {
    int num_ways = 0;
    for (const auto& [key, aggregate] : kAggregates) {
      const toml::node* path = keys.get(key);
      if (path == nullptr) continue;
      ++num_ways;
      metric.aggregate = aggregate;
      CIP_TRY_ASSIGN(metric.column, read_path(*path, key, nullptr));
    }
    if (const toml::node* expression = keys.get("expr")) {
      ++num_ways;
      CIP_TRY_ASSIGN(metric.expression, text(*expression, "expr"));
      if (trimmed(metric.expression).empty()) return wrong(*expression, "the expression is empty");
    }
    for (const auto& [key, derivation] : kDerivations) {
      const toml::node* of = keys.get(key);
      if (of == nullptr) continue;
      ++num_ways;
      metric.derivation = derivation;
      CIP_TRY_ASSIGN(metric.of, text(*of, key));
    }
    if (num_ways == 1) return {};
    return wrong(node, fmt::format("metric '{}' needs exactly one of sum, count, distinct, "
                                   "average, min, max, median, quantile, expr, running, share, "
                                   "change, change_rate; it has {}",
                                   metric.name, num_ways));
  }

  Result<void> read_quantile(const toml::table& keys, const toml::node& node,
                             Metric& metric) const {
    const toml::node* at = keys.get("at");
    const bool is_quantile = keys.get("quantile") != nullptr;
    if (at == nullptr && !is_quantile) return {};
    if (at == nullptr) return wrong(node, "a quantile needs 'at', such as at = 0.9");
    if (!is_quantile) return wrong(*at, "'at' is for a quantile");
    CIP_TRY_ASSIGN(metric.quantile, number(*at, "at"));
    if (metric.quantile >= 0 && metric.quantile <= 1) return {};
    return wrong(*at,
                 fmt::format("wanted a number from 0 to 1 for 'at', found {}", metric.quantile));
  }

  Result<void> read_nulls(const toml::table& keys, Metric& metric) const {
    const toml::node* node = keys.get("nulls");
    if (node == nullptr) return {};
    CIP_TRY_ASSIGN(const std::string name, text(*node, "nulls"));
    const std::vector<std::string> known = {"skip", "zero"};
    if (std::ranges::find(known, name) == known.end()) {
      return wrong(*node, unknown_name_message("way with nulls", name, known));
    }
    const bool adds = metric.aggregate == Aggregate::Sum || metric.aggregate == Aggregate::Average;
    if (metric.is_derived() || (metric.expression.empty() && !adds)) {
      return wrong(*node, "'nulls' is for a sum, an average or an expr");
    }
    metric.is_null_zero = name == "zero";
    return {};
  }

  Result<void> read_against(const toml::table& keys, Metric& metric) const {
    const toml::node* node = keys.get("against");
    if (node == nullptr) return {};
    if (metric.derivation != Derivation::Change && metric.derivation != Derivation::ChangeRate) {
      return wrong(*node, "'against' is for a change or a change_rate");
    }
    CIP_TRY_ASSIGN(const std::string name, text(*node, "against"));
    if (name == "previous_year") {
      metric.against = Against::PreviousYear;
    } else if (name != "previous_period") {
      const std::vector<std::string> known = {"previous_period", "previous_year"};
      return wrong(*node, unknown_name_message("period to compare with", name, known));
    }
    return {};
  }

  Result<void> read_row_rule(const std::string& name, const toml::node& node) {
    CIP_TRY_ASSIGN(const toml::table* keys, as_table(node, fmt::format("rule '{}'", name)));
    CIP_TRY(only(*keys, "key of a rule about rows", {"roles", "where"}));
    RowRule rule;
    rule.name = name;
    CIP_TRY_ASSIGN(rule.roles, texts(*keys, "roles"));
    CIP_TRY_ASSIGN(rule.where, text_or(*keys, "where", ""));
    if (trimmed(rule.where).empty()) return wrong(node, "a rule about rows needs a 'where'");
    put(model_.row_rules, std::move(rule));
    return {};
  }

  Result<void> read_good(const toml::table& keys, Metric& metric) const {
    const toml::node* node = keys.get("good");
    if (node == nullptr) return {};
    CIP_TRY_ASSIGN(const std::string name, text(*node, "good"));
    if (name == "up") {
      metric.good = Good::Up;
    } else if (name == "down") {
      metric.good = Good::Down;
    } else if (name != "none") {
      const std::vector<std::string> known = {"up", "down", "none"};
      return wrong(*node, unknown_name_message("value of 'good'", name, known));
    }
    return {};
  }

  Model model_;
  Places places_;
};

template <class T, class Read>
Result<T> with_toml(std::string_view toml, std::string_view origin, Read read) {
  try {
    return read(toml::parse(toml, origin));
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    return fail(Errc::InvalidArgument,
                fmt::format("{}:{}:{}: {}", origin, at.line, at.column, error.description()));
  }
}

}  // namespace

Result<Model> parse_model(std::string_view toml, std::string_view origin, const Model* base) {
  return with_toml<Model>(toml, origin, [&](const toml::table& root) -> Result<Model> {
    const bool is_standalone = root["standalone"].value_or(false);
    const bool extends = base != nullptr && !is_standalone;
    return Reader(origin, extends ? *base : Model{}).read(root);
  });
}

Result<std::string> extended_by(std::string_view toml, std::string_view origin) {
  return with_toml<std::string>(toml, origin, [&](const toml::table& root) -> Result<std::string> {
    return Reader(origin, Model{}).extended(root);
  });
}

}  // namespace cip::model
