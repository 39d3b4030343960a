#include "query/explain.h"

#include <vector>

#include "base/text.h"
#include "query/compose.h"
#include "query/memory_engine.h"
#include "query/plan.h"
#include "query/query_text.h"

namespace cip::query {
namespace {

std::string name_of(model::Aggregate aggregate) {
  switch (aggregate) {
    case model::Aggregate::Sum:
      return "sum";
    case model::Aggregate::Count:
      return "count";
    case model::Aggregate::Distinct:
      return "distinct";
    case model::Aggregate::Average:
      return "average";
    case model::Aggregate::Min:
      return "min";
    case model::Aggregate::Max:
      return "max";
    case model::Aggregate::Quantile:
      break;
  }
  return "quantile";
}

// Where a dimension's values come from, as seen from a table: by which foreign keys.
std::string way_to(const Dataset& dataset, const Base& base, const PlannedDimension& planned) {
  const auto source = source_of(dataset.model(), planned.dimension, base.table);
  if (!source) return planned.field.name;
  std::string way = planned.field.name;
  const auto path = path_between(dataset.model(), base.table, source->table);
  for (const Step& step : path.value_or(std::vector<Step>{})) {
    way += fmt::format(" via {}.{} -> {}", step.table, step.column, step.parent);
  }
  return way;
}

std::string fields_line(std::string_view what, const Dataset& dataset, const Base& base,
                        const std::vector<PlannedDimension>& fields) {
  std::string lines;
  for (const PlannedDimension& planned : fields) {
    const auto codes = dataset.codes(base.table, planned.dimension);
    if (!codes) continue;
    lines += fmt::format("    {} {}: {} values\n", what, way_to(dataset, base, planned),
                         (*codes)->num_values());
  }
  return lines;
}

std::string measure_line(const Measure& measure) {
  std::string where = measure.where.empty() ? "" : " where " + measure.where;
  if (measure.is_null_zero) where += ", null counts as 0";
  return fmt::format("    {} {}{}{}{}\n", name_of(measure.aggregate), measure.column.table,
                     measure.column.column.empty() ? "" : ".", measure.column.column, where);
}

Result<std::string> explain_plain(const Query& query, const Dataset& dataset) {
  CIP_TRY_ASSIGN(const Plan plan, make_plan(query, dataset.model()));
  std::string text = fmt::format("ask {}\n", to_url(query));
  for (const Base& base : plan.bases) {
    const auto [first, last] = dataset.slice(base.table, plan.from, plan.to, plan.zone);
    text += fmt::format("  scan {}: rows {} to {} of {}\n", base.table, first, last,
                        dataset.num_rows(base.table));
    text += fields_line("test", dataset, base, plan.tested);
    text += fields_line("group by", dataset, base, plan.by);
    for (const std::size_t at : base.measures) text += measure_line(plan.measures[at]);
  }
  if (plan.bases.size() > 1) text += "  join the groups of the tables by their dimensions\n";
  if (!plan.groups.is_everything()) text += "  keep groups by their metrics\n";
  if (!plan.sort.empty()) text += "  sort\n";
  if (query.with_totals) text += "  scan again without dimensions, for the totals\n";
  return text;
}

}  // namespace

Result<std::string> explain(const Query& query, const Dataset& dataset) {
  if (!needs_composing(query, dataset.model())) return explain_plain(query, dataset);
  std::string text;
  const AskPlain ask = [&](const Query& plain) -> Result<Answer> {
    CIP_TRY_ASSIGN(const std::string part, explain_plain(plain, dataset));
    text += part;
    return run(plain, dataset);
  };
  CIP_TRY(compose(query, dataset.model(), ask));
  return text + "put these together\n";
}

}  // namespace cip::query
