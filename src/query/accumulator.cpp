#include "query/accumulator.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include "base/number.h"
#include "base/text.h"
#include "query/distinct.h"
#include "query/quantile.h"

namespace cip::query {
namespace {

__extension__ using Wide = __int128;

template <class T>
T folded(const std::vector<T>& slots, std::uint32_t group, Lanes lanes) {
  T sum{};
  for (std::size_t lane = 0; lane < lanes.num_lanes; ++lane) {
    sum += slots[group * lanes.num_lanes + lane];
  }
  return sum;
}

// Adds the slots of one side's groups to the first slots of their places on the other.
template <class T>
void merge_slots(const std::vector<T>& from, std::span<const std::uint32_t> places, Lanes lanes,
                 std::vector<T>& into) {
  for (std::uint32_t group = 0; group < places.size(); ++group) {
    into[places[group] * lanes.num_lanes] += folded(from, group, lanes);
  }
}

// Rows that hold a value, per slot. A column without nulls needs no counting of its own.
class Present {
 public:
  Present(const PackedColumn* column, Lanes lanes, const std::vector<std::int64_t>& all_rows)
      : column_(column != nullptr && column->num_nulls != 0 ? column : nullptr),
        lanes_(lanes),
        all_rows_(all_rows) {}

  void reserve_groups(std::size_t num_groups) {
    if (column_ != nullptr) counts_.resize(num_groups * lanes_.num_lanes);
  }

  void add(const Assigned& rows) {
    if (column_ == nullptr) return;
    const std::uint64_t* words = column_->presence.data();
    std::int64_t* counts = counts_.data();
    const std::uint32_t* slots = rows.slots;
    for_rows(rows.block, [=](std::size_t at, std::size_t row) {
      counts[slots[at]] += static_cast<std::int64_t>((words[row / 64] >> (row % 64)) & 1U);
    });
  }

  void merge(const Present& other, std::span<const std::uint32_t> places) {
    if (column_ != nullptr) merge_slots(other.counts_, places, lanes_, counts_);
  }

  [[nodiscard]] std::int64_t count(std::uint32_t group) const {
    return folded(column_ == nullptr ? all_rows_ : counts_, group, lanes_);
  }

  // With those that are null.
  [[nodiscard]] std::int64_t num_rows(std::uint32_t group) const {
    return folded(all_rows_, group, lanes_);
  }

 private:
  const PackedColumn* column_;
  Lanes lanes_;
  const std::vector<std::int64_t>& all_rows_;
  std::vector<std::int64_t> counts_;
};

class Count final : public Accumulator {
 public:
  explicit Count(Present present) : present_(std::move(present)) {}

  void reserve_groups(std::size_t num_groups) override { present_.reserve_groups(num_groups); }
  void add(const Assigned& rows) override { present_.add(rows); }
  void merge(Accumulator& other, std::span<const std::uint32_t> places) override {
    present_.merge(static_cast<Count&>(other).present_, places);
  }

  Result<MeasureValues> finish(std::span<const std::uint32_t> groups) override {
    MeasureValues made;
    made.resize(groups.size());
    for (std::size_t at = 0; at < groups.size(); ++at) {
      made.wholes[at] = present_.count(groups[at]);
      made.has[at] = 1;
    }
    return made;
  }

 private:
  Present present_;
};

Result<std::int64_t> narrowed(Wide sum) {
  const bool fits = sum <= std::numeric_limits<std::int64_t>::max() &&
                    sum >= std::numeric_limits<std::int64_t>::min();
  if (fits) return static_cast<std::int64_t>(sum);
  return fail(Errc::LimitExceeded, "a sum does not fit in 64 bits; ask for smaller groups");
}

// Adds the cells of a block to their slots; those of one group are added up on their own first.
template <class Sum, class Cell>
void add_cells(const Assigned& rows, const Cell* cells, Sum* sums) {
  if (rows.is_one_group) {
    Sum sum = 0;
    for_rows(rows.block, [&](std::size_t, std::size_t row) { sum += cells[row]; });
    sums[rows.slots[0]] += sum;
    return;
  }
  const std::uint32_t* slots = rows.slots;
  for_rows(rows.block, [=](std::size_t at, std::size_t row) { sums[slots[at]] += cells[row]; });
}

// Sums and averages of whole numbers, of the cells as they are stored: the rest is reckoned at the
// end. Sum is the type it is added up in: 64 bits if the column and the number of rows are small
// enough that it cannot overflow, 128 otherwise. Nulls hold zero.
template <class Cell, class Sum>
class WholeSum final : public Accumulator {
 public:
  WholeSum(const Measure& measure, const PackedColumn& column, const Cell* cells, Present present,
           Lanes lanes)
      : is_average_(measure.aggregate == model::Aggregate::Average),
        column_(column),
        cells_(cells),
        present_(std::move(present)),
        lanes_(lanes) {}

  void reserve_groups(std::size_t num_groups) override {
    sums_.resize(num_groups * lanes_.num_lanes);
    present_.reserve_groups(num_groups);
  }

  void add(const Assigned& rows) override {
    add_cells(rows, cells_, sums_.data());
    present_.add(rows);
  }

  void merge(Accumulator& other, std::span<const std::uint32_t> places) override {
    const auto& same = static_cast<WholeSum&>(other);
    merge_slots(same.sums_, places, lanes_, sums_);
    present_.merge(same.present_, places);
  }

  Result<MeasureValues> finish(std::span<const std::uint32_t> groups) override {
    MeasureValues made;
    made.is_whole = !is_average_;
    made.resize(groups.size());
    for (std::size_t at = 0; at < groups.size(); ++at) {
      const std::int64_t count = present_.count(groups[at]);
      if (count == 0) continue;
      made.has[at] = 1;
      CIP_TRY_ASSIGN(const std::int64_t sum, narrowed(sum_of(groups[at])));
      if (is_average_) {
        made.numbers[at] = from_decimal(sum, column_.scale) / static_cast<double>(count);
      } else {
        made.wholes[at] = sum;
      }
    }
    return made;
  }

 private:
  [[nodiscard]] Wide sum_of(std::uint32_t group) const {
    return static_cast<Wide>(column_.base) * present_.num_rows(group) +
           static_cast<Wide>(column_.step) * folded(sums_, group, lanes_);
  }

  bool is_average_;
  const PackedColumn& column_;
  const Cell* cells_;
  Present present_;
  Lanes lanes_;
  std::vector<Sum> sums_;
};

class NumberSum final : public Accumulator {
 public:
  NumberSum(const Measure& measure, const double* cells, Present present, Lanes lanes)
      : is_average_(measure.aggregate == model::Aggregate::Average),
        cells_(cells),
        present_(std::move(present)),
        lanes_(lanes) {}

  void reserve_groups(std::size_t num_groups) override {
    sums_.resize(num_groups * lanes_.num_lanes);
    present_.reserve_groups(num_groups);
  }

  void add(const Assigned& rows) override {
    // One by one: the last bits of doubles depend on the order, and that is the order of the rows.
    double* sums = sums_.data();
    for_rows(rows.block,
             [&](std::size_t at, std::size_t row) { sums[rows.slots[at]] += cells_[row]; });
    present_.add(rows);
  }

  void merge(Accumulator& other, std::span<const std::uint32_t> places) override {
    const auto& same = static_cast<NumberSum&>(other);
    merge_slots(same.sums_, places, lanes_, sums_);
    present_.merge(same.present_, places);
  }

  Result<MeasureValues> finish(std::span<const std::uint32_t> groups) override {
    MeasureValues made;
    made.is_whole = false;
    made.resize(groups.size());
    for (std::size_t at = 0; at < groups.size(); ++at) {
      const std::int64_t count = present_.count(groups[at]);
      if (count == 0) continue;
      made.has[at] = 1;
      const double sum = folded(sums_, groups[at], lanes_);
      made.numbers[at] = is_average_ ? sum / static_cast<double>(count) : sum;
    }
    return made;
  }

 private:
  bool is_average_;
  const double* cells_;
  Present present_;
  Lanes lanes_;
  std::vector<double> sums_;
};

// The least or the greatest value, as it is stored: that has the same order.
template <class Cell>
class Extreme final : public Accumulator {
 public:
  Extreme(const Measure& measure, const PackedColumn& column, const Cell* cells, Present present)
      : is_max_(measure.aggregate == model::Aggregate::Max),
        column_(column),
        cells_(cells),
        present_(std::move(present)) {}

  void reserve_groups(std::size_t num_groups) override {
    best_.resize(num_groups,
                 is_max_ ? std::numeric_limits<Cell>::lowest() : std::numeric_limits<Cell>::max());
    present_.reserve_groups(num_groups);
  }

  void add(const Assigned& rows) override {
    const auto greater = [](Cell left, Cell right) { return left > right ? left : right; };
    const auto smaller = [](Cell left, Cell right) { return left < right ? left : right; };
    is_max_ ? take(rows, greater) : take(rows, smaller);
    present_.add(rows);
  }

  void merge(Accumulator& other, std::span<const std::uint32_t> places) override {
    const auto& same = static_cast<Extreme&>(other);
    for (std::size_t group = 0; group < places.size(); ++group) {
      Cell& best = best_[places[group]];
      best = is_max_ ? std::max(best, same.best_[group]) : std::min(best, same.best_[group]);
    }
    present_.merge(same.present_, places);
  }

  Result<MeasureValues> finish(std::span<const std::uint32_t> groups) override {
    MeasureValues made;
    made.is_whole = !std::is_same_v<Cell, double>;
    made.resize(groups.size());
    for (std::size_t at = 0; at < groups.size(); ++at) {
      if (present_.count(groups[at]) == 0) continue;
      made.has[at] = 1;
      const Cell best = best_[groups[at]];
      if constexpr (std::is_same_v<Cell, double>) {
        made.numbers[at] = best;
      } else {
        made.wholes[at] = column_.base + column_.step * static_cast<std::int64_t>(best);
      }
    }
    return made;
  }

 private:
  template <class Better>
  void take(const Assigned& rows, Better better) {
    Cell* best = best_.data();
    const Cell* cells = cells_;
    const std::uint32_t* groups = rows.groups;
    if (column_.num_nulls == 0) {
      for_rows(rows.block, [=](std::size_t at, std::size_t row) {
        best[groups[at]] = better(best[groups[at]], cells[row]);
      });
      return;
    }
    for_rows(rows.block, [&](std::size_t at, std::size_t row) {
      if (column_.has(row)) best[groups[at]] = better(best[groups[at]], cells[row]);
    });
  }

  bool is_max_;
  const PackedColumn& column_;
  const Cell* cells_;
  Present present_;
  std::vector<Cell> best_;
};

// What the cells can come to, as far as their width tells.
Wide bound_of(const PackedColumn& column, std::uint64_t largest_magnitude) {
  if (column.width == 8) return static_cast<Wide>(largest_magnitude);
  return (static_cast<Wide>(1) << (8 * column.width)) - 1;
}

std::unique_ptr<Accumulator> make_sum(const Measure& measure, const Dataset& dataset,
                                      const PackedColumn& column, Lanes lanes, Present present) {
  if (column.type == Type::Text || column.type == Type::Date || column.type == Type::Datetime) {
    return nullptr;  // The model refuses sums of these.
  }
  return column.visit([&]<class Cell>(const Cell* cells) -> std::unique_ptr<Accumulator> {
    if constexpr (std::is_same_v<Cell, double>) {
      return std::make_unique<NumberSum>(measure, cells, std::move(present), lanes);
    } else {
      const std::uint64_t largest =
          column.width < 8 ? 0
                           : dataset.largest_magnitude(measure.column.table, measure.column.column);
      const Wide most = bound_of(column, largest) * static_cast<Wide>(column.num_rows);
      if (most <= std::numeric_limits<std::int64_t>::max()) {
        return std::make_unique<WholeSum<Cell, std::int64_t>>(measure, column, cells,
                                                              std::move(present), lanes);
      }
      return std::make_unique<WholeSum<Cell, Wide>>(measure, column, cells, std::move(present),
                                                    lanes);
    }
  });
}

std::unique_ptr<Accumulator> make_extreme(const Measure& measure, const PackedColumn& column,
                                          Present present) {
  if (column.type == Type::Text || column.type == Type::Boolean) {
    return nullptr;  // The model refuses the least and greatest of these.
  }
  return column.visit([&]<class Cell>(const Cell* cells) -> std::unique_ptr<Accumulator> {
    return std::make_unique<Extreme<Cell>>(measure, column, cells, std::move(present));
  });
}

}  // namespace

void MeasureValues::resize(std::size_t num_groups) {
  (is_whole ? wholes.resize(num_groups) : numbers.resize(num_groups));
  has.resize(num_groups);
}

model::Dimension dimension_of(const Measure& measure) {
  model::Dimension of_column;
  of_column.name = measure.column.column;
  of_column.column = measure.column;
  return of_column;
}

Result<std::unique_ptr<Accumulator>> make_accumulator(const Measure& measure,
                                                      const Dataset& dataset, Lanes lanes,
                                                      const std::vector<std::int64_t>& counts) {
  const auto table = dataset.tables().find(measure.column.table);
  CIP_EXPECTS(table != dataset.tables().end());
  const PackedColumn* column =
      measure.column.column.empty() ? nullptr : table->second.find(measure.column.column);
  // Null cells hold zero, so it is enough to count their rows.
  Present present(measure.is_null_zero ? nullptr : column, lanes, counts);
  std::unique_ptr<Accumulator> made;
  switch (measure.aggregate) {
    case model::Aggregate::Count:
      made = std::make_unique<Count>(std::move(present));
      break;
    case model::Aggregate::Distinct: {
      CIP_TRY_ASSIGN(auto codes, dataset.codes(measure.column.table, dimension_of(measure)));
      made = make_distinct(std::move(codes), lanes);
      break;
    }
    case model::Aggregate::Sum:
    case model::Aggregate::Average:
      made = make_sum(measure, dataset, *column, lanes, std::move(present));
      break;
    case model::Aggregate::Min:
    case model::Aggregate::Max:
      // Extremes have no lanes, so they count by the slots of the scan as they are.
      made = make_extreme(measure, *column, std::move(present));
      break;
    case model::Aggregate::Quantile:
      made = make_quantile(*column, measure.quantile);
      break;
  }
  CIP_EXPECTS(made != nullptr);
  return made;
}

}  // namespace cip::query
