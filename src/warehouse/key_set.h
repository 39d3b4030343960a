// warehouse/key_set.h: which keys there are, in as little memory as it takes: a load asks it for
// each reference of each record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace cip::warehouse {

/// 128 bits that stand for a text key: two different texts of ten million share theirs with a
/// probability below 1e-24 (birthday bound n^2 / 2^129), so nobody keeps the texts. All zeros stand
/// for none.
struct Fingerprint {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const Fingerprint&) const =
      default;  // NOLINT(modernize-use-nullptr): a false alarm.
};

[[nodiscard]] Fingerprint fingerprint_of(std::string_view text) noexcept;

/// Of an integer: exact, so that integers never share one.
[[nodiscard]] inline Fingerprint fingerprint_of(std::int64_t value) noexcept {
  return {static_cast<std::uint64_t>(value), 1};
}

/// A set of integers. Running numbers cost nothing, as long as they come in order and with few
/// gaps: only the ends of their first 256 runs are held. Of other keys neighbours share a word of
/// 64 bits, so that dense ones cost a quarter of a byte each, and those strewn over all 64 bits
/// about 25.
class IntegerSet {
 public:
  /// Returns whether it was new.
  bool insert(std::int64_t key);
  [[nodiscard]] bool contains(std::int64_t key) const noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  struct Slot {
    std::int64_t block = 0;
    std::uint64_t bits = 0;  // None: the slot is free.
  };
  struct Run {
    std::int64_t first;
    std::int64_t last;
  };
  [[nodiscard]] bool is_in_run(std::int64_t key) const noexcept;
  bool add_to_runs(std::int64_t key);
  [[nodiscard]] std::size_t slot_of(std::int64_t block) const noexcept;
  void grow();

  std::vector<Run> runs_;  // Ascending.
  std::vector<Slot> slots_;
  std::size_t num_used_ = 0;
  std::size_t size_ = 0;
};

/// From fingerprints to 64 bits of the caller's choice.
class FingerprintMap {
 public:
  [[nodiscard]] std::optional<std::uint64_t> find(Fingerprint key) const noexcept;
  [[nodiscard]] bool contains(Fingerprint key) const noexcept { return find(key).has_value(); }

  /// Sets the value; returns whether the key was new.
  bool set(Fingerprint key, std::uint64_t value);

  /// Forgets the key, if it is there.
  void erase(Fingerprint key) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  struct Slot {
    Fingerprint key;  // None: the slot is free.
    std::uint64_t value = 0;
  };
  [[nodiscard]] std::size_t slot_of(Fingerprint key) const noexcept;
  void grow();

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace cip::warehouse
