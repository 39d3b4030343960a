#include "query/plan.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <map>
#include <set>

#include "base/json.h"
#include "base/number.h"
#include "base/text.h"
#include "query/filter_text.h"
#include "query/zone.h"

namespace cip::query {
namespace {

constexpr std::size_t kMaxDimensions = 16;

// What a condition decides on: the rows, the groups, or the rows that one measure looks at.
enum class Side { Rows, Groups, Measure };

class Planner {
 public:
  Planner(const Query& query, const model::Model& model) : query_(query), model_(model) {}

  Result<Plan> plan() {
    CIP_TRY(check_shape());
    CIP_TRY(plan_dimensions());
    CIP_TRY(plan_metrics());
    CIP_TRY(plan_filter());
    CIP_TRY(plan_bases());
    CIP_TRY(plan_sort());
    plan_.zone = query_.zone;
    if (!query_.where.is_everything()) {
      Query only;
      only.where = query_.where;
      plan_.rows_text = to_text(to_json(only));
    }
    plan_.from = query_.from;
    plan_.to = query_.to;
    plan_.limit = query_.limit;
    plan_.offset = query_.offset;
    note();
    return std::move(plan_);
  }

 private:
  Result<void> check_shape() const {
    if (query_.metrics.empty() && query_.by.empty()) {
      return fail(Errc::InvalidArgument, "a query needs at least one metric or dimension");
    }
    if (query_.by.size() > kMaxDimensions) {
      return fail(Errc::LimitExceeded, fmt::format("a query may have {} dimensions, found {}",
                                                   kMaxDimensions, query_.by.size()));
    }
    std::set<std::string> seen;
    for (const auto* names : {&query_.by, &query_.metrics}) {
      for (const std::string& name : *names) {
        if (seen.insert(name).second) continue;
        return fail(Errc::InvalidArgument, fmt::format("'{}' is asked for twice", name));
      }
    }
    if (query_.from && query_.to && *query_.from >= *query_.to) {
      return fail(Errc::InvalidArgument,
                  fmt::format("the range from {} to {} (not included) holds no day",
                              date_text(*query_.from), date_text(*query_.to)));
    }
    if (!query_.zone.empty()) CIP_TRY(find_zone(query_.zone));
    const bool is_negative = query_.offset < 0 || query_.limit.value_or(0) < 0;
    if (is_negative) return fail(Errc::InvalidArgument, "limit and offset start from 0");
    return {};
  }

  Result<PlannedDimension> planned(const std::string& name) const {
    if (model_.find_metric(name) != nullptr) {
      return fail(Errc::InvalidArgument, fmt::format("'{}' is a metric, not a dimension", name));
    }
    PlannedDimension made;
    CIP_TRY_ASSIGN(made.dimension, resolve_dimension(model_, name));
    CIP_TRY_ASSIGN(made.field, describe(model_, name));
    made.labels = labels_of(made.dimension);
    if (made.dimension.zone.empty()) made.dimension.zone = query_.zone;
    return made;
  }

  Result<void> plan_dimensions() {
    for (const std::string& name : query_.by) {
      CIP_TRY_ASSIGN(PlannedDimension made, planned(name));
      plan_.by.push_back(std::move(made));
    }
    return {};
  }

  Result<void> plan_metrics() {
    for (const std::string& name : query_.metrics) {
      if (model_.find_metric(name) == nullptr && model_.find_dimension(name) != nullptr) {
        return fail(Errc::InvalidArgument, fmt::format("'{}' is a dimension, not a metric", name));
      }
      CIP_TRY(add_metric(name));
    }
    plan_.num_shown = plan_.metrics.size();
    return {};
  }

  Result<std::size_t> add_metric(const std::string& name) {
    for (std::size_t at = 0; at < plan_.metrics.size(); ++at) {
      if (plan_.metrics[at].field.name == name) return at;
    }
    CIP_TRY_ASSIGN(const model::Metric* metric, model_.metric(name));
    if (metric->is_derived()) {
      return fail(Errc::InvalidArgument,
                  fmt::format("'{}' is made from the groups of an answer: it can be shown and "
                              "sorted by, not filtered by",
                              name));
    }
    PlannedMetric made;
    CIP_TRY_ASSIGN(made.field, describe(model_, name));
    CIP_TRY_ASSIGN(made.formula, formula_of(*metric));
    plan_.metrics.push_back(std::move(made));
    return plan_.metrics.size() - 1;
  }

  // The model has checked that metrics do not run in a circle.
  Result<Formula> formula_of(const model::Metric& metric) {
    if (metric.expression.empty()) {
      Formula leaf;
      leaf.kind = model::Expression::Kind::Metric;
      CIP_TRY_ASSIGN(leaf.measure, add_measure(metric));
      return leaf;
    }
    CIP_TRY_ASSIGN(const model::Expression expression, model::parse_expression(metric.expression));
    return formula_of(expression, metric.is_null_zero);
  }

  Result<Formula> formula_of(const model::Expression& expression, bool is_null_zero) {
    if (expression.kind == model::Expression::Kind::Metric) {
      CIP_TRY_ASSIGN(const model::Metric* metric, model_.metric(expression.metric));
      CIP_TRY_ASSIGN(Formula operand, formula_of(*metric));
      operand.is_null_zero = operand.is_null_zero || is_null_zero;
      return operand;
    }
    Formula made;
    made.kind = expression.kind;
    made.number = expression.number;
    for (const model::Expression& part : expression.parts) {
      CIP_TRY_ASSIGN(Formula inner, formula_of(part, is_null_zero));
      made.parts.push_back(std::move(inner));
    }
    return made;
  }

  Result<std::size_t> add_measure(const model::Metric& metric) {
    for (std::size_t at = 0; at < plan_.measures.size(); ++at) {
      const Measure& other = plan_.measures[at];
      const bool is_same = other.aggregate == metric.aggregate && other.column == metric.column &&
                           other.quantile == metric.quantile && other.where == metric.where &&
                           other.is_null_zero == metric.is_null_zero;
      if (is_same) return at;
    }
    CIP_TRY_ASSIGN(const Field field, describe(model_, metric.name));
    const std::size_t place = plan_.measures.size();
    Measure made;
    made.aggregate = metric.aggregate;
    made.column = metric.column;
    made.type = field.type;
    made.scale = field.scale;
    made.quantile = metric.quantile;
    made.is_null_zero = metric.is_null_zero;
    made.where = metric.where;
    CIP_TRY(plan_measure_filter(metric, made));
    plan_.measures.push_back(std::move(made));
    for (Base& base : plan_.bases) {
      if (base.table != metric.column.table) continue;
      base.measures.push_back(place);
      return place;
    }
    plan_.bases.push_back({metric.column.table, {place}});
    return place;
  }

  // Filters.

  Result<void> plan_measure_filter(const model::Metric& metric, Measure& made) {
    if (metric.where.empty()) return {};
    const auto told = [&metric](const Error& error) {
      return fail(error.code, fmt::format("metric '{}': {}", metric.name, error.message));
    };
    const auto filter = parse_filter(metric.where);
    if (!filter) return told(filter.error());
    auto bound = bind_tree(*filter, Side::Measure);
    if (!bound) return told(bound.error());
    made.rows = std::move(bound).value();
    return check_reach_of(made.rows, metric);
  }

  Result<void> check_reach_of(const BoundFilter& filter, const model::Metric& metric) const {
    if (filter.kind == Filter::Kind::Test) {
      const PlannedDimension& tested = plan_.measured[filter.field];
      if (source_of(model_, tested.dimension, metric.column.table)) return {};
      return fail(Errc::InvalidArgument,
                  fmt::format("metric '{}': table '{}' does not lead to dimension '{}'",
                              metric.name, metric.column.table, tested.field.name));
    }
    for (const BoundFilter& part : filter.parts) CIP_TRY(check_reach_of(part, metric));
    return {};
  }

  Result<void> plan_filter() {
    if (query_.where.is_everything()) return {};
    std::vector<const Filter*> waiting = {&query_.where};
    // Ands at the top are taken apart: each part goes to the rows or to the groups.
    while (!waiting.empty()) {
      const Filter* filter = waiting.front();
      waiting.erase(waiting.begin());
      if (filter->kind == Filter::Kind::And) {
        for (const Filter& part : filter->parts) waiting.push_back(&part);
        continue;
      }
      CIP_TRY_ASSIGN(const Side side, side_of(*filter));
      CIP_TRY_ASSIGN(BoundFilter bound, bind_tree(*filter, side));
      BoundFilter& target = side == Side::Rows ? plan_.rows : plan_.groups;
      target.parts.push_back(std::move(bound));
    }
    return {};
  }

  Result<Side> side_of(const Filter& filter) const {
    bool has_metric = false;
    bool has_dimension = false;
    look_at(filter, has_metric, has_dimension);
    if (!has_metric || !has_dimension) return has_metric ? Side::Groups : Side::Rows;
    return fail(Errc::InvalidArgument,
                "conditions on metrics and on dimensions can be joined by 'and' only: " +
                    std::string("one is about groups, the other about rows"));
  }

  void look_at(const Filter& filter, bool& has_metric, bool& has_dimension) const {
    if (filter.kind == Filter::Kind::Test) {
      const bool is_metric = model_.find_metric(filter.test.field) != nullptr;
      (is_metric ? has_metric : has_dimension) = true;
    }
    for (const Filter& part : filter.parts) look_at(part, has_metric, has_dimension);
  }

  Result<BoundFilter> bind_tree(const Filter& filter, Side side) {
    BoundFilter made;
    made.kind = filter.kind;
    if (filter.kind == Filter::Kind::Test) {
      CIP_TRY(side == Side::Groups ? bind_group_test(filter.test, made)
                                   : bind_row_test(filter.test, side, made));
      return made;
    }
    for (const Filter& part : filter.parts) {
      CIP_TRY_ASSIGN(BoundFilter inner, bind_tree(part, side));
      made.parts.push_back(std::move(inner));
    }
    return made;
  }

  Result<void> bind_row_test(const Condition& condition, Side side, BoundFilter& made) {
    CIP_TRY(describe(model_, condition.field));  // Knows the metrics too, should the name be near.
    auto& fields = side == Side::Rows ? plan_.tested : plan_.measured;
    CIP_TRY_ASSIGN(made.field, add_tested(condition.field, fields));
    const PlannedDimension& tested = fields[made.field];
    CIP_TRY_ASSIGN(made.test, bind(condition, tested.field.type, tested.field.scale));
    return {};
  }

  Result<void> bind_group_test(const Condition& condition, BoundFilter& made) {
    CIP_TRY_ASSIGN(made.field, add_metric(condition.field));
    const Field& field = plan_.metrics[made.field].field;
    CIP_TRY_ASSIGN(made.test, bind(condition, field.type, field.scale));
    return {};
  }

  Result<std::size_t> add_tested(const std::string& name,
                                 std::vector<PlannedDimension>& fields) const {
    for (std::size_t at = 0; at < fields.size(); ++at) {
      if (fields[at].field.name == name) return at;
    }
    CIP_TRY_ASSIGN(PlannedDimension made, planned(name));
    fields.push_back(std::move(made));
    return fields.size() - 1;
  }

  // Tables.

  [[nodiscard]] bool leads_to_all(std::string_view table) const {
    const auto is_reached = [this, table](const PlannedDimension& planned) {
      return source_of(model_, planned.dimension, table).has_value();
    };
    return std::ranges::all_of(plan_.by, is_reached) &&
           std::ranges::all_of(plan_.tested, is_reached);
  }

  // Without metrics, the rows are those of the first table that knows all dimensions: their own
  // tables before the others.
  Result<void> choose_base() {
    std::vector<std::string> candidates;
    for (const PlannedDimension& planned : plan_.by) {
      if (planned.dimension.column) candidates.push_back(planned.dimension.column->table);
    }
    for (const model::TableDef& table : model_.tables) candidates.push_back(table.name);
    for (const std::string& candidate : candidates) {
      if (!leads_to_all(candidate)) continue;
      plan_.bases.push_back({candidate, {}});
      return {};
    }
    std::vector<std::string> names = query_.by;
    for (const PlannedDimension& tested : plan_.tested) names.push_back(tested.dimension.name);
    return fail(Errc::InvalidArgument,
                fmt::format("no table leads to all of these dimensions: {}", joined(names, ", ")));
  }

  Result<void> plan_bases() {
    if (plan_.bases.empty()) return choose_base();
    for (const Base& base : plan_.bases) {
      for (const PlannedDimension& planned : plan_.by) CIP_TRY(check_reach(base, planned));
      for (const PlannedDimension& planned : plan_.tested) CIP_TRY(check_reach(base, planned));
    }
    return {};
  }

  [[nodiscard]] Result<void> check_reach(const Base& base, const PlannedDimension& planned) const {
    if (source_of(model_, planned.dimension, base.table)) return {};
    return fail(Errc::InvalidArgument,
                fmt::format("dimension '{}' does not apply to metric '{}': {}", planned.field.name,
                            metric_on(base.table), reason(base, planned)));
  }

  static std::string reason(const Base& base, const PlannedDimension& planned) {
    if (!planned.dimension.column) return fmt::format("table '{}' has no time", base.table);
    return fmt::format("table '{}' does not lead to table '{}'", base.table,
                       planned.dimension.column->table);
  }

  [[nodiscard]] std::string metric_on(std::string_view table) const {
    for (const PlannedMetric& metric : plan_.metrics) {
      if (uses(metric.formula, table)) return metric.field.name;
    }
    return {};
  }

  [[nodiscard]] bool uses(const Formula& formula, std::string_view table) const {
    if (formula.kind == model::Expression::Kind::Metric) {
      return plan_.measures[formula.measure].column.table == table;
    }
    return std::ranges::any_of(formula.parts,
                               [this, table](const Formula& part) { return uses(part, table); });
  }

  Result<void> plan_sort() {
    std::vector<std::string> names = query_.by;
    names.insert(names.end(), query_.metrics.begin(), query_.metrics.end());
    for (const SortKey& key : query_.sort) {
      const auto found = std::ranges::find(names, key.by);
      if (found == names.end()) {
        return fail(Errc::InvalidArgument,
                    unknown_name_message("column to sort by", key.by, names));
      }
      plan_.sort.push_back({static_cast<std::size_t>(found - names.begin()), key.is_descending});
    }
    return {};
  }

  void note() {
    for (const Base& base : plan_.bases) {
      const model::TableDef* table = model_.find_table(base.table);
      const bool has_range = plan_.from.has_value() || plan_.to.has_value();
      if (!has_range || table == nullptr || !table->time.empty()) continue;
      plan_.notes.push_back(
          fmt::format("'{}' has no time: its rows are counted whatever the range", base.table));
    }
    if (query_.with_totals && !plan_.groups.is_everything()) {
      plan_.notes.emplace_back("totals are of all rows: filters on metrics do not touch them");
    }
  }

  const Query& query_;
  const model::Model& model_;
  Plan plan_;
};

}  // namespace

std::optional<std::vector<Step>> path_between(const model::Model& model, std::string_view from,
                                              std::string_view to) {
  std::map<std::string, Step> came_by;  // Table -> the step that first reached it.
  std::deque<std::string> waiting = {std::string(from)};
  while (!waiting.empty() && waiting.front() != to) {
    const model::TableDef* table = model.find_table(waiting.front());
    waiting.pop_front();
    if (table == nullptr) continue;
    for (const model::ColumnDef& column : table->columns) {
      if (!column.references || *column.references == from) continue;
      const Step step{table->name, column.name, *column.references};
      if (came_by.emplace(step.parent, step).second) waiting.push_back(step.parent);
    }
  }
  if (waiting.empty()) return std::nullopt;
  std::vector<Step> path;
  for (std::string at(to); at != from; at = path.back().table) path.push_back(came_by.at(at));
  std::ranges::reverse(path);
  return path;
}

std::vector<std::string> labels_of(const model::Dimension& dimension) {
  if (dimension.part == model::TimePart::Weekday) {
    return {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
  }
  std::vector<std::string> labels;
  const std::vector<double>& bounds = dimension.buckets;
  for (std::size_t at = 0; at < bounds.size(); ++at) {
    if (at == 0) labels.push_back(fmt::format("<{}", number_text(bounds[0])));
    const bool is_last = at + 1 == bounds.size();
    const bool is_whole = is_last || (bounds[at] == std::floor(bounds[at]) &&
                                      bounds[at + 1] == std::floor(bounds[at + 1]));
    if (is_last) {
      labels.push_back(number_text(bounds[at]) + "+");
    } else if (is_whole) {
      labels.push_back(number_text(bounds[at]) + "-" + number_text(bounds[at + 1] - 1));
    } else {
      labels.push_back(number_text(bounds[at]) + " to " + number_text(bounds[at + 1]));
    }
  }
  return labels;
}

std::optional<model::ColumnRef> source_of(const model::Model& model,
                                          const model::Dimension& dimension,
                                          std::string_view from) {
  if (dimension.column) {
    if (!path_between(model, from, dimension.column->table)) return std::nullopt;
    return *dimension.column;
  }
  const model::TableDef* table = model.find_table(from);
  if (table == nullptr || table->time.empty()) return std::nullopt;
  if (!dimension.since.empty()) {
    const model::Dimension* origin = model.find_dimension(dimension.since);
    if (origin == nullptr || !source_of(model, *origin, from)) return std::nullopt;
  }
  return model::ColumnRef{table->name, table->time};
}

std::vector<Field> Plan::fields() const {
  std::vector<Field> all;
  for (const PlannedDimension& dimension : by) all.push_back(dimension.field);
  for (std::size_t at = 0; at < num_shown; ++at) all.push_back(metrics[at].field);
  return all;
}

Result<Plan> make_plan(const Query& query, const model::Model& model) {
  return Planner(query, model).plan();
}

Plan totals_of(const Plan& plan) {
  Plan totals = plan;
  totals.by.clear();
  totals.groups = {};
  totals.metrics.resize(plan.num_shown);
  totals.sort.clear();
  totals.limit.reset();
  totals.offset = 0;
  return totals;
}

}  // namespace cip::query
