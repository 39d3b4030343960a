// ingest/json_keys.h: the keys that the objects at one place of a record have had.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ingest/padded_cell.h"

namespace cip::ingest {

/// Programs write the members of every record in the same order: the key that followed this one in
/// an earlier record most likely follows it again, and one comparison tells.
class JsonKeys {
 public:
  struct Key {
    std::string quoted;
    std::size_t child;                     // Where it leads among the wanted members, or kNoChild.
    std::array<std::uint64_t, 2> words{};  // Its first 16 bytes, ...
    std::array<std::uint64_t, 2> masks{};  // ... and which of them are its own.
  };
  static constexpr std::size_t kNoChild = static_cast<std::size_t>(-1);

  /// A new object begins.
  void restart() noexcept { next_ = 0; }

  /// The expected key, if it stands at `at`, of where kReadAhead bytes may be read and `size`
  /// belong to the record; nullptr if something else does.
  [[nodiscard]] const Key* expected(const char* at, std::size_t size) noexcept {
    if (next_ == keys_.size()) return nullptr;
    const Key& key = keys_[next_];
    const std::uint64_t difference = ((eight_at(at) ^ key.words[0]) & key.masks[0]) |
                                     ((eight_at(at + 8) ^ key.words[1]) & key.masks[1]);
    if (difference != 0 || key.quoted.size() > size) return nullptr;
    if (key.quoted.size() > 16 && !std::string_view(at, size).starts_with(key.quoted)) {
      return nullptr;
    }
    ++next_;
    return &key;
  }

  /// The same for a key that was not the expected one; nullptr if it is new.
  [[nodiscard]] const Key* find(std::string_view quoted);

  /// Remembers a new key of plain ASCII, unless there are too many already.
  void add(std::string_view quoted, std::size_t child);

 private:
  std::vector<Key> keys_;  // In the order of their first appearance.
  std::unordered_map<std::string, std::size_t> places_;
  std::string draft_;
  std::size_t next_ = 0;
};

}  // namespace cip::ingest
