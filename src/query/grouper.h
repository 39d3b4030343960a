// query/grouper.h: the group that each row belongs to.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "query/dataset.h"
#include "query/key_index.h"

namespace cip::query {

/// Rows of one block that a filter kept. Without a list, all rows from `first` on.
struct Block {
  std::size_t first = 0;
  std::size_t num_rows = 0;
  const std::uint32_t* rows = nullptr;  // Places of rows, or null.
};

/// Numbers combinations of codes. A key is the codes as digits of one number, the first dimension
/// the most significant: ascending keys are ascending values, nulls last. While there are few
/// possible keys, the key is the group; otherwise groups are numbered as they appear.
class Grouper {
 public:
  /// Errors:  LimitExceeded  the dimensions have more combinations than 64 bits can number
  static Result<Grouper> make(std::vector<std::shared_ptr<const Codes>> dimensions,
                              std::size_t num_rows);

  /// Writes the group of each row of the block, which has some. True if it is one for all of them,
  /// as far as that is seen without a look at every row: rows of one month lie together.
  bool assign(const Block& block, std::span<std::uint32_t> groups);

  /// All that are possible if keys are groups, else those seen so far.
  [[nodiscard]] std::size_t num_groups() const noexcept {
    return is_flat_ ? static_cast<std::size_t>(num_keys_) : index_.size();
  }

  /// The group of a key that another grouper of the same dimensions has met.
  [[nodiscard]] std::uint32_t group_of(std::uint64_t key) {
    return is_flat_ ? static_cast<std::uint32_t>(key) : index_.place_of(key);
  }

  [[nodiscard]] bool is_flat() const noexcept { return is_flat_; }
  [[nodiscard]] std::uint64_t key_of(std::uint32_t group) const {
    return is_flat_ ? group : index_.keys()[group];
  }

  /// The code of each dimension in a key.
  void decode(std::uint64_t key, std::span<std::uint32_t> codes) const;

 private:
  // The sum of the digits that all rows of the block share; says whether that is the whole key.
  bool add_shared(const Block& block, std::uint64_t& key);

  std::vector<std::shared_ptr<const Codes>> dimensions_;
  std::vector<std::size_t> varying_;  // The dimensions that differ within the block.
  std::vector<std::uint64_t> strides_;
  std::uint64_t num_keys_ = 1;
  bool is_flat_ = true;
  KeyIndex index_;
  std::vector<std::uint64_t> keys_;  // Of one block, while groups are looked up.
};

}  // namespace cip::query
