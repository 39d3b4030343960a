// ingest/text_codes.h: texts to codes, fast: most cells of a text column were seen before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frame/column.h"

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

  [[nodiscard]] std::size_t size() const noexcept { return texts_.size(); }

  /// The dictionary; nothing may be asked afterwards.
  [[nodiscard]] frame::Dictionary take() { return std::move(texts_); }

 private:
  struct Slot {
    std::uint32_t code;  // kFree: none.
    std::uint32_t hash;
  };
  static constexpr std::uint32_t kFree = 0xFFFFFFFF;

  void grow();

  std::vector<Slot> slots_;
  std::vector<std::string> texts_;
};

}  // namespace cip::ingest
