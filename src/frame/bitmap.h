// frame/bitmap.h: one bit per row.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/contract.h"

namespace cip::frame {

/// A growable row of bits. Bits past the size are zero, so that words can be counted whole.
class Bitmap {
 public:
  Bitmap() = default;
  Bitmap(std::size_t size, bool value)
      : words_((size + 63) / 64, value ? ~std::uint64_t{0} : 0), size_(size) {
    clear_tail();
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool operator[](std::size_t at) const noexcept {
    return ((words_[at / 64] >> (at % 64)) & 1U) != 0;
  }

  void set(std::size_t at, bool value) noexcept {
    const std::uint64_t bit = std::uint64_t{1} << (at % 64);
    words_[at / 64] = value ? words_[at / 64] | bit : words_[at / 64] & ~bit;
  }

  void push_back(bool value) {
    if (size_ % 64 == 0) words_.push_back(0);
    ++size_;
    if (value) set(size_ - 1, true);
  }

  /// Appends many; each value is 0 or 1.
  void append(std::span<const std::uint8_t> values) {
    words_.resize((size_ + values.size() + 63) / 64, 0);
    for (const std::uint8_t value : values) {
      words_[size_ / 64] |= std::uint64_t{value} << (size_ % 64);
      ++size_;
    }
  }

  [[nodiscard]] std::size_t num_set() const noexcept {
    std::size_t count = 0;
    for (const std::uint64_t word : words_) count += static_cast<std::size_t>(std::popcount(word));
    return count;
  }

  /// 64 rows a word, the first row in the lowest bit. Writers keep the bits past the size zero.
  [[nodiscard]] std::span<const std::uint64_t> words() const noexcept { return words_; }
  [[nodiscard]] std::span<std::uint64_t> words() noexcept { return words_; }

  /// Keeps the rows that are set in both. The sizes are the same.
  Bitmap& operator&=(const Bitmap& other) {
    CIP_EXPECTS(size_ == other.size_);
    for (std::size_t at = 0; at < words_.size(); ++at) words_[at] &= other.words_[at];
    return *this;
  }

  bool operator==(const Bitmap&) const = default;

 private:
  void clear_tail() noexcept {
    if (size_ % 64 != 0) words_.back() &= (std::uint64_t{1} << (size_ % 64)) - 1;
  }

  std::vector<std::uint64_t> words_;
  std::size_t size_ = 0;
};

}  // namespace cip::frame
