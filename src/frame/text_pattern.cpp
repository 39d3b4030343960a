#include "frame/text_pattern.h"

#include <cstddef>

namespace cip::frame {
namespace {

constexpr std::size_t kLongest = 40;
constexpr std::size_t kMostLetters = 3;
constexpr std::size_t kMostDigits = 8;

char kind_of(char sign) {
  if (sign >= 'a' && sign <= 'z') return 'a';
  if (sign >= 'A' && sign <= 'Z') return 'A';
  if (sign >= '0' && sign <= '9') return '9';
  return static_cast<unsigned char>(sign) >= 0xC0 ? 'a' : sign;
}

bool continues_character(char sign) { return (static_cast<unsigned char>(sign) & 0xC0U) == 0x80U; }

void append(std::string& pattern, char kind, std::size_t length) {
  const bool is_class = kind == 'a' || kind == 'A' || kind == '9';
  const std::size_t most = kind == '9' ? kMostDigits : kMostLetters;
  if (is_class && length > most) {
    pattern += kind;
    pattern += '+';
  } else {
    pattern.append(length, kind);
  }
}

}  // namespace

void pattern_of(std::string_view text, std::string& pattern) {
  pattern.clear();
  std::size_t at = 0;
  while (at < text.size()) {
    const char kind = kind_of(text[at]);
    std::size_t length = 0;
    for (; at < text.size() && (continues_character(text[at]) || kind_of(text[at]) == kind); ++at) {
      if (!continues_character(text[at])) ++length;
    }
    if (pattern.size() + length > kLongest && at < text.size()) {
      pattern += "...";
      return;
    }
    append(pattern, kind, length);
    if (pattern.size() > kLongest) {
      pattern.resize(kLongest);
      pattern += "...";
      return;
    }
  }
}

}  // namespace cip::frame
