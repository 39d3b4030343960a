#include "ingest/time_pattern.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/text.h"

namespace cip::ingest {
namespace {

using Part = TimePattern::Part;
using Element = TimePattern::Element;

struct Word {
  std::string_view text;
  Part part;
};

// Longer words first, so that yyyy is not read as yy twice.
constexpr std::array<Word, 10> kWords = {{{"yyyy", Part::Year4},
                                          {"mon", Part::MonthName},
                                          {"fff", Part::Fraction},
                                          {"yy", Part::Year2},
                                          {"mm", Part::Month},
                                          {"mi", Part::Minute},
                                          {"dd", Part::Day},
                                          {"hh", Part::Hour},
                                          {"ss", Part::Second},
                                          {"am", Part::HalfDay}}};

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};

constexpr std::size_t kMaxOptional = 4;  // Each bracket may double the ways to read a value.

struct Fields {
  int year = 0;
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  Micros fraction = 0;
  std::optional<bool> is_afternoon;
};

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_number_part(Part part) noexcept {
  switch (part) {
    case Part::Year4:
    case Part::Year2:
    case Part::Month:
    case Part::Day:
    case Part::Hour:
    case Part::Minute:
    case Part::Second:
    case Part::Fraction:
      return true;
    case Part::Literal:
    case Part::MonthName:
    case Part::HalfDay:
    case Part::OptionalBegin:
    case Part::OptionalEnd:
      return false;
  }
  return false;
}

std::size_t count_of(const std::vector<Element>& elements, Part part) {
  return static_cast<std::size_t>(std::ranges::count(elements, part, &Element::part));
}

bool is_sound(const std::vector<Element>& elements) {
  for (const Word& word : kWords) {
    if (count_of(elements, word.part) > 1) return false;
  }
  const auto has_one = [&elements](Part one, Part other) {
    return count_of(elements, one) + count_of(elements, other) == 1;
  };
  return has_one(Part::Year4, Part::Year2) && has_one(Part::Month, Part::MonthName) &&
         count_of(elements, Part::Day) == 1 &&
         count_of(elements, Part::OptionalBegin) <= kMaxOptional;
}

// Follows a pattern through a value. Brackets are tried with their content first, then without.
class Matcher {
 public:
  explicit Matcher(const std::vector<Element>& elements) : elements_(&elements) {}

  bool match(std::size_t at, std::string_view rest, Fields fields) {
    for (; at < elements_->size(); ++at) {
      const Element& element = (*elements_)[at];
      if (element.part == Part::OptionalBegin) {
        if (match(at + 1, rest, fields)) return true;
        at = end_of(at);
      } else if (!take(at, rest, fields)) {
        return false;
      }
    }
    found_ = fields;
    return rest.empty();
  }

  [[nodiscard]] const Fields& found() const noexcept { return found_; }

 private:
  [[nodiscard]] std::size_t end_of(std::size_t at) const noexcept {
    int depth = 0;
    for (;; ++at) {
      const Part part = (*elements_)[at].part;
      if (part == Part::OptionalBegin) ++depth;
      if (part == Part::OptionalEnd && --depth == 0) return at;
    }
  }

  // Two digits, or one where something follows that cannot be mistaken for the second.
  bool take_number(std::size_t at, std::size_t most, std::string_view& rest, int& value) const {
    const bool is_last = at + 1 == elements_->size();
    const bool may_be_short = is_last || !is_number_part((*elements_)[at + 1].part);
    std::size_t size = 0;
    value = 0;
    while (size < most && size < rest.size() && is_digit(rest[size])) {
      value = value * 10 + (rest[size++] - '0');
    }
    rest.remove_prefix(size);
    return size == most || (may_be_short && most == 2 && size > 0);
  }

  static bool take_fraction(std::string_view& rest, Micros& fraction) {
    Micros unit = kMicrosPerSecond;
    const std::size_t before = rest.size();
    while (!rest.empty() && is_digit(rest.front())) {
      unit /= 10;
      fraction += unit * (rest.front() - '0');
      rest.remove_prefix(1);
    }
    return rest.size() < before;
  }

  static bool take_month_name(std::string_view& rest, int& month) {
    const std::string text = lowered(rest.substr(0, 9));
    for (std::size_t at = 0; at < kMonths.size(); ++at) {
      const std::string_view name = kMonths[at];
      const bool is_long = text.starts_with(name);
      if (!is_long && !text.starts_with(name.substr(0, 3))) continue;
      rest.remove_prefix(is_long ? name.size() : 3);
      month = static_cast<int>(at) + 1;
      return true;
    }
    return false;
  }

  static bool take_half_day(std::string_view& rest, Fields& fields) {
    const std::string text = lowered(rest.substr(0, 2));
    if (text != "am" && text != "pm") return false;
    fields.is_afternoon = text == "pm";
    rest.remove_prefix(2);
    return true;
  }

  static bool take_literal(char literal, std::string_view& rest) {
    if (rest.empty() || rest.front() != literal) return false;
    rest.remove_prefix(1);
    return true;
  }

  bool take(std::size_t at, std::string_view& rest, Fields& fields) const {
    switch ((*elements_)[at].part) {
      case Part::Literal:
        return take_literal((*elements_)[at].literal, rest);
      case Part::Year4:
        return take_number(at, 4, rest, fields.year);
      case Part::Year2: {
        const std::size_t before = rest.size();
        if (!take_number(at, 2, rest, fields.year) || before - rest.size() != 2) return false;
        fields.year += fields.year >= 69 ? 1900 : 2000;
        return true;
      }
      case Part::Month:
        return take_number(at, 2, rest, fields.month);
      case Part::MonthName:
        return take_month_name(rest, fields.month);
      case Part::Day:
        return take_number(at, 2, rest, fields.day);
      case Part::Hour:
        return take_number(at, 2, rest, fields.hour);
      case Part::Minute:
        return take_number(at, 2, rest, fields.minute);
      case Part::Second:
        return take_number(at, 2, rest, fields.second);
      case Part::Fraction:
        return take_fraction(rest, fields.fraction);
      case Part::HalfDay:
        return take_half_day(rest, fields);
      case Part::OptionalBegin:
      case Part::OptionalEnd:
        return true;
    }
    return false;
  }

  const std::vector<Element>* elements_;
  Fields found_;
};

// The hour from 0 to 23, or nullopt if it is not one.
std::optional<int> hour_of(const Fields& fields) {
  if (!fields.is_afternoon) return fields.hour <= 23 ? std::optional(fields.hour) : std::nullopt;
  if (fields.hour < 1 || fields.hour > 12) return std::nullopt;
  return fields.hour % 12 + (*fields.is_afternoon ? 12 : 0);
}

std::optional<Element> next_element(std::string_view& text) {
  const std::string lower = lowered(text.substr(0, 4));
  for (const Word& word : kWords) {
    if (!lower.starts_with(word.text)) continue;
    text.remove_prefix(word.text.size());
    return Element{word.part};
  }
  const char c = text.front();
  text.remove_prefix(1);
  if (c == '[') return Element{Part::OptionalBegin};
  if (c == ']') return Element{Part::OptionalEnd};
  if (is_digit(c)) return std::nullopt;
  return Element{Part::Literal, c};
}

}  // namespace

std::optional<TimePattern> parse_time_pattern(std::string_view text) {
  TimePattern pattern;
  pattern.text = text;
  int depth = 0;
  while (!text.empty()) {
    const auto element = next_element(text);
    if (!element) return std::nullopt;
    if (element->part == Part::OptionalBegin) ++depth;
    if (element->part == Part::OptionalEnd && --depth < 0) return std::nullopt;
    pattern.elements.push_back(*element);
  }
  if (depth != 0 || !is_sound(pattern.elements)) return std::nullopt;
  return pattern;
}

std::optional<Micros> parse_time(std::string_view text, const TimePattern& pattern) {
  if (pattern.elements.empty()) return parse_instant(text);
  Matcher matcher(pattern.elements);
  if (!matcher.match(0, text, {})) return std::nullopt;
  const Fields& found = matcher.found();
  const CivilDate date{found.year, found.month, found.day};
  const auto hour = hour_of(found);
  if (!is_valid(date) || !hour || found.minute > 59 || found.second > 59) return std::nullopt;
  const std::int64_t seconds = *hour * 3600LL + found.minute * 60LL + found.second;
  return days_of(date) * kMicrosPerDay + seconds * kMicrosPerSecond + found.fraction;
}

}  // namespace cip::ingest
