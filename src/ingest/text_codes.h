// ingest/text_codes.h: texts to codes, fast: most cells of a text column were seen before.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frame/column.h"
#include "ingest/padded_cell.h"

namespace cip::ingest {

/// A dictionary that grows: codes count from 0 in order of first appearance.
///
/// Method:  open addressing with linear probing, at most half full; 32 bits of the hash lie beside
/// the
///          code, so that a text is compared with its like only.
class TextCodes {
 public:
  TextCodes();

  std::uint32_t code_of(std::string_view text);

  /// The same for a text that is not empty, has no NUL, and may be read kReadAhead bytes far. Short
  /// texts seen lately are known without hashing them.
  std::uint32_t code_of_padded(const char* at, std::size_t size) {
    if (size > sizeof(std::uint64_t)) return code_of({at, size});
    const std::uint64_t key = eight_at(at) << (64 - 8 * size);  // As texts have no NUL, it is all.
    Recent& recent = recent_[(key * 0x9E3779B97F4A7C15) >> (64 - kRecentBits)];
    if (recent.key != key) recent = {key, code_of({at, size})};
    return recent.code;
  }

  [[nodiscard]] std::size_t size() const noexcept { return texts_.size(); }

  /// The dictionary; nothing may be asked afterwards.
  [[nodiscard]] frame::Dictionary take() { return std::move(texts_); }

 private:
  struct Slot {
    std::uint32_t code;  // kFree: none.
    std::uint32_t hash;
  };
  static constexpr std::uint32_t kFree = 0xFFFFFFFF;

  struct Recent {
    std::uint64_t key;  // 0: none.
    std::uint32_t code;
  };
  static constexpr unsigned kRecentBits = 8;

  void grow();

  std::vector<Slot> slots_;
  std::vector<std::string> texts_;
  std::array<Recent, 1U << kRecentBits> recent_{};
};

}  // namespace cip::ingest
