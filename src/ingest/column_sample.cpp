#include "ingest/column_sample.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <utility>

#include "base/text.h"

namespace cip::ingest {
namespace {

constexpr std::uint64_t kSign = std::uint64_t{1} << 63;
constexpr std::size_t kNumBuckets = std::size_t{1} << 16;

// Unsigned keys in the order of the values.
std::uint64_t key_of_units(std::int64_t units) noexcept {
  return static_cast<std::uint64_t>(units) ^ kSign;
}
std::int64_t units_of_key(std::uint64_t key) noexcept {
  return static_cast<std::int64_t>(key ^ kSign);
}
std::uint64_t key_of_number(double number) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(number);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}
double number_of_key(std::uint64_t key) noexcept {
  return std::bit_cast<double>((key & kSign) != 0 ? key ^ kSign : ~key);
}

}  // namespace

// Keys on disk, in a file without a name: it is gone with the process, however that ends.
class ColumnSample::Spill {
 public:
  static Result<std::unique_ptr<Spill>> create() {
    std::unique_ptr<Spill> made(new Spill(std::tmpfile()));
    if (made->file_ == nullptr) {
      return fail(Errc::Unavailable, "no room for a temporary file in /tmp");
    }
    return made;
  }
  ~Spill() {
    if (file_ != nullptr) static_cast<void>(std::fclose(file_));
  }
  Spill(const Spill&) = delete;
  Spill& operator=(const Spill&) = delete;

  Result<void> append(const std::vector<std::uint64_t>& keys) {
    if (std::fwrite(keys.data(), sizeof(keys[0]), keys.size(), file_) == keys.size()) return {};
    return fail(Errc::Unavailable, "the temporary file of a column's values cannot be written");
  }

  template <class Take>
  Result<void> for_each(Take take) {
    std::rewind(file_);
    std::array<std::uint64_t, 8192> block{};
    for (;;) {
      const std::size_t count = std::fread(block.data(), sizeof(block[0]), block.size(), file_);
      for (std::size_t at = 0; at < count; ++at) take(block[at]);
      if (count < block.size()) break;
    }
    if (std::ferror(file_) == 0) return {};
    return fail(Errc::Unavailable, "the temporary file of a column's values cannot be read");
  }

  // The keys that stand at the given places of the sorted order, found 16 bits at a time.
  Result<std::vector<std::uint64_t>> keys_at(const std::vector<std::uint64_t>& ranks) {
    std::vector<std::uint64_t> found(ranks.size(), 0);
    std::vector<std::uint64_t> left = ranks;  // The place among the keys that share what is found.
    for (int shift = 48; shift >= 0; shift -= 16) CIP_TRY(find_bits(shift, found, left));
    return found;
  }

 private:
  Result<void> find_bits(int shift, std::vector<std::uint64_t>& found,
                         std::vector<std::uint64_t>& left) {
    std::vector<std::vector<std::uint64_t>> buckets(found.size(),
                                                    std::vector<std::uint64_t>(kNumBuckets, 0));
    const std::uint64_t above = shift == 48 ? 0 : ~std::uint64_t{0} << (shift + 16);
    CIP_TRY(for_each([&](std::uint64_t key) {
      const std::size_t bucket = (key >> shift) & (kNumBuckets - 1);
      for (std::size_t at = 0; at < found.size(); ++at) {
        if ((key & above) == found[at]) ++buckets[at][bucket];
      }
    }));
    for (std::size_t at = 0; at < found.size(); ++at) {
      std::size_t bucket = 0;
      for (; left[at] >= buckets[at][bucket]; ++bucket) left[at] -= buckets[at][bucket];
      found[at] |= std::uint64_t{bucket} << shift;
    }
    return {};
  }

  explicit Spill(std::FILE* file) : file_(file) {}
  std::FILE* file_;
};

ColumnSample::ColumnSample(Type type, SampleWish wish) : type_(type), wish_(std::move(wish)) {}
ColumnSample::ColumnSample(ColumnSample&&) noexcept = default;
ColumnSample& ColumnSample::operator=(ColumnSample&&) noexcept = default;
ColumnSample::~ColumnSample() = default;

void ColumnSample::add(const Cell& cell) {
  ++num_values_;
  if (type_ == Type::Text) {
    if (wish_.mode && texts_.size() <= kMaxDifferent) ++texts_[std::string(cell.text)];
    return;
  }
  const std::uint64_t key = is_number() ? key_of_number(cell.number) : key_of_units(cell.units);
  if (wish_.mode && different_.size() <= kMaxDifferent) ++different_[key];
  if (!wish_.ranks.empty()) add_key(key);
  if (!wish_.moments) return;
  const double value = is_number() ? cell.number : static_cast<double>(cell.units);
  const double distance = value - welford_mean_;
  welford_mean_ += distance / static_cast<double>(num_values_);
  welford_squares_ += distance * (value - welford_mean_);
  if (!is_number()) {
    sum_ += cell.units;
    return;
  }
  const double total = number_sum_ + value;
  correction_ += std::abs(number_sum_) >= std::abs(value) ? (number_sum_ - total) + value
                                                          : (value - total) + number_sum_;
  number_sum_ = total;
}

void ColumnSample::add_key(std::uint64_t key) {
  keys_.push_back(key);
  if (keys_.size() == kMaxInMemory && !spill()) is_spill_broken_ = true;
}

Result<void> ColumnSample::spill() {
  if (!spill_) {
    CIP_TRY_ASSIGN(spill_, Spill::create());
  }
  CIP_TRY(spill_->append(keys_));
  keys_.clear();
  return {};
}

Result<void> ColumnSample::settle() {
  if (is_spill_broken_) {
    return fail(Errc::Unavailable, "no room in /tmp to keep the values of a column");
  }
  if (std::max(texts_.size(), different_.size()) > kMaxDifferent) {
    return fail(Errc::LimitExceeded,
                fmt::format("a column with more than {} different values has no mode to fill with",
                            kMaxDifferent));
  }
  std::uint64_t most = 0;
  for (const auto& [text, count] : texts_) {
    const bool is_better = count > most || (count == most && text < mode_text_);
    if (is_better) mode_text_ = text;
    most = std::max(most, count);
  }
  std::uint64_t mode_key = 0;
  for (const auto& [key, count] : different_) {
    if (count > most || (count == most && key < mode_key)) mode_key = key;
    most = std::max(most, count);
  }
  mode_ = between(mode_key, mode_key, 0);
  if (num_values_ == 0 || wish_.ranks.empty()) return {};
  return find_quantiles();
}

Result<void> ColumnSample::find_quantiles() {
  std::vector<std::uint64_t> ranks;
  for (const double rank : wish_.ranks) {
    const double place = rank * static_cast<double>(num_values_ - 1);
    const auto below = static_cast<std::uint64_t>(place);
    ranks.push_back(below);
    ranks.push_back(std::min(below + 1, num_values_ - 1));
  }
  CIP_TRY_ASSIGN(const std::vector<std::uint64_t> keys, keys_at(ranks));
  for (std::size_t at = 0; at < wish_.ranks.size(); ++at) {
    const double place = wish_.ranks[at] * static_cast<double>(num_values_ - 1);
    quantiles_.push_back(between(keys[2 * at], keys[2 * at + 1], place - std::floor(place)));
  }
  keys_ = {};
  spill_.reset();
  return {};
}

// The keys that stand at the given places of the sorted order.
Result<std::vector<std::uint64_t>> ColumnSample::keys_at(const std::vector<std::uint64_t>& ranks) {
  std::vector<std::uint64_t> found(ranks.size(), 0);
  if (!spill_) {
    std::ranges::sort(keys_);
    for (std::size_t at = 0; at < ranks.size(); ++at) {
      found[at] = keys_[ranks[at]];
    }
    return found;
  }
  CIP_TRY(spill());
  return spill_->keys_at(ranks);
}

Cell ColumnSample::between(std::uint64_t low, std::uint64_t high, double share) const noexcept {
  Cell cell;
  if (is_number()) {
    const double from = number_of_key(low);
    cell.number = share > 0 ? from + (number_of_key(high) - from) * share : from;
    return cell;
  }
  const std::int64_t from = units_of_key(low);
  const Int128 width = Int128{units_of_key(high)} - from;
  const long double step = static_cast<long double>(width) * static_cast<long double>(share);
  cell.units = from + static_cast<std::int64_t>(std::llround(step));
  return cell;
}

Cell ColumnSample::mean() const noexcept {
  Cell cell;
  if (is_number()) {
    cell.number = (number_sum_ + correction_) / static_cast<double>(num_values_);
    return cell;
  }
  const auto count = static_cast<Int128>(num_values_);
  const Int128 half = sum_ < 0 ? -(count / 2) : count / 2;
  cell.units = static_cast<std::int64_t>((sum_ + half) / count);
  return cell;
}

Cell ColumnSample::mode() const {
  Cell cell = mode_;
  cell.text = mode_text_;
  return cell;
}

Cell ColumnSample::quantile(std::size_t at) const noexcept { return quantiles_[at]; }

double ColumnSample::deviation() const noexcept {
  if (num_values_ < 2) return 0;
  return std::sqrt(welford_squares_ / static_cast<double>(num_values_ - 1));
}

}  // namespace cip::ingest
