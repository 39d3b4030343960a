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

  // The earliest time of each entity, joined to the table that has a row for each.
  std::string first_of(const model::ColumnRef& time, const model::ColumnRef& key) {
    const std::string name = fmt::format("first of {}.{}", time.table, time.column);
    const std::string owner = column(key);
    if (!aliases_.contains(name)) {
      const model::TableDef* fact = model_.find_table(time.table);
      const std::string alias = fmt::format("t{}", aliases_.size());
      from_ += fmt::format(
          " LEFT JOIN (SELECT {0} AS entity, MIN({1}) AS at FROM {2} GROUP BY {0}) AS {3} "
          "ON {3}.entity = {4}",
          sql::quoted(fact->entity), sql::quoted(time.column), sql::quoted(time.table), alias,
          owner);
      aliases_[name] = alias;
    }
    return aliases_.at(name) + ".at";
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
      for (const std::size_t measure : plan_.bases[at].measures) {
        if (!is_quantile(measure)) continue;
        steps.push_back(fmt::format("q{} AS MATERIALIZED ({})", measure, quantile_of(at, measure)));
      }
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
      const std::string value = cell(plan_.measures[measure], base, joins);
      columns.push_back(fmt::format("{} AS c{}", value, measure));
    }
    if (columns.empty()) columns.emplace_back("1");
    const std::string where = row_filter(base, joins);  // May join more tables.
    return fmt::format("SELECT {} FROM {} WHERE {}", all_of_list(columns), joins.from(), where);
  }

  // What a measure aggregates: null in rows that it does not look at.
  std::string cell(const Measure& measure, const Base& base, Joins& joins) {
    std::string value = plain_cell(measure, joins);
    if (measure.where.empty()) return value;
    const std::string holds = filter_on(measure.rows, plan_.measured, base, joins);
    return fmt::format("CASE WHEN {} THEN {} END", holds, value);
  }

  std::string plain_cell(const Measure& measure, Joins& joins) const {
    if (measure.column.column.empty()) return "1";
    const model::ColumnDef* column =
        model_.find_table(measure.column.table)->find(measure.column.column);
    const std::string name = joins.column(measure.column);
    const bool is_decimal = column->type == Type::Decimal;
    const std::string value = is_decimal ? dialect_.units(name, column->scale) : name;
    const char* const zero = column->type == Type::Number ? "0.0" : "0";
    return measure.is_null_zero ? fmt::format("COALESCE({}, {})", value, zero) : value;
  }

  std::string dimension(const model::Dimension& dimension, const Base& base, Joins& joins) {
    const auto source = source_of(model_, dimension, base.table);
    CIP_EXPECTS(source.has_value());
    if (!dimension.since.empty()) return periods_since(dimension, base, joins);
    const bool is_first = dimension.first.has_value();
    std::string column =
        is_first ? joins.first_of(*dimension.first, *source) : joins.column(*source);
    const model::ColumnRef& of = is_first ? *dimension.first : *source;
    if (dimension.grain || dimension.part) column = local(column, of, dimension.zone);
    if (is_first && !dimension.grain && !dimension.part) return column;
    if (!dimension.attribute.empty()) {
      return dialect_.attribute(column, bind("$.\"" + dimension.attribute + "\""));
    }
    if (dimension.grain) return dialect_.period(column, *dimension.grain);
    if (dimension.part == model::TimePart::Weekday) return dialect_.weekday(column);
    if (dimension.part == model::TimePart::HourOfDay) return dialect_.hour_of_day(column);
    const model::ColumnDef* def = model_.find_table(source->table)->find(source->column);
    const bool is_decimal = def->type == Type::Decimal;
    std::string value = is_decimal ? dialect_.units(column, def->scale) : column;
    if (dimension.buckets.empty()) return value;
    const std::string number = is_decimal ? dialect_.to_double(value, def->scale) : value;
    std::string bucket = fmt::format("CASE WHEN {} IS NULL THEN NULL", column);
    for (std::size_t at = 0; at < dimension.buckets.size(); ++at) {
      bucket += fmt::format(" WHEN {} < {} THEN {}", number, bind(dimension.buckets[at]), at);
    }
    return bucket + fmt::format(" ELSE {} END", dimension.buckets.size());
  }

  std::string periods_since(const model::Dimension& of, const Base& base, Joins& joins) {
    model::Dimension origin = *model_.find_dimension(of.since);
    if (origin.zone.empty()) origin.zone = of.zone;
    const model::ColumnRef source = *source_of(model_, of, base.table);
    const std::string time = local(joins.column(source), source, of.zone);
    return fmt::format("({} - {})", dialect_.period_number(time, *of.grain),
                       dialect_.period_number(dimension(origin, base, joins), *of.grain));
  }

  // Instants as the clocks of a zone show them; dates have none.
  [[nodiscard]] std::string local(const std::string& time, const model::ColumnRef& column,
                                  const std::string& zone) const {
    const model::ColumnDef* def = model_.find_table(column.table)->find(column.column);
    if (zone.empty() || def->type != Type::Datetime) return time;
    return dialect_.local(time, *find_zone(zone).value());
  }

  // Where a day begins, as the time column of a table keeps it.
  std::string bound_of(Days on, const model::ColumnDef& time) {
    if (plan_.zone.empty() || time.type == Type::Date) return bind(date_text(on));
    return bind(stored_instant(find_zone(plan_.zone).value()->start_of(on)));
  }

  std::string row_filter(const Base& base, Joins& joins) {
    std::vector<std::string> conditions;
    const model::TableDef* table = model_.find_table(base.table);
    if (!table->time.empty()) {
      const std::string time = joins.column({base.table, table->time});
      const model::ColumnDef& def = *table->find(table->time);
      if (plan_.from) conditions.push_back(time + " >= " + bound_of(*plan_.from, def));
      if (plan_.to) conditions.push_back(time + " < " + bound_of(*plan_.to, def));
    }
    if (!plan_.rows.is_everything()) {
      conditions.push_back(filter_on(plan_.rows, plan_.tested, base, joins));
    }
    return conditions.empty() ? "1 = 1" : joined(conditions, " AND ");
  }

  std::string filter_on(const BoundFilter& tree, const std::vector<PlannedDimension>& fields,
                        const Base& base, Joins& joins) {
    return filter(tree, false, [&, this](const BoundFilter& leaf, bool is_negated) {
      const PlannedDimension& tested = fields[leaf.field];
      const bool is_plain = tested.labels.empty();
      const BoundTest bound = is_plain ? leaf.test : on_places(leaf.test, tested.labels);
      // What nothing fulfils needs no dimension: its parameters would be bound to nothing.
      if (is_never(bound)) return std::string(bound.is_negated ? "(1 = 1)" : "(1 = 0)");
      return test(bound, dimension(tested.dimension, base, joins),
                  is_plain ? tested.field.type : Type::Integer, is_negated);
    });
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
      if (is_quantile(measure)) continue;
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
      case model::Aggregate::Quantile:
        break;
    }
    const model::ColumnDef* column =
        model_.find_table(measure.column.table)->find(measure.column.column);
    const int scale = column->type == Type::Decimal ? column->scale : 0;
    return fmt::format("{} / COUNT(c{})", dialect_.to_double(fmt::format("SUM(c{})", at), scale),
                       at);
  }

  [[nodiscard]] bool is_quantile(std::size_t measure) const {
    return plan_.measures[measure].aggregate == model::Aggregate::Quantile;
  }

  [[nodiscard]] bool has_quantiles() const {
    for (std::size_t at = 0; at < plan_.measures.size(); ++at) {
      if (is_quantile(at)) return true;
    }
    return false;
  }

  // The values of each group in order; the two nearest to (n - 1) * p, and what lies between them.
  std::string quantile_of(std::size_t base, std::size_t at) {
    const Measure& measure = plan_.measures[at];
    const model::ColumnDef* column =
        model_.find_table(measure.column.table)->find(measure.column.column);
    const std::string names = all_of_list(dimension_names());
    const std::string keys = names.empty() ? "" : names + ", ";
    const std::string partition = names.empty() ? "" : "PARTITION BY " + names;
    const std::string c = fmt::format("c{}", at);
    const std::string number =
        column->type == Type::Number
            ? c
            : dialect_.to_double(c, column->type == Type::Decimal ? column->scale : 0);
    const std::string ordered = fmt::format(
        "SELECT {0}{1} AS v, ROW_NUMBER() OVER ({2} ORDER BY {3}) - 1 AS i, "
        "(COUNT(*) OVER ({2}) - 1) * {4} AS place FROM r{5} WHERE {3} IS NOT NULL",
        keys, number, partition, c, bind(measure.quantile), base);
    const std::string place = "CAST(place AS INTEGER)";
    const std::string low = fmt::format("MAX(CASE WHEN i = {} THEN v END)", place);
    const std::string next = fmt::format("MAX(CASE WHEN i = {} + 1 THEN v END)", place);
    const std::string share = fmt::format("(MAX(place) - MAX({}))", place);
    // From the nearer end, as in memory; the last value has none after it.
    return fmt::format(
        "SELECT {0}COALESCE(CASE WHEN {1} < 0.5 THEN {2} + ({3} - {2}) * {1} "
        "ELSE {3} - ({3} - {2}) * (1 - {1}) END, {2}) AS m{4} FROM ({5}) AS o{6}",
        keys, share, low, next, at, ordered, names.empty() ? "" : " GROUP BY " + names);
  }

  // Each table adds its groups with null for the measures of the others; grouping again by the
  // dimensions joins them, null being the same as null.
  std::string join_groups() {
    std::vector<std::string> columns = dimension_names();
    const std::string keys = all_of_list(columns);
    if (plan_.bases.size() == 1 && !has_quantiles()) return "SELECT * FROM g0";
    std::vector<std::string> parts;
    for (std::size_t base = 0; base < plan_.bases.size(); ++base) {
      parts.push_back(fmt::format("SELECT {} FROM g{}", spread(base), base));
      for (const std::size_t measure : plan_.bases[base].measures) {
        if (!is_quantile(measure)) continue;
        parts.push_back(fmt::format("SELECT {} FROM q{}", only(measure), measure));
      }
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
      const bool is_own =
          plan_.measures[at].column.table == plan_.bases[base].table && !is_quantile(at);
      columns.push_back(fmt::format("{}m{}", is_own ? "" : "NULL AS ", at));
    }
    columns.emplace_back("n");
    return all_of_list(columns);
  }

  // The groups of one quantile, with null for all other measures and no rows of its own.
  [[nodiscard]] std::string only(std::size_t measure) const {
    std::vector<std::string> columns = dimension_names();
    for (std::size_t at = 0; at < plan_.measures.size(); ++at) {
      columns.push_back(fmt::format("{}m{}", at == measure ? "" : "NULL AS ", at));
    }
    columns.emplace_back("0 AS n");
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
    const std::string value = plain_formula(of);
    return of.is_null_zero ? fmt::format("COALESCE({}, 0.0)", value) : value;
  }

  std::string plain_formula(const Formula& of) {
    switch (of.kind) {
      case model::Expression::Kind::Number:
        return bind(of.number);
      case model::Expression::Kind::Metric: {
        const Measure& measure = plan_.measures[of.measure];
        std::string name = fmt::format("m{}", of.measure);
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
