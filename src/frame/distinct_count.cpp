#include "frame/distinct_count.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <limits>

namespace cip::frame {
namespace {

constexpr unsigned kIndexBits = 12;
constexpr std::size_t kNumRegisters = std::size_t{1} << kIndexBits;
constexpr unsigned kRankBits = 64 - kIndexBits;
constexpr std::size_t kMostExact = 512;

// The two series of Ertl's estimator; both converge in a few dozen steps.
double sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double y = 1;
  double z = x;
  for (double before = -1; before != z;) {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  }
  return z;
}

double tau(double x) {
  if (x == 0 || x == 1) return 0;
  double y = 1;
  double z = 1 - x;
  for (double before = -1; before != z;) {
    x = std::sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  }
  return z / 3;
}

}  // namespace

void DistinctCount::add(std::uint64_t hash) {
  if (!is_exact()) {
    add_to_register(hash);
    return;
  }
  const auto place = std::ranges::lower_bound(hashes_, hash);
  if (place != hashes_.end() && *place == hash) return;
  hashes_.insert(place, hash);
  if (hashes_.size() > kMostExact) leave_exactness();
}

void DistinctCount::add(std::span<const std::uint64_t> hashes) {
  std::size_t at = 0;
  for (; at < hashes.size() && is_exact(); ++at) add(hashes[at]);
  for (; at < hashes.size(); ++at) add_to_register(hashes[at]);
}

void DistinctCount::add_to_register(std::uint64_t hash) {
  const std::size_t index = hash >> kRankBits;
  const std::uint64_t rest = hash << kIndexBits;
  const int leading = rest == 0 ? static_cast<int>(kRankBits) : std::countl_zero(rest);
  const auto rank = static_cast<std::uint8_t>(leading + 1);
  registers_[index] = std::max(registers_[index], rank);
}

void DistinctCount::leave_exactness() {
  registers_.resize(kNumRegisters);
  for (const std::uint64_t hash : hashes_) add_to_register(hash);
  hashes_.clear();
}

void DistinctCount::merge(const DistinctCount& other) {
  if (!other.is_exact()) {
    if (is_exact()) leave_exactness();
    for (std::size_t at = 0; at < kNumRegisters; ++at) {
      registers_[at] = std::max(registers_[at], other.registers_[at]);
    }
    return;
  }
  for (const std::uint64_t hash : other.hashes_) add(hash);
}

double DistinctCount::estimate() const {
  if (is_exact()) return static_cast<double>(hashes_.size());
  std::array<double, kRankBits + 2> with_rank{};
  for (const std::uint8_t rank : registers_) ++with_rank[rank];
  constexpr auto kM = static_cast<double>(kNumRegisters);
  double z = kM * tau(1 - with_rank[kRankBits + 1] / kM);
  for (unsigned rank = kRankBits; rank >= 1; --rank) z = 0.5 * (z + with_rank[rank]);
  z += kM * sigma(with_rank[0] / kM);
  constexpr double kAlpha = 0.7213475204444817;  // 1 / (2 ln 2)
  return kAlpha * kM * kM / z;
}

void DistinctCount::write(SketchWriter& out) const {
  out.count(hashes_.size());
  for (const std::uint64_t hash : hashes_) out.word(hash);
  out.text({reinterpret_cast<const char*>(registers_.data()), registers_.size()});
}

void DistinctCount::read(SketchReader& in) {
  hashes_.resize(in.size());
  for (std::uint64_t& hash : hashes_) hash = in.word();
  const std::string_view bytes = in.text();
  registers_.assign(bytes.begin(), bytes.end());
  if (!registers_.empty()) registers_.resize(kNumRegisters);
  // What was not written here may not lead out of the table of ranks.
  for (std::uint8_t& rank : registers_) {
    rank = std::min(rank, static_cast<std::uint8_t>(kRankBits + 1));
  }
}

}  // namespace cip::frame
