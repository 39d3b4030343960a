#include "frame/quantile_sketch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "base/contract.h"

namespace cip::frame {
namespace {

constexpr double kWidth = 300;         // The paper's k: of the highest level.
constexpr double kShrink = 2.0 / 3.0;  // The paper's c: each level below is so much narrower ...
constexpr std::size_t kNarrowest = 8;  // ... down to this.
constexpr std::size_t kMostLevels = 60;
constexpr std::size_t kUnsampledLevels = 7;

/// The least and the greatest of some numbers, in lanes that do not wait for each other.
struct Ends {
  static constexpr std::size_t kLanes = 4;
  std::array<double, kLanes> least{};
  std::array<double, kLanes> greatest{};

  explicit Ends(std::span<const double> values) {
    least.fill(values.front());
    greatest.fill(values.front());
    std::size_t at = 0;
    for (; at + kLanes <= values.size(); at += kLanes) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) add(values[at + lane], lane);
    }
    for (; at < values.size(); ++at) add(values[at], 0);
  }
  void add(double value, std::size_t lane) {
    least[lane] = value < least[lane] ? value : least[lane];
    greatest[lane] = value > greatest[lane] ? value : greatest[lane];
  }
};

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

// xorshift64 (G. Marsaglia, "Xorshift RNGs", 2003). Its high bits are the better ones.
std::uint64_t QuantileSketch::random_bits() noexcept {
  bits_ ^= bits_ << 13U;
  bits_ ^= bits_ >> 7U;
  bits_ ^= bits_ << 17U;
  return bits_;
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

void QuantileSketch::add(std::span<const double> values) {
  if (values.empty()) return;
  const Ends ends(values);
  const double least = std::ranges::min(ends.least);
  const double greatest = std::ranges::max(ends.greatest);
  least_ = count_ == 0 ? least : std::min(least_, least);
  greatest_ = count_ == 0 ? greatest : std::max(greatest_, greatest);
  count_ += values.size();
  std::size_t at = 0;
  const std::size_t level = levels_.size() - std::min(levels_.size(), kUnsampledLevels);
  if (level > 0) {
    const std::size_t group = std::size_t{1} << level;
    for (; at + group <= values.size(); at += group) {
      push(level, values[at + (random_bits() >> (64U - level))]);
    }
  }
  for (; at < values.size(); ++at) push(0, values[at]);
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
  for (std::size_t at = kept + (random_bits() >> 63U); at < full.size(); at += 2) {
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
