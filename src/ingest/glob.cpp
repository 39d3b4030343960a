#include <cstddef>
#include <string_view>

#include "ingest/rule.h"

namespace cip::ingest {
namespace {

// One element of a glob that stands for exactly one character: how long it is written, and whether
// it takes `c`.
struct OneOf {
  std::size_t size;
  bool takes;
};

// The set at the front of `glob`, which begins with '['. Without a closing bracket it is a plain
// character.
OneOf judge_set(std::string_view glob, char c) noexcept {
  const bool is_inverted = glob.size() > 1 && glob[1] == '!';
  const std::size_t begin = is_inverted ? 2 : 1;
  const std::size_t end = glob.find(']', begin + 1);
  if (end == std::string_view::npos) return {1, c == '['};
  bool is_in = false;
  for (std::size_t at = begin; at < end; ++at) {
    const bool is_range = at + 2 < end && glob[at + 1] == '-';
    const auto low = static_cast<unsigned char>(glob[at]);
    const auto high = static_cast<unsigned char>(is_range ? glob[at + 2] : glob[at]);
    const auto asked = static_cast<unsigned char>(c);
    is_in = is_in || (asked >= low && asked <= high);
    if (is_range) at += 2;
  }
  return {end + 1, is_in != is_inverted};
}

OneOf judge(std::string_view glob, char c) noexcept {
  switch (glob.front()) {
    case '?':
      return {1, true};
    case '[':
      return judge_set(glob, c);
    case '\\':
      if (glob.size() > 1) return {2, glob[1] == c};
      return {1, c == '\\'};
    default:
      return {1, glob.front() == c};
  }
}

}  // namespace

bool matches_glob(std::string_view text, std::string_view glob) noexcept {
  // Only the last star has to be tried again: an earlier one that took more could not help.
  std::size_t at = 0;
  std::size_t in_glob = 0;
  std::size_t after_star = std::string_view::npos;
  std::size_t star_takes_to = 0;
  while (at < text.size()) {
    if (in_glob < glob.size() && glob[in_glob] == '*') {
      after_star = ++in_glob;
      star_takes_to = at;
      continue;
    }
    if (in_glob < glob.size()) {
      const OneOf element = judge(glob.substr(in_glob), text[at]);
      if (element.takes) {
        in_glob += element.size;
        ++at;
        continue;
      }
    }
    if (after_star == std::string_view::npos) return false;
    in_glob = after_star;
    at = ++star_takes_to;
  }
  while (in_glob < glob.size() && glob[in_glob] == '*') ++in_glob;
  return in_glob == glob.size();
}

}  // namespace cip::ingest
