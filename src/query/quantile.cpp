#include "query/quantile.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <type_traits>
#include <vector>

#include "base/number.h"

namespace cip::query {
namespace {

// Cells are as they are stored, which has the order of the values.
template <class Cell>
class Quantile final : public Accumulator {
 public:
  Quantile(const PackedColumn& column, const Cell* cells, double at)
      : column_(column), cells_(cells), at_(at) {}

  void reserve_groups(std::size_t num_groups) override { num_groups_ = num_groups; }

  void add(const Assigned& rows) override {
    const Block& block = rows.block;
    for (std::size_t at = 0; at < block.num_rows; ++at) {
      const std::size_t row = block.rows == nullptr ? block.first + at : block.rows[at];
      if (!column_.has(row)) continue;
      group_of_.push_back(rows.groups[at]);
      values_.push_back(cells_[row]);
    }
  }

  void merge(Accumulator& other, std::span<const std::uint32_t> places) override {
    const auto& same = static_cast<Quantile&>(other);
    values_.insert(values_.end(), same.values_.begin(), same.values_.end());
    for (const std::uint32_t group : same.group_of_) group_of_.push_back(places[group]);
  }

  Result<MeasureValues> finish(std::span<const std::uint32_t> groups) override {
    // Counting sort by group.
    std::vector<std::size_t> starts(num_groups_ + 1);
    for (const std::uint32_t group : group_of_) ++starts[group + 1];
    std::partial_sum(starts.begin(), starts.end(), starts.begin());
    std::vector<std::size_t> next(starts.begin(), starts.end() - 1);
    std::vector<Cell> sorted(values_.size());
    for (std::size_t at = 0; at < values_.size(); ++at) {
      sorted[next[group_of_[at]]++] = values_[at];
    }
    MeasureValues made;
    made.is_whole = false;
    made.resize(groups.size());
    for (std::size_t at = 0; at < groups.size(); ++at) {
      const std::size_t first = starts[groups[at]];
      const std::size_t count = starts[groups[at] + 1] - first;
      if (count == 0) continue;
      made.has[at] = 1;
      made.numbers[at] = of(std::span(sorted).subspan(first, count));
    }
    return made;
  }

 private:
  [[nodiscard]] double number(Cell cell) const {
    if constexpr (std::is_same_v<Cell, double>) {
      return cell;
    } else {
      const std::int64_t units = column_.base + column_.step * static_cast<std::int64_t>(cell);
      return from_decimal(units, column_.scale);
    }
  }

  // From the nearer end, as NumPy's percentile does: the middle of 0.2 and 3 is 1.6 to the last
  // digit, and between equal values lies that value.
  static double between(double low, double next, double share) {
    const double span = next - low;
    return share < 0.5 ? low + span * share : next - span * (1 - share);
  }

  [[nodiscard]] double of(std::span<Cell> cells) const {
    const double place = static_cast<double>(cells.size() - 1) * at_;
    const auto low = static_cast<std::size_t>(std::floor(place));
    const auto at_low = cells.begin() + static_cast<std::ptrdiff_t>(low);
    std::nth_element(cells.begin(), at_low, cells.end());
    if (low + 1 == cells.size()) return number(*at_low);
    const Cell next = *std::min_element(at_low + 1, cells.end());
    const double share = place - static_cast<double>(low);
    return between(number(*at_low), number(next), share);
  }

  const PackedColumn& column_;
  const Cell* cells_;
  double at_;
  std::size_t num_groups_ = 0;
  std::vector<std::uint32_t> group_of_;
  std::vector<Cell> values_;
};

}  // namespace

std::unique_ptr<Accumulator> make_quantile(const PackedColumn& column, double at) {
  const bool has_quantiles =
      column.type == Type::Decimal || column.type == Type::Integer || column.type == Type::Number;
  if (!has_quantiles) return nullptr;  // The model refuses quantiles of these.
  return column.visit([&]<class Cell>(const Cell* cells) -> std::unique_ptr<Accumulator> {
    return std::make_unique<Quantile<Cell>>(column, cells, at);
  });
}

}  // namespace cip::query
