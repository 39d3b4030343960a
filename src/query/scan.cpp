#include "query/scan.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <numeric>
#include <optional>
#include <thread>

#include "base/text.h"
#include "query/distinct.h"
#include "query/grouper.h"
#include "query/kernels.h"
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

// What every thread needs to answer one job.
struct Work {
  const Plan& plan;
  const Base& base;
  const Dataset& dataset;
  CodesList by;
  CodesList measured;
};

// One measure as it grows. A measure that looks at some of the rows counts these itself.
struct Growing {
  std::unique_ptr<Accumulator> accumulator;
  std::unique_ptr<RowFilter> filter;
  std::vector<std::int64_t> counts;
};

// The groups of one job, as one thread finds them.
class Scan {
 public:
  explicit Scan(Grouper grouper) : grouper_(std::move(grouper)) {
    const bool has_few = grouper_.is_flat() && grouper_.num_groups() <= kFewGroups;
    lanes_.num_lanes = has_few ? kNumLanes : 1;
    has_bytes_ = grouper_.is_flat() && grouper_.num_groups() <= kMostCountedGroups;
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

  // `block` are those of num_rows rows from `first` on that are kept.
  Result<void> pass_block(const Block& block, std::size_t first, std::size_t num_rows) {
    num_matched_ += block.num_rows;
    Assigned rows{block, nullptr, groups_.data(), grouper_.assign(block, groups_)};
    rows.slots = slots(block.num_rows);
    if (has_bytes_ && block.rows == nullptr) rows.bytes = bytes(block.num_rows);
    if (!grouper_.is_flat()) reserve();
    count(rows);
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

  void count(const Assigned& rows) {
    std::int64_t* counts = counts_.data();
    if (rows.is_one_group) {
      counts[rows.slots[0]] += static_cast<std::int64_t>(rows.block.num_rows);
      return;
    }
    const std::size_t num_rows = rows.block.num_rows;
    if (rows.bytes != nullptr) {
      std::array<std::int64_t, kMostCountedGroups> more{};
      const std::size_t num_groups = grouper_.num_groups();
      count_groups(rows.bytes, num_rows, nullptr, {more.data(), num_groups});
      for (std::size_t group = 0; group < num_groups; ++group) {
        counts[group * lanes_.num_lanes] += more[group];
      }
      return;
    }
    const std::uint32_t* slots = rows.slots;
    for (std::size_t at = 0; at < num_rows; ++at) ++counts[slots[at]];
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
    if (num_kept == 0) return;
    growing.accumulator->add({{first, num_kept, some_rows_.data()},
                              some_slots_.data(),
                              some_groups_.data(),
                              rows.is_one_group});
  }

  const std::uint32_t* slots(std::size_t num_rows) {
    if (lanes_.num_lanes == 1) return groups_.data();
    const std::uint32_t* groups = groups_.data();
    std::uint32_t* slots = slots_.data();
    for (std::size_t at = 0; at < num_rows; ++at) {
      slots[at] = groups[at] * static_cast<std::uint32_t>(kNumLanes) +
                  static_cast<std::uint32_t>(at % kNumLanes);
    }
    return slots;
  }

  const std::uint8_t* bytes(std::size_t num_rows) {
    std::uint8_t* first = bytes_.data() + kPaddingRows;
    narrow_groups(groups_.data(), num_rows, first);
    return first;
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

  Grouper grouper_;
  Lanes lanes_;
  std::vector<std::int64_t> counts_;  // Rows per slot.
  std::vector<Growing> growing_;      // Sized once: accumulators refer to their counts.
  bool has_bytes_ = false;
  std::size_t num_reserved_ = 0;
  std::size_t num_matched_ = 0;

  std::array<std::uint8_t, kBlockRows> mask_{};
  std::array<std::uint32_t, kBlockRows> groups_{};
  std::array<std::uint32_t, kBlockRows> slots_{};
  std::array<std::uint8_t, kBlockRows + 2 * kPaddingRows> bytes_{};
  std::array<std::uint32_t, kBlockRows> some_rows_{};
  std::array<std::uint32_t, kBlockRows> some_groups_{};
  std::array<std::uint32_t, kBlockRows> some_slots_{};
};

std::size_t num_threads_for(std::size_t num_rows, const RunOptions& options) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  const std::size_t most = options.max_threads == 0 ? cores : options.max_threads;
  return std::clamp<std::size_t>(num_rows / kThreadRows, 1, std::min(most, kMostThreads));
}

// What one thread does: it filters blocks of rows and shows them to the scan of every job.
class Worker {
 public:
  Worker(const RowFilter& filter, const RunOptions& options) : filter_(filter), options_(options) {}

  Result<void> prepare(const std::vector<Work>& works, std::size_t num_rows) {
    for (const Work& work : works) {
      CIP_TRY_ASSIGN(Grouper grouper, Grouper::make(work.by, num_rows));
      scans_.push_back(std::make_unique<Scan>(std::move(grouper)));
      CIP_TRY(scans_.back()->prepare(work));
    }
    return {};
  }

  Result<void> pass(std::size_t first, std::size_t last) {
    for (; first < last; first += kBlockRows) {
      CIP_TRY(go_on());
      const std::size_t num_rows = std::min(kBlockRows, last - first);
      const Block block = kept(first, num_rows);
      if (block.num_rows == 0) continue;
      for (const auto& scan : scans_) CIP_TRY(scan->pass_block(block, first, num_rows));
    }
    return {};
  }

  void merge(Worker& other) {
    for (std::size_t at = 0; at < scans_.size(); ++at) scans_[at]->merge(*other.scans_[at]);
  }

  [[nodiscard]] Scan& scan(std::size_t at) { return *scans_[at]; }

 private:
  // Fails once nobody waits for the answer any more, or it has taken too long.
  [[nodiscard]] Result<void> go_on() const {
    if (options_.stop.stop_requested()) return fail(Errc::Unavailable, "the query was stopped");
    if (std::chrono::steady_clock::now() < options_.deadline) return {};
    return fail(Errc::LimitExceeded,
                "the query took longer than it may; ask for a shorter time or fewer dimensions");
  }

  Block kept(std::size_t first, std::size_t num_rows) {
    if (filter_.keeps_all()) return {first, num_rows, nullptr};
    filter_.mark(first, {mask_.data(), num_rows});
    return {first, list_rows({mask_.data(), num_rows}, first, rows_.data()), rows_.data()};
  }

  const RowFilter& filter_;
  const RunOptions& options_;
  std::vector<std::unique_ptr<Scan>> scans_;
  std::array<std::uint8_t, kBlockRows> mask_{};
  std::array<std::uint32_t, kBlockRows + 8> rows_{};  // list_rows() wants some room.
};

// Ranges of rows for the threads to take.
class Ranges {
 public:
  Ranges(std::size_t first, std::size_t last, std::size_t size, const CodesList& clustered)
      : bounds_{first} {
    while (bounds_.back() < last) {
      const std::size_t bound = std::min(last, bounds_.back() + size);
      bounds_.push_back(whole_clusters(bound, last, clustered));
    }
  }

  // Works through the ranges from `at` on: the next one that nobody has, or, if the threads keep to
  // their own, no other.
  Result<void> work(Worker& worker, std::size_t at, bool keeps_to_its_own) {
    for (; at + 1 < bounds_.size(); at = next_++) {
      CIP_TRY(worker.pass(bounds_[at], bounds_[at + 1]));
      if (keeps_to_its_own) break;
    }
    return {};
  }

  void set_next(std::size_t next) { next_ = next; }

 private:
  std::vector<std::size_t> bounds_;
  std::atomic<std::size_t> next_ = 0;
};

// The last bits of sums of doubles depend on which of them are added up together.
bool is_of_doubles(const Measure& measure, const Dataset& dataset) {
  const bool adds_up =
      measure.aggregate == model::Aggregate::Sum || measure.aggregate == model::Aggregate::Average;
  if (!adds_up) return false;
  const PackedTable& table = dataset.tables().find(measure.column.table)->second;
  return table.find(measure.column.column)->type == Type::Number;
}

// The codes whose values must stay whole within a range.
Result<CodesList> clustered_codes(const std::vector<Work>& works) {
  CodesList clustered;
  for (const Work& work : works) {
    for (const std::size_t at : work.base.measures) {
      const Measure& measure = work.plan.measures[at];
      if (measure.aggregate != model::Aggregate::Distinct) continue;
      CIP_TRY_ASSIGN(auto codes, work.dataset.codes(measure.column.table, dimension_of(measure)));
      if (codes->is_clustered) clustered.push_back(std::move(codes));
    }
  }
  return clustered;
}

// Shares the rows out among the workers; the first one works on the calling thread.
Result<void> pass_all(const std::vector<std::unique_ptr<Worker>>& workers, Ranges& ranges,
                      bool keep_to_their_own) {
  std::vector<Result<void>> outcomes(workers.size());
  const auto pass = [&](std::size_t at) {
    outcomes[at] = ranges.work(*workers[at], at, keep_to_their_own);
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t at = 1; at < workers.size(); ++at) threads.emplace_back(pass, at);
    pass(0);
  }
  for (const Result<void>& outcome : outcomes) CIP_TRY(outcome);
  return {};
}

Result<std::vector<Work>> works_of(std::span<const ScanJob> jobs, const Dataset& dataset) {
  std::vector<Work> works;
  for (const ScanJob& job : jobs) {
    CIP_TRY_ASSIGN(CodesList by, codes_of(job.plan->by, *job.base, dataset));
    CIP_TRY_ASSIGN(CodesList measured, codes_of(job.plan->measured, *job.base, dataset));
    works.push_back({*job.plan, *job.base, dataset, std::move(by), std::move(measured)});
  }
  return works;
}

// Small enough that no thread waits long for the last one.
std::size_t range_size(std::size_t num_rows, std::size_t num_threads, bool keep_to_their_own) {
  if (num_threads == 1) return std::max<std::size_t>(num_rows, 1);
  if (keep_to_their_own) return num_rows / num_threads + 1;
  return std::max(kThreadRows / 2, num_rows / (num_threads * 16));
}

Result<void> pass_rows(const std::vector<std::unique_ptr<Worker>>& workers,
                       const std::vector<Work>& works, std::size_t first, std::size_t last) {
  const bool keep_to_their_own = std::ranges::any_of(works, [](const Work& work) {
    return std::ranges::any_of(work.base.measures, [&work](std::size_t at) {
      return is_of_doubles(work.plan.measures[at], work.dataset);
    });
  });
  CIP_TRY_ASSIGN(const CodesList clustered, clustered_codes(works));
  const std::size_t size = range_size(last - first, workers.size(), keep_to_their_own);
  Ranges ranges(first, last, size, workers.size() == 1 ? CodesList() : clustered);
  ranges.set_next(workers.size());
  return pass_all(workers, ranges, keep_to_their_own);
}

}  // namespace

Result<std::vector<Groups>> scan(std::span<const ScanJob> jobs, const Dataset& dataset,
                                 const RunOptions& options) {
  const Plan& plan = *jobs.front().plan;
  const Base& base = *jobs.front().base;
  CIP_TRY_ASSIGN(const CodesList tested, codes_of(plan.tested, base, dataset));
  CIP_TRY_ASSIGN(const std::vector<Work> works, works_of(jobs, dataset));
  const auto [first, last] = dataset.slice(base.table, plan.from, plan.to, plan.zone);

  const RowFilter filter(plan.rows, tested);
  std::vector<std::unique_ptr<Worker>> workers;
  for (std::size_t left = num_threads_for(last - first, options); left > 0; --left) {
    workers.push_back(std::make_unique<Worker>(filter, options));
    CIP_TRY(workers.back()->prepare(works, last - first));
  }
  CIP_TRY(pass_rows(workers, works, first, last));
  for (std::size_t at = 1; at < workers.size(); ++at) workers.front()->merge(*workers[at]);
  std::vector<Groups> all;
  for (std::size_t at = 0; at < works.size(); ++at) {
    CIP_TRY_ASSIGN(Groups groups, workers.front()->scan(at).finish(works[at].by.size()));
    for (const auto& codes : works[at].by) groups.values.push_back(codes->values);
    groups.rows_read = last - first;
    all.push_back(std::move(groups));
  }
  return all;
}

Result<Groups> scan(const Plan& plan, const Base& base, const Dataset& dataset,
                    const RunOptions& options) {
  const ScanJob job{&plan, &base};
  CIP_TRY_ASSIGN(std::vector<Groups> groups, scan({&job, 1}, dataset, options));
  return std::move(groups.front());
}

}  // namespace cip::query
