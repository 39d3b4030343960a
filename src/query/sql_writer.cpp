#include "query/sql_writer.h"

#include <map>

#include "base/text.h"
#include "query/sqlite_dialect.h"

namespace cip::query {
namespace {

std::string all_of_list(const std::vector<std::string>& parts) { return joined(parts, ", "); }

// A bound value as tables keep it.
Value stored(const Value& value, Type type) {
  const auto* whole = std::get_if<std::int64_t>(&value);
  if (whole == nullptr) return value;
  if (type == Type::Date) return date_text(static_cast<Days>(*whole));
  if (type == Type::Datetime) return stored_instant(*whole);
  return value;
}

// The tables of one base: itself as t0, and the parents that were needed so far.
class Joins {
 public:
  Joins(const model::Model& model, std::string base) : model_(model), base_(std::move(base)) {
    from_ = sql::quoted(base_) + " AS t0";
    aliases_[base_] = "t0";
  }

  std::string column(const model::ColumnRef& ref) {
    return alias_of(ref.table) + "." + sql::quoted(ref.column);
  }

  [[nodiscard]] const std::string& from() const noexcept { return from_; }

 private:
  std::string alias_of(const std::string& table) {
    const auto path = path_between(model_, base_, table);
    CIP_EXPECTS(path.has_value());
    for (const Step& step : *path) {
      if (aliases_.contains(step.parent)) continue;
      const std::string alias = fmt::format("t{}", aliases_.size());
      const model::TableDef* parent = model_.find_table(step.parent);
      from_ += fmt::format(" LEFT JOIN {} AS {} ON {}.{} = {}.{}", sql::quoted(step.parent), alias,
                           alias, sql::quoted(parent->key), aliases_.at(step.table),
                           sql::quoted(step.column));
      aliases_[step.parent] = alias;
    }
    return aliases_.at(table);
  }

  const model::Model& model_;
  std::string base_;
  std::string from_;
  std::map<std::string, std::string> aliases_;
};

class Writer {
 public:
  Writer(const Plan& plan, const model::Model& model, const Dialect& dialect)
      : plan_(plan), model_(model), dialect_(dialect) {}

  sql::Statement write() {
    std::vector<std::string> steps;
    for (std::size_t at = 0; at < plan_.bases.size(); ++at) {
      steps.push_back(fmt::format("r{} AS ({})", at, rows_of(plan_.bases[at])));
      steps.push_back(fmt::format("g{} AS MATERIALIZED ({})", at, groups_of(at)));
    }
    steps.push_back(fmt::format("joined AS MATERIALIZED ({})", join_groups()));
    steps.push_back(fmt::format("reckoned AS ({})", reckon_metrics()));
    steps.push_back(fmt::format(
        "kept AS MATERIALIZED (SELECT * FROM reckoned WHERE {})",
        filter(plan_.groups, false, [this](const BoundFilter& leaf, bool is_negated) {
          const Field& field = plan_.metrics[leaf.field].field;
          return test(leaf.test, fmt::format("x{}", leaf.field), field.type, is_negated);
        })));
    steps.push_back(fmt::format("page AS (SELECT *, 1 AS here FROM kept{}{})", order(), range()));
    std::vector<std::string> columns = {"(SELECT COUNT(*) FROM kept)",
                                        "(SELECT COALESCE(SUM(n), 0) FROM joined)", "here"};
    for (const std::string& name : dimension_names()) columns.push_back(name);
    for (std::size_t at = 0; at < plan_.num_shown; ++at) columns.push_back(fmt::format("x{}", at));
    statement_.sql = fmt::format("WITH {} SELECT {} FROM (SELECT 1) LEFT JOIN page ON 1 = 1{}",
                                 joined(steps, ",\n"), all_of_list(columns), order());
    return std::move(statement_);
  }

 private:
  std::string bind(const Value& value) {
    statement_.params.push_back(value);
    return dialect_.placeholder(statement_.params.size());
  }

  [[nodiscard]] std::vector<std::string> dimension_names() const {
    std::vector<std::string> names;
    for (std::size_t at = 0; at < plan_.by.size(); ++at) names.push_back(fmt::format("d{}", at));
    return names;
  }

  // Rows: dimensions d0.., and what measures aggregate, c0..

  std::string rows_of(const Base& base) {
    Joins joins(model_, base.table);
    std::vector<std::string> columns;
    for (std::size_t at = 0; at < plan_.by.size(); ++at) {
      columns.push_back(
          fmt::format("{} AS d{}", dimension(plan_.by[at].dimension, base, joins), at));
    }
    for (const std::size_t measure : base.measures) {
      columns.push_back(fmt::format("{} AS c{}", cell(plan_.measures[measure], joins), measure));
    }
    if (columns.empty()) columns.emplace_back("1");
    const std::string where = row_filter(base, joins);  // May join more tables.
    return fmt::format("SELECT {} FROM {} WHERE {}", all_of_list(columns), joins.from(), where);
  }

  std::string cell(const Measure& measure, Joins& joins) const {
    if (measure.column.column.empty()) return "1";
    const model::ColumnDef* column =
        model_.find_table(measure.column.table)->find(measure.column.column);
    const std::string name = joins.column(measure.column);
    return column->type == Type::Decimal ? dialect_.units(name, column->scale) : name;
  }

  std::string dimension(const model::Dimension& dimension, const Base& base, Joins& joins) {
    const auto source = source_of(model_, dimension, base.table);
    CIP_EXPECTS(source.has_value());
    const std::string column = joins.column(*source);
    if (!dimension.attribute.empty()) {
      return dialect_.attribute(column, bind("$.\"" + dimension.attribute + "\""));
    }
    if (dimension.grain) return dialect_.period(column, *dimension.grain);
    if (dimension.part == model::TimePart::Weekday) return dialect_.weekday(column);
    if (dimension.part == model::TimePart::HourOfDay) return dialect_.hour_of_day(column);
    const model::ColumnDef* def = model_.find_table(source->table)->find(source->column);
    const bool is_decimal = def->type == Type::Decimal;
    const std::string value = is_decimal ? dialect_.units(column, def->scale) : column;
    if (dimension.buckets.empty()) return value;
    const std::string number = is_decimal ? dialect_.to_double(value, def->scale) : value;
    std::string bucket = fmt::format("CASE WHEN {} IS NULL THEN NULL", column);
    for (std::size_t at = 0; at < dimension.buckets.size(); ++at) {
      bucket += fmt::format(" WHEN {} < {} THEN {}", number, bind(dimension.buckets[at]), at);
    }
    return bucket + fmt::format(" ELSE {} END", dimension.buckets.size());
  }

  std::string row_filter(const Base& base, Joins& joins) {
    std::vector<std::string> conditions;
    const model::TableDef* table = model_.find_table(base.table);
    if (!table->time.empty()) {
      const std::string time = joins.column({base.table, table->time});
      if (plan_.from) conditions.push_back(time + " >= " + bind(date_text(*plan_.from)));
      if (plan_.to) conditions.push_back(time + " < " + bind(date_text(*plan_.to)));
    }
    if (!plan_.rows.is_everything()) {
      conditions.push_back(
          filter(plan_.rows, false, [&, this](const BoundFilter& leaf, bool is_negated) {
            const PlannedDimension& tested = plan_.tested[leaf.field];
            const bool is_plain = tested.labels.empty();
            const BoundTest bound = is_plain ? leaf.test : on_places(leaf.test, tested.labels);
            // What nothing fulfils needs no dimension: its parameters would be bound to nothing.
            if (is_never(bound)) return std::string(bound.is_negated ? "(1 = 1)" : "(1 = 0)");
            return test(bound, dimension(tested.dimension, base, joins),
                        is_plain ? tested.field.type : Type::Integer, is_negated);
          }));
    }
    return conditions.empty() ? "1 = 1" : joined(conditions, " AND ");
  }

  // Filters. SQL knows true, false and unknown, queries only the first two; where a condition
  // stands below a negation, unknown has to be turned into false.

  template <class Leaf>
  std::string filter(const BoundFilter& tree, bool is_negated, Leaf leaf) {
    if (tree.kind == Filter::Kind::Test) return leaf(tree, is_negated);
    if (tree.kind == Filter::Kind::Not) {
      return fmt::format("NOT ({})", filter(tree.parts.front(), true, leaf));
    }
    const bool is_and = tree.kind == Filter::Kind::And;
    if (tree.parts.empty()) return is_and ? "1 = 1" : "1 = 0";
    std::vector<std::string> parts;
    for (const BoundFilter& part : tree.parts) parts.push_back(filter(part, is_negated, leaf));
    return "(" + joined(parts, is_and ? " AND " : " OR ") + ")";
  }

  static bool is_never(const BoundTest& bound) {
    return bound.kind == BoundTest::Kind::In && bound.values.empty() && !bound.takes_null;
  }

  std::string test(const BoundTest& bound, const std::string& value, Type type, bool is_negated) {
    std::string holds = holding(bound, value, type);
    const bool may_be_unknown = bound.kind != BoundTest::Kind::Null && !bound.takes_null;
    if (may_be_unknown && (bound.is_negated || is_negated)) {
      holds = fmt::format("COALESCE({}, 1 = 0)", holds);
    }
    return bound.is_negated ? fmt::format("NOT ({})", holds) : fmt::format("({})", holds);
  }

  std::string holding(const BoundTest& bound, const std::string& value, Type type) {
    switch (bound.kind) {
      case BoundTest::Kind::Null:
        return value + " IS NULL";
      case BoundTest::Kind::Contains:
        return dialect_.contains(value, bind(bound.values.front()));
      case BoundTest::Kind::Range: {
        std::vector<std::string> bounds;
        if (bound.lower) {
          bounds.push_back(fmt::format("{} {} {}", value, bound.is_lower_open ? ">" : ">=",
                                       bind(stored(*bound.lower, type))));
        }
        if (bound.upper) {
          bounds.push_back(fmt::format("{} {} {}", value, bound.is_upper_open ? "<" : "<=",
                                       bind(stored(*bound.upper, type))));
        }
        return joined(bounds, " AND ");
      }
      case BoundTest::Kind::In:
        break;
    }
    std::vector<std::string> listed;
    for (const Value& each : bound.values) listed.push_back(bind(stored(each, type)));
    std::string in = listed.empty() ? "1 = 0" : value + " IN (" + all_of_list(listed) + ")";
    return bound.takes_null ? fmt::format("{} IS NULL OR {}", value, in) : in;
  }

  // Groups: dimensions, measures m0.., and the number of rows, n.

  std::string groups_of(std::size_t base) {
    std::vector<std::string> columns = dimension_names();
    const std::string keys = all_of_list(columns);
    for (const std::size_t measure : plan_.bases[base].measures) {
      columns.push_back(fmt::format("{} AS m{}", aggregate(measure), measure));
    }
    columns.emplace_back("COUNT(*) AS n");
    const std::string grouping = keys.empty() ? "" : " GROUP BY " + keys;
    return fmt::format("SELECT {} FROM r{}{}", all_of_list(columns), base, grouping);
  }

  [[nodiscard]] std::string aggregate(std::size_t at) const {
    const Measure& measure = plan_.measures[at];
    switch (measure.aggregate) {
      case model::Aggregate::Sum:
        return fmt::format("SUM(c{})", at);
      case model::Aggregate::Count:
        return fmt::format("COUNT(c{})", at);
      case model::Aggregate::Distinct:
        return fmt::format("COUNT(DISTINCT c{})", at);
      case model::Aggregate::Min:
        return fmt::format("MIN(c{})", at);
      case model::Aggregate::Max:
        return fmt::format("MAX(c{})", at);
      case model::Aggregate::Average:
        break;
    }
    const model::ColumnDef* column =
        model_.find_table(measure.column.table)->find(measure.column.column);
    const int scale = column->type == Type::Decimal ? column->scale : 0;
    return fmt::format("{} / COUNT(c{})", dialect_.to_double(fmt::format("SUM(c{})", at), scale),
                       at);
  }

  // Each table adds its groups with null for the measures of the others; grouping again by the
  // dimensions joins them, null being the same as null.
  std::string join_groups() {
    std::vector<std::string> columns = dimension_names();
    const std::string keys = all_of_list(columns);
    if (plan_.bases.size() == 1) return "SELECT * FROM g0";
    std::vector<std::string> parts;
    for (std::size_t base = 0; base < plan_.bases.size(); ++base) {
      parts.push_back(fmt::format("SELECT {} FROM g{}", spread(base), base));
    }
    for (std::size_t at = 0; at < plan_.measures.size(); ++at) {
      const model::Aggregate aggregate = plan_.measures[at].aggregate;
      const bool is_count =
          aggregate == model::Aggregate::Count || aggregate == model::Aggregate::Distinct;
      const std::string most = fmt::format("MAX(m{})", at);
      columns.push_back(
          fmt::format("{} AS m{}", is_count ? "COALESCE(" + most + ", 0)" : most, at));
    }
    columns.emplace_back("SUM(n) AS n");
    const std::string grouping = keys.empty() ? "" : " GROUP BY " + keys;
    return fmt::format("SELECT {} FROM ({}) AS parts{}", all_of_list(columns),
                       joined(parts, " UNION ALL "), grouping);
  }

  [[nodiscard]] std::string spread(std::size_t base) const {
    std::vector<std::string> columns = dimension_names();
    for (std::size_t at = 0; at < plan_.measures.size(); ++at) {
      const bool is_own = plan_.measures[at].column.table == plan_.bases[base].table;
      columns.push_back(fmt::format("{}m{}", is_own ? "" : "NULL AS ", at));
    }
    columns.emplace_back("n");
    return all_of_list(columns);
  }

  // Metrics x0..

  std::string reckon_metrics() {
    std::vector<std::string> columns = dimension_names();
    for (std::size_t at = 0; at < plan_.metrics.size(); ++at) {
      const PlannedMetric& metric = plan_.metrics[at];
      const std::string value = metric.is_measure() ? fmt::format("m{}", metric.formula.measure)
                                                    : formula(metric.formula);
      columns.push_back(fmt::format("{} AS x{}", value, at));
    }
    columns.emplace_back("n");
    return fmt::format("SELECT {} FROM joined", all_of_list(columns));
  }

  std::string formula(const Formula& of) {
    switch (of.kind) {
      case model::Expression::Kind::Number:
        return bind(of.number);
      case model::Expression::Kind::Metric: {
        const Measure& measure = plan_.measures[of.measure];
        const std::string name = fmt::format("m{}", of.measure);
        if (measure.type == Type::Number) return name;
        return dialect_.to_double(name, measure.type == Type::Decimal ? measure.scale : 0);
      }
      case model::Expression::Kind::Negate:
        return fmt::format("(-{})", formula(of.parts.front()));
      case model::Expression::Kind::Add:
      case model::Expression::Kind::Subtract:
      case model::Expression::Kind::Multiply:
      case model::Expression::Kind::Divide:
        break;
    }
    const std::string left = formula(of.parts.front());
    const std::string right = formula(of.parts.back());
    if (of.kind == model::Expression::Kind::Add) return fmt::format("({} + {})", left, right);
    if (of.kind == model::Expression::Kind::Subtract) return fmt::format("({} - {})", left, right);
    if (of.kind == model::Expression::Kind::Multiply) return fmt::format("({} * {})", left, right);
    return fmt::format("({} / NULLIF({}, 0.0))", left, right);
  }

  // Page.

  [[nodiscard]] std::string order() const {
    std::vector<std::string> keys;
    const auto add = [&keys](const std::string& name, bool is_descending) {
      keys.push_back(name + " IS NULL");
      keys.push_back(is_descending ? name + " DESC" : name);
    };
    for (const PlannedSort& key : plan_.sort) {
      const bool is_dimension = key.column < plan_.by.size();
      const std::size_t place = is_dimension ? key.column : key.column - plan_.by.size();
      add(fmt::format("{}{}", is_dimension ? 'd' : 'x', place), key.is_descending);
    }
    for (const std::string& name : dimension_names()) add(name, false);
    return keys.empty() ? "" : " ORDER BY " + all_of_list(keys);
  }

  std::string range() {
    if (!plan_.limit && plan_.offset == 0) return "";
    // -1 is no limit; an offset cannot stand without one.
    const std::string limit = bind(plan_.limit.value_or(-1));
    return fmt::format(" LIMIT {} OFFSET {}", limit, bind(plan_.offset));
  }

  const Plan& plan_;
  const model::Model& model_;
  const Dialect& dialect_;
  sql::Statement statement_;
};

}  // namespace

sql::Statement write_sql(const Plan& plan, const model::Model& model, const Dialect& dialect) {
  return Writer(plan, model, dialect).write();
}

}  // namespace cip::query
