#include "ingest/number_pattern.h"

#include <cstddef>

namespace cip::ingest {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::size_t digits_at(std::string_view text, std::size_t at) noexcept {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

// Copies the digits before the decimal mark and drops the marks between groups of three.
bool copy_whole_part(std::string_view text, const std::string& thousands, std::string& out) {
  std::size_t at = digits_at(text, 0);
  out += text.substr(0, at);
  if (at == text.size()) return at > 0;
  if (thousands.empty() || at == 0 || at > 3) return false;
  while (at < text.size()) {
    if (text.substr(at, thousands.size()) != thousands) return false;
    at += thousands.size();
    if (digits_at(text, at) != 3) return false;
    out += text.substr(at, 3);
    at += 3;
  }
  return true;
}

}  // namespace

std::optional<NumberPattern> parse_number_pattern(std::string_view example) {
  if (digits_at(example, 0) != 1 && digits_at(example, 0) != 4) return std::nullopt;
  NumberPattern pattern;
  std::size_t at = digits_at(example, 0);
  if (at == 1) {
    const std::size_t mark = at;
    while (at < example.size() && !is_digit(example[at])) ++at;
    pattern.thousands = example.substr(mark, at - mark);
    if (digits_at(example, at) != 3) return std::nullopt;
    at += 3;
  }
  if (at == example.size()) {
    pattern.decimal = pattern.thousands == "." ? ',' : '.';
    return pattern;
  }
  pattern.decimal = example[at++];
  const bool is_mark = pattern.decimal == '.' || pattern.decimal == ',';
  const bool is_read = at < example.size() && at + digits_at(example, at) == example.size();
  const bool is_distinct = pattern.thousands != std::string_view(&pattern.decimal, 1);
  if (!is_mark || !is_read || !is_distinct) return std::nullopt;
  return pattern;
}

bool normalise_number(std::string_view text, const NumberPattern& pattern, std::string& out) {
  out.clear();
  if (text.starts_with('-') || text.starts_with('+')) {
    if (text.front() == '-') out += '-';
    text.remove_prefix(1);
  }
  const std::size_t mark = text.find(pattern.decimal);
  if (mark != 0 && !copy_whole_part(text.substr(0, mark), pattern.thousands, out)) return false;
  if (mark == std::string_view::npos) return true;
  const std::string_view decimals = text.substr(mark + 1);
  if (decimals.empty() || digits_at(decimals, 0) != decimals.size()) return false;
  if (mark == 0) out += '0';
  out += '.';
  out += decimals;
  return true;
}

}  // namespace cip::ingest
