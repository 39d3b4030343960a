#include "query/scan.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/text.h"
#include "query/grouper.h"
#include "query/memory_engine.h"
#include "query/row_filter.h"

namespace cip::query {
namespace {

constexpr std::size_t kBlockRows = 2048;  // What a block needs fits in the first cache.
constexpr std::size_t kNumLanes = 4;      // As long as a write takes to be readable again.
constexpr std::size_t kFewGroups = 1024;  // With more, rows seldom meet the slot just written.

using CodesList = std::vector<std::shared_ptr<const Codes>>;

Result<CodesList> codes_of(const std::vector<PlannedDimension>& dimensions, const Base& base,
                           const Dataset& dataset) {
  CodesList list;
  for (const PlannedDimension& planned : dimensions) {
    CIP_TRY_ASSIGN(auto codes, dataset.codes(base.table, planned.dimension));
    list.push_back(std::move(codes));
  }
  return list;
}

class Scan {
 public:
  Scan(RowFilter filter, Grouper grouper)
      : filter_(std::move(filter)), grouper_(std::move(grouper)) {
    const bool has_few = grouper_.is_flat() && grouper_.num_groups() <= kFewGroups;
    lanes_.num_lanes = has_few ? kNumLanes : 1;
  }

  Result<void> prepare(const Plan& plan, const Base& base, const Dataset& dataset) {
    for (const std::size_t measure : base.measures) {
      CIP_TRY_ASSIGN(auto made, make_accumulator(plan.measures[measure], dataset, lanes_, counts_));
      accumulators_.push_back(std::move(made));
    }
    reserve();
    return {};
  }

  Result<void> pass(std::size_t first, std::size_t last) {
    for (; first < last; first += kBlockRows) {
      Assigned rows;
      rows.block = kept(first, std::min(kBlockRows, last - first));
      if (rows.block.num_rows == 0) continue;
      num_matched_ += rows.block.num_rows;
      grouper_.assign(rows.block, groups_);
      rows.groups = groups_.data();
      rows.slots = slots(rows.block.num_rows);
      if (!grouper_.is_flat()) reserve();
      for (std::size_t at = 0; at < rows.block.num_rows; ++at) ++counts_[rows.slots[at]];
      for (const auto& accumulator : accumulators_) accumulator->add(rows);
      if (grouper_.num_groups() > kMaxGroups) {
        return fail(Errc::LimitExceeded,
                    fmt::format("the answer has more than {} groups; ask for fewer dimensions",
                                kMaxGroups));
      }
    }
    return {};
  }

  Result<Groups> finish(std::size_t num_dimensions) {
    Groups made;
    const std::vector<std::uint32_t> order = groups_in_order(num_dimensions == 0);
    made.num_groups = order.size();
    made.codes.assign(num_dimensions, std::vector<std::uint32_t>(order.size()));
    std::vector<std::uint32_t> digits(num_dimensions);
    for (std::size_t at = 0; at < order.size(); ++at) {
      grouper_.decode(grouper_.key_of(order[at]), digits);
      for (std::size_t of = 0; of < num_dimensions; ++of) made.codes[of][at] = digits[of];
    }
    for (const auto& accumulator : accumulators_) {
      CIP_TRY_ASSIGN(MeasureValues values, accumulator->finish(order));
      made.measures.push_back(std::move(values));
    }
    made.rows_matched = num_matched_;
    return made;
  }

 private:
  Block kept(std::size_t first, std::size_t num_rows) {
    if (filter_.keeps_all()) return {first, num_rows, nullptr};
    filter_.mark(first, {mask_.data(), num_rows});
    std::size_t num_kept = 0;
    for (std::size_t at = 0; at < num_rows; ++at) {
      rows_[num_kept] = static_cast<std::uint32_t>(first + at);
      num_kept += mask_[at];
    }
    return {first, num_kept, rows_.data()};
  }

  const std::uint32_t* slots(std::size_t num_rows) {
    if (lanes_.num_lanes == 1) return groups_.data();
    for (std::size_t at = 0; at < num_rows; ++at) {
      slots_[at] = groups_[at] * static_cast<std::uint32_t>(kNumLanes) +
                   static_cast<std::uint32_t>(at % kNumLanes);
    }
    return slots_.data();
  }

  void reserve() {
    const std::size_t num_groups = grouper_.num_groups();
    if (num_groups <= num_reserved_ && num_reserved_ != 0) return;
    // Groups that appear one by one get room in steps that grow with them.
    num_reserved_ = grouper_.is_flat() ? num_groups : std::max<std::size_t>(4096, 2 * num_groups);
    counts_.resize(num_reserved_ * lanes_.num_lanes);
    for (const auto& accumulator : accumulators_) accumulator->reserve_groups(num_reserved_);
  }

  // Groups that have rows, by key. Without dimensions there is one group, rows or not.
  std::vector<std::uint32_t> groups_in_order(bool keeps_empty) {
    std::vector<std::uint32_t> order;
    for (std::uint32_t group = 0; group < grouper_.num_groups(); ++group) {
      std::int64_t count = 0;
      for (std::size_t lane = 0; lane < lanes_.num_lanes; ++lane) {
        count += counts_[group * lanes_.num_lanes + lane];
      }
      if (count != 0 || keeps_empty) order.push_back(group);
    }
    if (!grouper_.is_flat()) {
      std::ranges::sort(order, {}, [this](std::uint32_t group) { return grouper_.key_of(group); });
    }
    return order;
  }

  RowFilter filter_;
  Grouper grouper_;
  Lanes lanes_;
  std::vector<std::int64_t> counts_;  // Rows per slot.
  std::vector<std::unique_ptr<Accumulator>> accumulators_;
  std::size_t num_reserved_ = 0;
  std::size_t num_matched_ = 0;

  std::array<std::uint8_t, kBlockRows> mask_{};
  std::array<std::uint32_t, kBlockRows> rows_{};
  std::array<std::uint32_t, kBlockRows> groups_{};
  std::array<std::uint32_t, kBlockRows> slots_{};
};

}  // namespace

Result<Groups> scan(const Plan& plan, const Base& base, const Dataset& dataset) {
  CIP_TRY_ASSIGN(const CodesList tested, codes_of(plan.tested, base, dataset));
  CIP_TRY_ASSIGN(const CodesList by, codes_of(plan.by, base, dataset));
  const auto [first, last] = dataset.slice(base.table, plan.from, plan.to);
  CIP_TRY_ASSIGN(Grouper grouper, Grouper::make(by, last - first));

  const auto pass = std::make_unique<Scan>(RowFilter(plan.rows, tested), std::move(grouper));
  CIP_TRY(pass->prepare(plan, base, dataset));
  CIP_TRY(pass->pass(first, last));
  CIP_TRY_ASSIGN(Groups groups, pass->finish(by.size()));
  for (const auto& codes : by) groups.values.push_back(codes->values);
  groups.rows_read = last - first;
  return groups;
}

}  // namespace cip::query
