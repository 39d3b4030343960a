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

// Calls `each(at, row)` for the rows of a block, without asking every time how they are listed.
template <class Each>
void for_rows(const Block& block, Each each) {
  if (block.rows == nullptr) {
    for (std::size_t at = 0; at < block.num_rows; ++at) each(at, block.first + at);
  } else {
    for (std::size_t at = 0; at < block.num_rows; ++at) each(at, std::size_t{block.rows[at]});
  }
}

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
  Present(const frame::Column* column, Lanes lanes, const std::vector<std::int64_t>& all_rows)
      : column_(column != nullptr && column->num_nulls() != 0 ? column : nullptr),
        lanes_(lanes),
        all_rows_(all_rows) {}

  void reserve_groups(std::size_t num_groups) {
    if (column_ != nullptr) counts_.resize(num_groups * lanes_.num_lanes);
  }

  void add(const Assigned& rows) {
    if (column_ == nullptr) return;
    const frame::Bitmap& presence = column_->presence();
    for_rows(rows.block, [&](std::size_t at, std::size_t row) {
      counts_[rows.slots[at]] += presence[row] ? 1 : 0;
    });
  }

  void merge(const Present& other, std::span<const std::uint32_t> places) {
    if (column_ != nullptr) merge_slots(other.counts_, places, lanes_, counts_);
  }

  [[nodiscard]] std::int64_t count(std::uint32_t group) const {
    return folded(column_ == nullptr ? all_rows_ : counts_, group, lanes_);
  }

 private:
  const frame::Column* column_;
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

// Sums and averages of whole numbers. Sum is the type it is added up in: 64 bits if the column and
// the number of rows are small enough that it cannot overflow, 128 otherwise. Nulls hold zero.
template <class Cell, class Sum>
class WholeSum final : public Accumulator {
 public:
  WholeSum(const Measure& measure, const std::vector<Cell>& cells, int scale, Present present,
           Lanes lanes)
      : is_average_(measure.aggregate == model::Aggregate::Average),
        scale_(scale),
        cells_(cells),
        present_(std::move(present)),
        lanes_(lanes) {}

  void reserve_groups(std::size_t num_groups) override {
    sums_.resize(num_groups * lanes_.num_lanes);
    present_.reserve_groups(num_groups);
  }

  void add(const Assigned& rows) override {
    Sum* sums = sums_.data();
    const Cell* cells = cells_.data();
    const std::uint32_t* slots = rows.slots;
    for_rows(rows.block, [=](std::size_t at, std::size_t row) { sums[slots[at]] += cells[row]; });
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
      CIP_TRY_ASSIGN(const std::int64_t sum, narrowed(folded(sums_, groups[at], lanes_)));
      if (is_average_) {
        made.numbers[at] = from_decimal(sum, scale_) / static_cast<double>(count);
      } else {
        made.wholes[at] = sum;
      }
    }
    return made;
  }

 private:
  bool is_average_;
  int scale_;
  const std::vector<Cell>& cells_;
  Present present_;
  Lanes lanes_;
  std::vector<Sum> sums_;
};

class NumberSum final : public Accumulator {
 public:
  NumberSum(const Measure& measure, const std::vector<double>& cells, Present present, Lanes lanes)
      : is_average_(measure.aggregate == model::Aggregate::Average),
        cells_(cells),
        present_(std::move(present)),
        lanes_(lanes) {}

  void reserve_groups(std::size_t num_groups) override {
    sums_.resize(num_groups * lanes_.num_lanes);
    present_.reserve_groups(num_groups);
  }

  void add(const Assigned& rows) override {
    for_rows(rows.block,
             [&](std::size_t at, std::size_t row) { sums_[rows.slots[at]] += cells_[row]; });
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
  const std::vector<double>& cells_;
  Present present_;
  Lanes lanes_;
  std::vector<double> sums_;
};

// The least or the greatest value. A flipped sign turns one into the other, but for the least whole
// number; so both comparisons are written out.
template <class Cell>
class Extreme final : public Accumulator {
 public:
  Extreme(const Measure& measure, const frame::Column& column, const std::vector<Cell>& cells)
      : is_max_(measure.aggregate == model::Aggregate::Max), column_(column), cells_(cells) {}

  void reserve_groups(std::size_t num_groups) override {
    best_.resize(num_groups);
    has_.resize(num_groups);
  }

  void add(const Assigned& rows) override {
    for_rows(rows.block, [&](std::size_t at, std::size_t row) {
      if (column_.has(row)) take(rows.groups[at], cells_[row]);
    });
  }

  void merge(Accumulator& other, std::span<const std::uint32_t> places) override {
    const auto& same = static_cast<Extreme&>(other);
    for (std::size_t group = 0; group < places.size(); ++group) {
      if (same.has_[group] != 0) take(places[group], same.best_[group]);
    }
  }

  Result<MeasureValues> finish(std::span<const std::uint32_t> groups) override {
    MeasureValues made;
    made.is_whole = !std::is_same_v<Cell, double>;
    made.resize(groups.size());
    for (std::size_t at = 0; at < groups.size(); ++at) {
      made.has[at] = has_[groups[at]];
      if constexpr (std::is_same_v<Cell, double>) {
        made.numbers[at] = best_[groups[at]];
      } else {
        made.wholes[at] = best_[groups[at]];
      }
    }
    return made;
  }

 private:
  void take(std::uint32_t group, Cell cell) {
    const bool is_better = is_max_ ? cell > best_[group] : cell < best_[group];
    if (has_[group] == 0 || is_better) best_[group] = cell;
    has_[group] = 1;
  }

  bool is_max_;
  const frame::Column& column_;
  const std::vector<Cell>& cells_;
  std::vector<Cell> best_;
  std::vector<std::uint8_t> has_;
};

std::unique_ptr<Accumulator> make_sum(const Measure& measure, const Dataset& dataset,
                                      const frame::Column& column, Lanes lanes, Present present) {
  const auto make = [&]<class Of>(const Of& of) -> std::unique_ptr<Accumulator> {
    if constexpr (std::is_same_v<Of, frame::Numbers>) {
      return std::make_unique<NumberSum>(measure, of.values, std::move(present), lanes);
    } else if constexpr (std::is_same_v<Of, frame::Booleans>) {
      return std::make_unique<WholeSum<std::uint8_t, std::int64_t>>(measure, of.values, 0,
                                                                    std::move(present), lanes);
    } else if constexpr (std::is_same_v<Of, frame::Integers> ||
                         std::is_same_v<Of, frame::Decimals>) {
      int scale = 0;
      if constexpr (std::is_same_v<Of, frame::Decimals>) scale = of.scale;
      const Wide most = dataset.largest_magnitude(measure.column.table, measure.column.column);
      const Wide bound = most * static_cast<Wide>(column.num_rows());
      if (bound <= std::numeric_limits<std::int64_t>::max()) {
        return std::make_unique<WholeSum<std::int64_t, std::int64_t>>(measure, of.values, scale,
                                                                      std::move(present), lanes);
      }
      return std::make_unique<WholeSum<std::int64_t, Wide>>(measure, of.values, scale,
                                                            std::move(present), lanes);
    } else {
      return nullptr;  // The model refuses sums of these.
    }
  };
  return std::visit(make, column.cells());
}

std::unique_ptr<Accumulator> make_extreme(const Measure& measure, const frame::Column& column) {
  const auto make = [&]<class Of>(const Of& of) -> std::unique_ptr<Accumulator> {
    if constexpr (std::is_same_v<Of, frame::Texts> || std::is_same_v<Of, frame::Booleans>) {
      return nullptr;  // The model refuses the least and greatest of these.
    } else {
      using Cell = typename decltype(of.values)::value_type;
      return std::make_unique<Extreme<Cell>>(measure, column, of.values);
    }
  };
  return std::visit(make, column.cells());
}

}  // namespace

void MeasureValues::resize(std::size_t num_groups) {
  (is_whole ? wholes.resize(num_groups) : numbers.resize(num_groups));
  has.resize(num_groups);
}

Result<std::unique_ptr<Accumulator>> make_accumulator(const Measure& measure,
                                                      const Dataset& dataset, Lanes lanes,
                                                      const std::vector<std::int64_t>& counts) {
  const frame::Table* table = dataset.find(measure.column.table);
  CIP_EXPECTS(table != nullptr);
  const frame::Column* column =
      measure.column.column.empty() ? nullptr : &(*table)[measure.column.column];
  Present present(column, lanes, counts);
  std::unique_ptr<Accumulator> made;
  switch (measure.aggregate) {
    case model::Aggregate::Count:
      made = std::make_unique<Count>(std::move(present));
      break;
    case model::Aggregate::Distinct: {
      model::Dimension of_column;
      of_column.name = measure.column.column;
      of_column.column = measure.column;
      CIP_TRY_ASSIGN(auto codes, dataset.codes(measure.column.table, of_column));
      made = make_distinct(std::move(codes));
      break;
    }
    case model::Aggregate::Sum:
    case model::Aggregate::Average:
      made = make_sum(measure, dataset, *column, lanes, std::move(present));
      break;
    case model::Aggregate::Min:
    case model::Aggregate::Max:
      made = make_extreme(measure, *column);
      break;
    case model::Aggregate::Quantile:
      made = make_quantile(*column, measure.quantile);
      break;
  }
  CIP_EXPECTS(made != nullptr);
  return made;
}

}  // namespace cip::query
