#include "ml/tokens.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace cip::ml {
namespace {

constexpr char32_t kBroken = 0xFFFD;

struct Block {
  char32_t first;
  char32_t last;
};

// Spaces, punctuation and symbols beyond ASCII, by blocks of Unicode; ª, µ and º are letters.
constexpr std::array<Block, 17> kSigns = {{{0x80, 0xA9},
                                           {0xAB, 0xB4},
                                           {0xB6, 0xB9},
                                           {0xBB, 0xBF},
                                           {0xD7, 0xD7},
                                           {0xF7, 0xF7},
                                           {0x37E, 0x37E},
                                           {0x589, 0x58A},
                                           {0x60C, 0x60C},
                                           {0x61B, 0x61F},
                                           {0x964, 0x965},
                                           {0x2000, 0x206F},
                                           {0x20A0, 0x20CF},
                                           {0x2100, 0x2BFF},
                                           {0x3000, 0x3004},
                                           {0x3008, 0x3020},
                                           {0xFF01, 0xFF0F}}};
// Each is a word of its own: kana, Chinese characters, emoji.
constexpr std::array<Block, 7> kSingles = {{{0x2600, 0x27BF},
                                            {0x3040, 0x30FF},
                                            {0x3400, 0x4DBF},
                                            {0x4E00, 0x9FFF},
                                            {0xF900, 0xFAFF},
                                            {0x1F300, 0x1FAFF},
                                            {0x20000, 0x2FA1F}}};

template <std::size_t kSize>
bool is_in(const std::array<Block, kSize>& blocks, char32_t c) noexcept {
  return std::ranges::any_of(
      blocks, [c](const Block& block) { return c >= block.first && c <= block.last; });
}

bool is_ascii_word(char32_t c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_letter(char32_t c) noexcept {
  if (c < 0x80) return is_ascii_word(c);
  return c != kBroken && c != 0xFEFF && !(c >= 0xFE00 && c <= 0xFE0F) && !is_in(kSigns, c);
}

// Where upper case lies: a block that is moved as a whole, or pairs of an upper and a lower letter.
struct UpperCase {
  char32_t first;
  char32_t last;
  enum class Kind : std::uint8_t { Block, EvenUpper, OddUpper } kind;
  std::int32_t distance = 1;
};

constexpr std::array kUpperCases = {
    UpperCase{0xC0, 0xD6, UpperCase::Kind::Block, 0x20},  // Latin-1, but for the times sign.
    UpperCase{0xD8, 0xDE, UpperCase::Kind::Block, 0x20},  //
    UpperCase{0x100, 0x12F, UpperCase::Kind::EvenUpper},  // Latin Extended-A
    UpperCase{0x130, 0x130, UpperCase::Kind::Block, 'i' - 0x130},
    UpperCase{0x132, 0x137, UpperCase::Kind::EvenUpper},
    UpperCase{0x139, 0x147, UpperCase::Kind::OddUpper},
    UpperCase{0x14A, 0x177, UpperCase::Kind::EvenUpper},
    UpperCase{0x178, 0x178, UpperCase::Kind::Block, 0xFF - 0x178},
    UpperCase{0x179, 0x17D, UpperCase::Kind::OddUpper},
    UpperCase{0x391, 0x3AB, UpperCase::Kind::Block, 0x20},  // Greek
    UpperCase{0x400, 0x40F, UpperCase::Kind::Block, 0x50},  // Cyrillic
    UpperCase{0x410, 0x42F, UpperCase::Kind::Block, 0x20},
    UpperCase{0x460, 0x481, UpperCase::Kind::EvenUpper},
    UpperCase{0x48A, 0x4BF, UpperCase::Kind::EvenUpper},
    UpperCase{0x1E00, 0x1EFF, UpperCase::Kind::EvenUpper},  // Latin Extended Additional
};

char32_t lower(char32_t c) noexcept {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 0x20 : c;
  const auto* const found = std::ranges::find_if(
      kUpperCases, [c](const UpperCase& of) { return c >= of.first && c <= of.last; });
  if (found == kUpperCases.end()) return c;
  const bool is_odd = c % 2 == 1;
  const bool is_lower = (found->kind == UpperCase::Kind::EvenUpper && is_odd) ||
                        (found->kind == UpperCase::Kind::OddUpper && !is_odd);
  return is_lower ? c : static_cast<char32_t>(static_cast<std::int32_t>(c) + found->distance);
}

// The character at the front of a text that is not empty, and how many bytes it takes.
std::pair<char32_t, std::size_t> first_of(std::string_view text) noexcept {
  const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xF0 ? 4 : (first >= 0xE0 ? 3 : (first >= 0xC2 ? 2 : 1));
  if (size == 1 || first > 0xF4 || text.size() < size) return {kBroken, 1};
  char32_t c = first & (0xFFU >> (size + 1));
  for (std::size_t at = 1; at < size; ++at) {
    if ((byte(at) & 0xC0U) != 0x80U) return {kBroken, 1};
    c = (c << 6U) | (byte(at) & 0x3FU);
  }
  return {c, size};
}

void append(std::string& out, char32_t c) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0U | (c >> 6U));
  } else if (c < 0x10000) {
    put(0xE0U | (c >> 12U));
    put(0x80U | ((c >> 6U) & 0x3FU));
  } else {
    put(0xF0U | (c >> 18U));
    put(0x80U | ((c >> 12U) & 0x3FU));
    put(0x80U | ((c >> 6U) & 0x3FU));
  }
  put(0x80U | (c & 0x3FU));
}

bool is_apostrophe(char32_t c) noexcept { return c == '\'' || c == 0x2019; }

}  // namespace

std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> tokens;
  std::string word;
  const auto finish = [&] {
    if (!word.empty()) tokens.push_back(std::exchange(word, {}));
  };
  while (!text.empty()) {
    const auto [c, size] = first_of(text);
    text.remove_prefix(size);
    const bool is_inside = !word.empty() && is_apostrophe(c) && !text.empty() &&
                           is_letter(first_of(text).first) &&
                           !is_in(kSingles, first_of(text).first);
    if (is_in(kSingles, c)) {
      finish();
      append(word, c);
      finish();
    } else if (is_inside) {
      word += '\'';
    } else if (is_letter(c)) {
      append(word, lower(c));
    } else {
      finish();
    }
  }
  finish();
  return tokens;
}

}  // namespace cip::ml
