#include "query/rows.h"

#include <algorithm>
#include <array>

#include "query/plan.h"
#include "query/row_filter.h"

namespace cip::query {
namespace {

constexpr std::size_t kBlock = 4096;

// The filter as the planner sees it: that of a question about the rows of the table themselves.
Result<Plan> plan_for(const Dataset& dataset, const model::TableDef& table, const Filter& where) {
  Query query;
  query.by = {table.name + "." + table.key};
  query.where = where;
  CIP_TRY_ASSIGN(Plan plan, make_plan(query, dataset.model()));
  if (plan.groups.is_everything()) return plan;
  return fail(Errc::InvalidArgument, "rows cannot be filtered by a metric, only groups can");
}

}  // namespace

Result<std::vector<std::uint32_t>> matching_rows(const Dataset& dataset, const std::string& table,
                                                 const Filter& where, std::optional<Days> from,
                                                 std::optional<Days> to) {
  CIP_TRY_ASSIGN(const model::TableDef* def, dataset.model().table(table));
  CIP_TRY_ASSIGN(const Plan plan, plan_for(dataset, *def, where));
  std::vector<std::shared_ptr<const Codes>> codes;
  for (const PlannedDimension& tested : plan.tested) {
    CIP_TRY_ASSIGN(auto of_rows, dataset.codes(table, tested.dimension));
    codes.push_back(std::move(of_rows));
  }
  const RowFilter filter(plan.rows, codes);
  std::pair<std::size_t, std::size_t> slice{0, dataset.num_rows(table)};
  if (!def->time.empty()) slice = dataset.slice(table, from, to);

  std::vector<std::uint32_t> kept;
  std::array<std::uint8_t, kBlock> mask{};
  for (std::size_t first = slice.first; first < slice.second; first += kBlock) {
    const std::size_t count = std::min(kBlock, slice.second - first);
    filter.mark(first, std::span(mask).first(count));
    for (std::size_t at = 0; at < count; ++at) {
      if (mask[at] != 0) kept.push_back(static_cast<std::uint32_t>(first + at));
    }
  }
  return kept;
}

}  // namespace cip::query
