#include "frame/quantile_sketch.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/contract.h"

namespace cip::frame {
namespace {

constexpr double kWidth = 200;         // The paper's k: of the highest level.
constexpr double kShrink = 2.0 / 3.0;  // The paper's c: each level below is so much narrower ...
constexpr std::size_t kNarrowest = 8;  // ... down to this.
constexpr std::size_t kMostLevels = 60;

}  // namespace

void QuantileSketch::renew_capacity() {
  capacities_.resize(levels_.size());
  capacity_ = 0;
  double width = kWidth;
  for (std::size_t level = levels_.size(); level-- > 0; width *= kShrink) {
    capacities_[level] = std::max(kNarrowest, static_cast<std::size_t>(width));
    capacity_ += capacities_[level];
  }
}

// xorshift64 (G. Marsaglia, "Xorshift RNGs", 2003): one bit for each compaction is all it gives.
bool QuantileSketch::random_bit() noexcept {
  bits_ ^= bits_ << 13U;
  bits_ ^= bits_ >> 7U;
  bits_ ^= bits_ << 17U;
  return (bits_ >> 63U) != 0;
}

void QuantileSketch::push(std::size_t level, double value) {
  if (level >= levels_.size()) {
    levels_.resize(level + 1);
    renew_capacity();
  }
  levels_[level].push_back(value);
  ++size_;
  while (size_ > capacity_) compress();
}

void QuantileSketch::add(double value, std::uint64_t weight) {
  CIP_EXPECTS(!std::isnan(value) && weight > 0);
  least_ = count_ == 0 ? value : std::min(least_, value);
  greatest_ = count_ == 0 ? value : std::max(greatest_, value);
  count_ += weight;
  for (std::size_t level = 0; weight != 0; ++level, weight >>= 1U) {
    if ((weight & 1U) != 0) push(level, value);
  }
}

// The lowest level that is full hands half of itself up. Some level is full whenever this is
// called: together they hold more than their capacities.
void QuantileSketch::compress() {
  std::size_t level = 0;
  while (levels_[level].size() < capacities_[level]) ++level;
  if (level + 1 == levels_.size()) {
    levels_.emplace_back();
    renew_capacity();
  }
  std::vector<double>& full = levels_[level];
  std::vector<double>& above = levels_[level + 1];
  std::ranges::sort(full);
  const std::size_t kept = full.size() % 2;  // An odd one out stays.
  for (std::size_t at = kept + (random_bit() ? 1 : 0); at < full.size(); at += 2) {
    above.push_back(full[at]);
  }
  size_ -= (full.size() - kept) / 2;
  full.resize(kept);
}

void QuantileSketch::merge(const QuantileSketch& other) {
  if (other.count_ == 0) return;
  least_ = count_ == 0 ? other.least_ : std::min(least_, other.least_);
  greatest_ = count_ == 0 ? other.greatest_ : std::max(greatest_, other.greatest_);
  count_ += other.count_;
  for (std::size_t level = 0; level < other.levels_.size(); ++level) {
    for (const double value : other.levels_[level]) push(level, value);
  }
}

std::vector<std::pair<double, std::uint64_t>> QuantileSketch::sorted() const {
  std::vector<std::pair<double, std::uint64_t>> all;
  all.reserve(size_);
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    for (const double value : levels_[level]) all.emplace_back(value, std::uint64_t{1} << level);
  }
  std::ranges::sort(all);
  return all;
}

std::vector<double> QuantileSketch::quantiles(const std::vector<double>& shares) const {
  std::vector<double> found;
  if (count_ == 0) return found;
  const auto all = sorted();
  std::size_t at = 0;
  std::uint64_t below = all.front().second;
  for (const double share : shares) {
    const double wanted = share * static_cast<double>(count_);
    while (at + 1 < all.size() && static_cast<double>(below) < wanted) below += all[++at].second;
    // The ends are known; an inner value may have been the one that gave way.
    found.push_back(share <= 0 ? least_ : share >= 1 ? greatest_ : all[at].first);
  }
  return found;
}

std::vector<double> QuantileSketch::shares_up_to(const std::vector<double>& values) const {
  std::vector<double> shares(values.size(), 0);
  if (count_ == 0) return shares;
  const auto all = sorted();
  std::size_t at = 0;
  std::uint64_t below = 0;
  for (std::size_t of = 0; of < values.size(); ++of) {
    for (; at < all.size() && all[at].first <= values[of]; ++at) below += all[at].second;
    shares[of] =
        values[of] >= greatest_ ? 1 : static_cast<double>(below) / static_cast<double>(count_);
  }
  return shares;
}

void QuantileSketch::write(SketchWriter& out) const {
  out.count(count_);
  out.number(least_);
  out.number(greatest_);
  out.word(bits_);
  out.count(levels_.size());
  for (const std::vector<double>& level : levels_) {
    out.count(level.size());
    for (const double value : level) out.number(value);
  }
}

void QuantileSketch::read(SketchReader& in) {
  count_ = in.count();
  least_ = in.number();
  greatest_ = in.number();
  bits_ = in.word();
  levels_.assign(std::clamp<std::size_t>(in.size(), 1, kMostLevels), {});
  size_ = 0;
  for (std::vector<double>& level : levels_) {
    level.resize(in.size());
    for (double& value : level) {
      value = in.number();
      if (std::isnan(value)) value = 0;  // It could not be sorted.
    }
    size_ += level.size();
  }
  if (bits_ == 0 || size_ == 0) *this = QuantileSketch();
  renew_capacity();
}

}  // namespace cip::frame
