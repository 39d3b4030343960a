#include "query/drill.h"

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <utility>

#include "query/plan.h"
#include "query/row_filter.h"

namespace cip::query {
namespace {

constexpr std::size_t kBlock = 4096;

using CodesList = std::vector<std::shared_ptr<const Codes>>;

// The question without what does not choose rows. A derived metric rests on the rows of another.
Result<Plan> plan_of(const Query& question, const model::Model& model) {
  Query plain;
  plain.by = question.by;
  plain.where = question.where;
  plain.from = question.from;
  plain.to = question.to;
  plain.zone = question.zone;
  if (!question.metrics.empty()) {
    CIP_TRY_ASSIGN(const model::Metric* metric, model.metric(question.metrics.front()));
    if (metric->is_derived()) {
      CIP_TRY_ASSIGN(metric, model.metric(metric->of));
    }
    plain.metrics = {metric->name};
  }
  CIP_TRY_ASSIGN(Plan plan, make_plan(plain, model));
  if (plan.groups.is_everything()) return plan;
  return fail(Errc::InvalidArgument,
              "rows cannot be filtered by a metric, which is of groups; filter by the dimensions "
              "of the group instead");
}

Result<CodesList> codes_of(const Dataset& dataset, const std::string& table,
                           const std::vector<PlannedDimension>& dimensions) {
  CodesList list;
  for (const PlannedDimension& planned : dimensions) {
    if (!source_of(dataset.model(), planned.dimension, table)) {
      list.emplace_back();
      continue;
    }
    CIP_TRY_ASSIGN(auto codes, dataset.codes(table, planned.dimension));
    list.push_back(std::move(codes));
  }
  return list;
}

// The rows that a base's measures look at, if they all look at the same: else all rows count.
const BoundFilter* own_filter(const Plan& plan, const Base& base) {
  if (base.measures.empty()) return nullptr;
  const Measure& first = plan.measures[base.measures.front()];
  const bool is_same = std::ranges::all_of(
      base.measures, [&](std::size_t at) { return plan.measures[at].where == first.where; });
  return is_same && !first.where.empty() ? &first.rows : nullptr;
}

// Adds the rows of one block that both filters keep.
class Picking {
 public:
  Picking(RowFilter rows, RowFilter own) : rows_(std::move(rows)), own_(std::move(own)) {}

  void pick(std::size_t first, std::size_t count, std::vector<std::uint32_t>& picked) {
    const auto mask = std::span(mask_).first(count);
    const auto own = std::span(own_mask_).first(count);
    rows_.mark(first, mask);
    own_.mark(first, own);
    for (std::size_t at = 0; at < count; ++at) {
      if ((mask[at] & own[at]) != 0) picked.push_back(static_cast<std::uint32_t>(first + at));
    }
  }

 private:
  RowFilter rows_;
  RowFilter own_;
  std::array<std::uint8_t, kBlock> mask_{};
  std::array<std::uint8_t, kBlock> own_mask_{};
};

}  // namespace

Result<RowsBehind> rows_behind(const Query& question, const Dataset& dataset) {
  CIP_TRY_ASSIGN(const Plan plan, plan_of(question, dataset.model()));
  const Base& base = plan.bases.front();
  CIP_TRY_ASSIGN(const CodesList tested, codes_of(dataset, base.table, plan.tested));
  CIP_TRY_ASSIGN(const CodesList measured, codes_of(dataset, base.table, plan.measured));
  const BoundFilter everything;
  const BoundFilter* own = own_filter(plan, base);
  Picking picking(RowFilter(plan.rows, tested),
                  RowFilter(own == nullptr ? everything : *own, measured));
  const auto [first, last] = dataset.slice(base.table, plan.from, plan.to, plan.zone);
  RowsBehind behind{base.table, {}};
  for (std::size_t at = first; at < last; at += kBlock) {
    picking.pick(at, std::min(kBlock, last - at), behind.rows);
  }
  return behind;
}

}  // namespace cip::query
