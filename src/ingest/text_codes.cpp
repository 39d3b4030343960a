#include "ingest/text_codes.h"

#include <utility>

#include "base/hash.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kFirstSlots = 1024;  // A power of two, as all its doubles are.

}  // namespace

TextCodes::TextCodes() : slots_(kFirstSlots, Slot{kFree, 0}) {}

std::uint32_t TextCodes::code_of(std::string_view text) {
  const std::uint64_t hash = hash64(text);
  const auto mark = static_cast<std::uint32_t>(hash >> 32);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const Slot slot = slots_[at];
    if (slot.code == kFree) {
      const auto code = static_cast<std::uint32_t>(texts_.size());
      texts_.emplace_back(text);
      slots_[at] = {code, mark};
      if (texts_.size() * 2 > slots_.size()) grow();
      return code;
    }
    if (slot.hash == mark && texts_[slot.code] == text) return slot.code;
  }
}

void TextCodes::grow() {
  slots_.assign(slots_.size() * 2, Slot{kFree, 0});
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t code = 0; code < texts_.size(); ++code) {
    const std::uint64_t hash = hash64(texts_[code]);
    std::size_t at = hash & mask;
    while (slots_[at].code != kFree) at = (at + 1) & mask;
    slots_[at] = {static_cast<std::uint32_t>(code), static_cast<std::uint32_t>(hash >> 32)};
  }
}

}  // namespace cip::ingest
