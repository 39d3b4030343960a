// query/key_index.h: 64-bit keys to places, in order of first appearance.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

namespace cip::query {

/// A hash table with open addressing that never deletes: what grouping and coding need, no more.
class KeyIndex {
 public:
  KeyIndex() : slots_(kFirstSize, kEmpty) {}

  /// The place of the key; a new key gets the next one.
  std::uint32_t place_of(std::uint64_t key) {
    std::size_t slot = slot_of(key);
    while (slots_[slot] != kEmpty) {
      if (keys_[slots_[slot]] == key) return slots_[slot];
      slot = (slot + 1) & (slots_.size() - 1);
    }
    const auto place = static_cast<std::uint32_t>(keys_.size());
    slots_[slot] = place;
    keys_.push_back(key);
    if (keys_.size() * 2 > slots_.size()) grow();
    return place;
  }

  /// The place of the key, if it is known.
  [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t key) const {
    std::size_t slot = slot_of(key);
    while (slots_[slot] != kEmpty) {
      if (keys_[slots_[slot]] == key) return slots_[slot];
      slot = (slot + 1) & (slots_.size() - 1);
    }
    return std::nullopt;
  }

  [[nodiscard]] const std::vector<std::uint64_t>& keys() const noexcept { return keys_; }
  [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }

 private:
  static constexpr std::uint32_t kEmpty = 0xFFFF'FFFF;
  static constexpr std::size_t kFirstSize = 1024;

  // Fibonacci hashing: the high bits of the product depend on all bits of the key.
  [[nodiscard]] std::size_t slot_of(std::uint64_t key) const noexcept {
    const std::uint64_t mixed = (key ^ (key >> 32)) * 0x9E37'79B9'7F4A'7C15ULL;
    return mixed >> (64 - std::countr_zero(slots_.size()));
  }

  void grow() {
    slots_.assign(slots_.size() * 2, kEmpty);
    for (std::size_t place = 0; place < keys_.size(); ++place) {
      std::size_t slot = slot_of(keys_[place]);
      while (slots_[slot] != kEmpty) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = static_cast<std::uint32_t>(place);
    }
  }

  std::vector<std::uint32_t> slots_;  // A power of two of them.
  std::vector<std::uint64_t> keys_;
};

}  // namespace cip::query
