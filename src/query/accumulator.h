// query/accumulator.h: how a measure grows, row by row, in every group at once.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "query/dataset.h"
#include "query/grouper.h"
#include "query/plan.h"

namespace cip::query {

/// What a measure came to, per group: whole numbers (units, days, microseconds, counts) or doubles.
struct MeasureValues {
  bool is_whole = true;
  std::vector<std::int64_t> wholes;
  std::vector<double> numbers;
  std::vector<std::uint8_t> has;  // 0 where there was nothing to aggregate.

  void resize(std::size_t num_groups);
};

/// Accumulators of sums keep several slots for a group while there are few groups, and rows take
/// turns: adding to the slot just written would wait for that write.
struct Lanes {
  std::size_t num_lanes = 1;
};

/// One block of rows with the slot and the group of each.
struct Assigned {
  Block block;
  const std::uint32_t* slots = nullptr;
  const std::uint32_t* groups = nullptr;
  bool is_one_group = false;  // All rows are of the group of the first.

  /// The groups once more, as kernels.h wants them; null if they are many or the rows are listed.
  const std::uint8_t* bytes = nullptr;
};

/// Calls `each(at, row)` for the rows of a block, without asking every time how they are listed.
template <class Each>
void for_rows(const Block& block, Each each) {
  if (block.rows == nullptr) {
    for (std::size_t at = 0; at < block.num_rows; ++at) each(at, block.first + at);
  } else {
    for (std::size_t at = 0; at < block.num_rows; ++at) each(at, std::size_t{block.rows[at]});
  }
}

class Accumulator {
 public:
  virtual ~Accumulator() = default;

  /// Makes room; never fewer than before.
  virtual void reserve_groups(std::size_t num_groups) = 0;
  virtual void add(const Assigned& rows) = 0;

  /// Takes over what another accumulator of the same measure has: its group g is places[g] here,
  /// where there is room for it.
  virtual void merge(Accumulator& other, std::span<const std::uint32_t> places) = 0;

  /// The values of these groups, in this order.
  ///
  /// Errors:  LimitExceeded  a sum does not fit in 64 bits
  virtual Result<MeasureValues> finish(std::span<const std::uint32_t> groups) = 0;
};

/// The column of a measure as a dimension: what a distinct count counts the values of.
[[nodiscard]] model::Dimension dimension_of(const Measure& measure);

/// The accumulator for a measure over the rows of its table. `counts` are the rows per slot, which
/// the scan counts and merges anyway; they live as long as the accumulator.
Result<std::unique_ptr<Accumulator>> make_accumulator(const Measure& measure,
                                                      const Dataset& dataset, Lanes lanes,
                                                      const std::vector<std::int64_t>& counts);

}  // namespace cip::query
