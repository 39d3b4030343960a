#include "warehouse/key_set.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/contract.h"
#include "base/hash.h"

namespace cip::warehouse {
namespace {

constexpr std::size_t kFirstSlots = 64;  // A power of two, as all sizes are.
constexpr std::size_t kMostRuns = 256;
constexpr std::uint64_t kSecondSeed = 0x9E37'79B9'7F4A'7C15;

// Source:  the finaliser of MurmurHash3 (A. Appleby): every bit of the key moves every bit.
std::uint64_t mixed(std::uint64_t key) noexcept {
  key = (key ^ (key >> 33)) * 0xFF51'AFD7'ED55'8CCD;
  key = (key ^ (key >> 33)) * 0xC4CE'B9FE'1A85'EC53;
  return key ^ (key >> 33);
}

std::uint64_t bit_of(std::int64_t key) noexcept {
  return std::uint64_t{1} << (static_cast<std::uint64_t>(key) & 63U);
}

// Arithmetic: the block of -1 is -1, so that negative keys have blocks of their own.
std::int64_t block_of(std::int64_t key) noexcept { return key >> 6; }

}  // namespace

Fingerprint fingerprint_of(std::string_view text) noexcept {
  return {hash64(text), hash64(text, kSecondSeed) | 2U};  // Never none, never an integer's.
}

std::size_t IntegerSet::slot_of(std::int64_t block) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = mixed(static_cast<std::uint64_t>(block)) & mask;
  while (slots_[at].bits != 0 && slots_[at].block != block) at = (at + 1) & mask;
  return at;
}

void IntegerSet::grow() {
  std::vector<Slot> old(slots_.empty() ? kFirstSlots : slots_.size() * 2);
  std::swap(old, slots_);
  for (const Slot& slot : old) {
    if (slot.bits != 0) slots_[slot_of(slot.block)] = slot;
  }
}

bool IntegerSet::is_in_run(std::int64_t key) const noexcept {
  const auto behind = std::ranges::upper_bound(runs_, key, {}, &Run::first);
  return behind != runs_.begin() && key <= std::prev(behind)->last;
}

// A new key that lies above all runs makes the last of them longer, or is the next.
bool IntegerSet::add_to_runs(std::int64_t key) {
  if (!runs_.empty() && key <= runs_.back().last) return false;
  if (!runs_.empty() && key - 1 == runs_.back().last) {
    runs_.back().last = key;
    return true;
  }
  if (runs_.size() == kMostRuns) return false;
  runs_.push_back({key, key});
  return true;
}

bool IntegerSet::insert(std::int64_t key) {
  if (contains(key)) return false;
  ++size_;
  if (add_to_runs(key)) return true;
  if ((num_used_ + 1) * 4 > slots_.size() * 3) grow();
  Slot& slot = slots_[slot_of(block_of(key))];
  if (slot.bits == 0) ++num_used_;
  slot.block = block_of(key);
  slot.bits |= bit_of(key);
  return true;
}

bool IntegerSet::contains(std::int64_t key) const noexcept {
  if (is_in_run(key)) return true;
  return !slots_.empty() && (slots_[slot_of(block_of(key))].bits & bit_of(key)) != 0;
}

std::size_t FingerprintMap::slot_of(Fingerprint key) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = mixed(key.high) & mask;
  while (slots_[at].key != Fingerprint{} && slots_[at].key != key) at = (at + 1) & mask;
  return at;
}

void FingerprintMap::grow() {
  std::vector<Slot> old(slots_.empty() ? kFirstSlots : slots_.size() * 2);
  std::swap(old, slots_);
  for (const Slot& slot : old) {
    if (slot.key != Fingerprint{}) slots_[slot_of(slot.key)] = slot;
  }
}

std::optional<std::uint64_t> FingerprintMap::find(Fingerprint key) const noexcept {
  if (slots_.empty()) return std::nullopt;
  const Slot& slot = slots_[slot_of(key)];
  if (slot.key == Fingerprint{}) return std::nullopt;
  return slot.value;
}

bool FingerprintMap::set(Fingerprint key, std::uint64_t value) {
  CIP_EXPECTS(key != Fingerprint{});
  if ((size_ + 1) * 4 > slots_.size() * 3) grow();
  Slot& slot = slots_[slot_of(key)];
  const bool is_new = slot.key == Fingerprint{};
  slot = {key, value};
  if (is_new) ++size_;
  return is_new;
}

void FingerprintMap::erase(Fingerprint key) noexcept {
  if (!contains(key)) return;
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = slot_of(key);
  --size_;
  // Those behind the hole move up where their own place does not lie between (Knuth, The Art of
  // Computer Programming 3, 6.4, algorithm R).
  for (std::size_t at = (hole + 1) & mask; slots_[at].key != Fingerprint{}; at = (at + 1) & mask) {
    const std::size_t home = mixed(slots_[at].key.high) & mask;
    if (((at - home) & mask) < ((at - hole) & mask)) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole] = {};
}

}  // namespace cip::warehouse
