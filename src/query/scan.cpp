#include "query/scan.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <thread>

#include "base/text.h"
#include "query/grouper.h"
#include "query/row_filter.h"

namespace cip::query {
namespace {

constexpr std::size_t kBlockRows = 2048;      // What a block needs fits in the first cache.
constexpr std::size_t kNumLanes = 4;          // As long as a write takes to be readable again.
constexpr std::size_t kFewGroups = 1024;      // With more, rows seldom meet the slot just written.
constexpr std::size_t kThreadRows = 200'000;  // Fewer are done before a thread has started.
constexpr std::size_t kMostThreads = 16;

using CodesList = std::vector<std::shared_ptr<const Codes>>;

// Dimensions that the table does not lead to are left out: a null, for filters of other tables.
Result<CodesList> codes_of(const std::vector<PlannedDimension>& dimensions, const Base& base,
                           const Dataset& dataset) {
  CodesList list;
  for (const PlannedDimension& planned : dimensions) {
    if (!source_of(dataset.model(), planned.dimension, base.table)) {
      list.emplace_back();
      continue;
    }
    CIP_TRY_ASSIGN(auto codes, dataset.codes(base.table, planned.dimension));
    list.push_back(std::move(codes));
  }
  return list;
}

// What every thread of a scan works from.
struct Work {
  const Plan& plan;
  const Base& base;
  const Dataset& dataset;
  const RowFilter& filter;
  CodesList measured;
};

// One measure as it grows. A measure that looks at some of the rows counts these itself.
struct Growing {
  std::unique_ptr<Accumulator> accumulator;
  std::unique_ptr<RowFilter> filter;
  std::vector<std::int64_t> counts;
};

class Scan {
 public:
  Scan(const Work& work, Grouper grouper) : filter_(work.filter), grouper_(std::move(grouper)) {
    const bool has_few = grouper_.is_flat() && grouper_.num_groups() <= kFewGroups;
    lanes_.num_lanes = has_few ? kNumLanes : 1;
  }

  Result<void> prepare(const Work& work) {
    growing_.resize(work.base.measures.size());
    for (std::size_t at = 0; at < growing_.size(); ++at) {
      const Measure& measure = work.plan.measures[work.base.measures[at]];
      Growing& made = growing_[at];
      if (!measure.where.empty()) {
        made.filter = std::make_unique<RowFilter>(measure.rows, work.measured);
      }
      CIP_TRY_ASSIGN(made.accumulator,
                     make_accumulator(measure, work.dataset, lanes_,
                                      made.filter == nullptr ? counts_ : made.counts));
    }
    reserve();
    return {};
  }

  Result<void> pass(std::size_t first, std::size_t last, const std::stop_token& stop) {
    for (; first < last; first += kBlockRows) {
      if (stop.stop_requested()) return fail(Errc::Unavailable, "the query was stopped");
      CIP_TRY(pass_block(first, std::min(kBlockRows, last - first)));
    }
    return {};
  }

  // Takes over the groups of another scan of the same plan.
  void merge(Scan& other) {
    std::vector<std::uint32_t> places(other.grouper_.num_groups());
    for (std::uint32_t group = 0; group < places.size(); ++group) {
      places[group] = grouper_.group_of(other.grouper_.key_of(group));
    }
    if (!grouper_.is_flat()) reserve();
    add_counts(other.counts_, places, counts_);
    for (std::size_t at = 0; at < growing_.size(); ++at) {
      Growing& of_other = other.growing_[at];
      if (growing_[at].filter) add_counts(of_other.counts, places, growing_[at].counts);
      growing_[at].accumulator->merge(*of_other.accumulator, places);
    }
    num_matched_ += other.num_matched_;
  }

  Result<Groups> finish(std::size_t num_dimensions) {
    if (grouper_.num_groups() > kMaxGroups && !grouper_.is_flat()) return too_many();
    Groups made;
    const std::vector<std::uint32_t> order = groups_in_order(num_dimensions == 0);
    made.num_groups = order.size();
    made.codes.assign(num_dimensions, std::vector<std::uint32_t>(order.size()));
    std::vector<std::uint32_t> digits(num_dimensions);
    for (std::size_t at = 0; at < order.size(); ++at) {
      grouper_.decode(grouper_.key_of(order[at]), digits);
      for (std::size_t of = 0; of < num_dimensions; ++of) made.codes[of][at] = digits[of];
    }
    for (const Growing& growing : growing_) {
      CIP_TRY_ASSIGN(MeasureValues values, growing.accumulator->finish(order));
      made.measures.push_back(std::move(values));
    }
    made.rows_matched = num_matched_;
    return made;
  }

 private:
  static Failure too_many() {
    return fail(
        Errc::LimitExceeded,
        fmt::format("the answer has more than {} groups; ask for fewer dimensions", kMaxGroups));
  }

  Result<void> pass_block(std::size_t first, std::size_t num_rows) {
    Assigned rows;
    rows.block = kept(first, num_rows);
    if (rows.block.num_rows == 0) return {};
    num_matched_ += rows.block.num_rows;
    grouper_.assign(rows.block, groups_);
    rows.groups = groups_.data();
    rows.slots = slots(rows.block.num_rows);
    if (!grouper_.is_flat()) reserve();
    for (std::size_t at = 0; at < rows.block.num_rows; ++at) ++counts_[rows.slots[at]];
    for (Growing& growing : growing_) {
      if (growing.filter) {
        add_some(growing, rows, first, num_rows);
      } else {
        growing.accumulator->add(rows);
      }
    }
    if (grouper_.num_groups() > kMaxGroups) return too_many();
    return {};
  }

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

  // The rows of a block that one measure looks at.
  void add_some(Growing& growing, const Assigned& rows, std::size_t first, std::size_t num_rows) {
    growing.filter->mark(first, {mask_.data(), num_rows});
    std::size_t num_kept = 0;
    for (std::size_t at = 0; at < rows.block.num_rows; ++at) {
      const std::size_t row = rows.block.rows == nullptr ? first + at : rows.block.rows[at];
      some_rows_[num_kept] = static_cast<std::uint32_t>(row);
      some_groups_[num_kept] = rows.groups[at];
      some_slots_[num_kept] = rows.slots[at];
      num_kept += mask_[row - first];
    }
    for (std::size_t at = 0; at < num_kept; ++at) ++growing.counts[some_slots_[at]];
    growing.accumulator->add(
        {{first, num_kept, some_rows_.data()}, some_slots_.data(), some_groups_.data()});
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
    for (Growing& growing : growing_) {
      if (growing.filter) growing.counts.resize(counts_.size());
      growing.accumulator->reserve_groups(num_reserved_);
    }
  }

  void add_counts(const std::vector<std::int64_t>& from, std::span<const std::uint32_t> places,
                  std::vector<std::int64_t>& into) const {
    for (std::size_t group = 0; group < places.size(); ++group) {
      for (std::size_t lane = 0; lane < lanes_.num_lanes; ++lane) {
        into[places[group] * lanes_.num_lanes] += from[group * lanes_.num_lanes + lane];
      }
    }
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

  const RowFilter& filter_;
  Grouper grouper_;
  Lanes lanes_;
  std::vector<std::int64_t> counts_;  // Rows per slot.
  std::vector<Growing> growing_;      // Sized once: accumulators refer to their counts.
  std::size_t num_reserved_ = 0;
  std::size_t num_matched_ = 0;

  std::array<std::uint8_t, kBlockRows> mask_{};
  std::array<std::uint32_t, kBlockRows> rows_{};
  std::array<std::uint32_t, kBlockRows> groups_{};
  std::array<std::uint32_t, kBlockRows> slots_{};
  std::array<std::uint32_t, kBlockRows> some_rows_{};
  std::array<std::uint32_t, kBlockRows> some_groups_{};
  std::array<std::uint32_t, kBlockRows> some_slots_{};
};

std::size_t num_threads_for(std::size_t num_rows, const RunOptions& options) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t most = options.max_threads == 0 ? cores : options.max_threads;
  return std::clamp<std::size_t>(num_rows / kThreadRows, 1, std::min(most, kMostThreads));
}

// Runs each scan over its part of the rows; the first one on the calling thread.
Result<void> pass_all(const std::vector<std::unique_ptr<Scan>>& scans, std::size_t first,
                      std::size_t last, const std::stop_token& stop) {
  const std::size_t share = (last - first) / scans.size();
  std::vector<Result<void>> outcomes(scans.size());
  const auto pass = [&](std::size_t at) {
    const std::size_t begin = first + at * share;
    const std::size_t end = at + 1 == scans.size() ? last : begin + share;
    outcomes[at] = scans[at]->pass(begin, end, stop);
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t at = 1; at < scans.size(); ++at) threads.emplace_back(pass, at);
    pass(0);
  }
  for (const Result<void>& outcome : outcomes) CIP_TRY(outcome);
  return {};
}

}  // namespace

Result<Groups> scan(const Plan& plan, const Base& base, const Dataset& dataset,
                    const RunOptions& options) {
  CIP_TRY_ASSIGN(const CodesList tested, codes_of(plan.tested, base, dataset));
  CIP_TRY_ASSIGN(const CodesList by, codes_of(plan.by, base, dataset));
  CIP_TRY_ASSIGN(CodesList measured, codes_of(plan.measured, base, dataset));
  const auto [first, last] = dataset.slice(base.table, plan.from, plan.to, plan.zone);

  const RowFilter filter(plan.rows, tested);
  const Work work{plan, base, dataset, filter, std::move(measured)};
  std::vector<std::unique_ptr<Scan>> scans;
  for (std::size_t left = num_threads_for(last - first, options); left > 0; --left) {
    CIP_TRY_ASSIGN(Grouper grouper, Grouper::make(by, last - first));
    scans.push_back(std::make_unique<Scan>(work, std::move(grouper)));
    CIP_TRY(scans.back()->prepare(work));
  }
  CIP_TRY(pass_all(scans, first, last, options.stop));
  for (std::size_t at = 1; at < scans.size(); ++at) scans.front()->merge(*scans[at]);
  CIP_TRY_ASSIGN(Groups groups, scans.front()->finish(by.size()));
  for (const auto& codes : by) groups.values.push_back(codes->values);
  groups.rows_read = last - first;
  return groups;
}

}  // namespace cip::query
