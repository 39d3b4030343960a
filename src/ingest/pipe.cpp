#include "ingest/pipe.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/hash.h"
#include "base/number.h"
#include "base/text.h"
#include "ingest/convert.h"
#include "ingest/lookup.h"

namespace cip::ingest {
namespace {

using Kind = Scalar::Kind;

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// The text in quotes at the front, '' for a quote in it; `text` goes on behind it.
std::string take_quoted(std::string_view& text) {
  std::string quoted;
  text.remove_prefix(1);
  while (!text.empty()) {
    const bool is_quote = text.front() == '\'';
    if (is_quote) text.remove_prefix(1);
    if (is_quote && !text.starts_with('\'')) break;
    if (text.empty()) break;
    quoted += text.front();
    text.remove_prefix(1);
  }
  return quoted;
}

// The argument at the front; `text` goes on at the comma behind it.
std::string take_argument(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  std::string argument = text.starts_with('\'') ? take_quoted(text) : std::string();
  const std::size_t end = std::min(text.find(','), text.size());
  argument += trimmed(text.substr(0, end));
  text.remove_prefix(end);
  return argument;
}

// How arguments are read. All of these say false for what they cannot read.

bool read_nothing(std::string_view arguments, PipeArguments&) { return arguments.empty(); }

bool read_words(std::string_view arguments, PipeArguments& out) {
  out.texts = split_arguments(arguments);
  return !out.texts.empty();
}

bool read_optional_word(std::string_view arguments, PipeArguments& out) {
  out.texts = split_arguments(arguments);
  return out.texts.size() <= 1;
}

bool read_pair(std::string_view arguments, PipeArguments& out) {
  out.texts = split_arguments(arguments);
  return out.texts.size() == 2 && !out.texts[0].empty();
}

bool read_split(std::string_view arguments, PipeArguments& out) {
  if (!read_pair(arguments, out)) return false;
  const auto count = parse_int(out.texts[1]);
  out.count = count.value_or(0);
  return out.count != 0;
}

bool read_digits(std::string_view arguments, PipeArguments& out) {
  const auto count = parse_int(arguments.empty() ? "0" : arguments);
  out.count = count.value_or(-1);
  return out.count >= 0 && out.count <= kMaxScale;
}

bool read_number_pattern(std::string_view arguments, PipeArguments& out) {
  if (arguments.empty()) return true;
  const auto pattern = parse_number_pattern(arguments);
  if (!pattern) return false;
  out.number_pattern = *pattern;
  out.texts = {std::string(arguments)};
  return true;
}

bool read_time_pattern(std::string_view arguments, PipeArguments& out) {
  if (arguments.empty()) return true;
  auto pattern = parse_time_pattern(arguments);
  if (!pattern) return false;
  out.time_pattern = std::move(*pattern);
  return true;
}

bool read_default(std::string_view arguments, PipeArguments& out) {
  if (arguments.starts_with('{') && arguments.ends_with('}')) {
    out.is_column = true;
    out.texts = {std::string(trimmed(arguments.substr(1, arguments.size() - 2)))};
    return !out.texts[0].empty();
  }
  out.texts = split_arguments(arguments);
  return out.texts.size() == 1 && !out.texts[0].empty();
}

// lookup(name.Column) or lookup(name.Column, optional): texts are the name and the column, count is
// 1 if a key that is not there is no fault.
bool read_lookup(std::string_view arguments, PipeArguments& out) {
  const std::vector<std::string> given = split_arguments(arguments);
  if (given.empty() || given.size() > 2) return false;
  if (given.size() == 2 && given[1] != "optional") return false;
  const std::size_t point = given[0].find('.');
  if (point == std::string::npos || point == 0 || point + 1 == given[0].size()) return false;
  out.texts = {given[0].substr(0, point), given[0].substr(point + 1)};
  out.count = given.size() == 2 ? 1 : 0;
  return true;
}

// fill(mean), fill(median), fill(mode) or a constant; a constant 'mean' stands in quotes.
bool read_fill(std::string_view arguments, PipeArguments& out) {
  constexpr std::array<std::pair<std::string_view, FillBy>, 3> kKnown = {
      {{"mean", FillBy::Mean}, {"median", FillBy::Median}, {"mode", FillBy::Mode}}};
  for (const auto& [name, by] : kKnown) {
    if (arguments == name) out.fill_by = by;
  }
  out.texts = split_arguments(arguments);
  return out.texts.size() == 1 && !out.texts[0].empty();
}

bool read_winsor(std::string_view arguments, PipeArguments& out) {
  if (!read_pair(arguments, out)) return false;
  const auto low = parse_number(out.texts[0]);
  const auto high = parse_number(out.texts[1]);
  out.low = low.value_or(0);
  out.high = high.value_or(0);
  return low && high && out.low >= 0 && out.low < out.high && out.high <= 100;
}

// clip(0, 120), clip(0,) or clip(, 120).
bool read_clip(std::string_view arguments, PipeArguments& out) {
  out.texts = split_arguments(arguments);
  return out.texts.size() == 2 && !(out.texts[0].empty() && out.texts[1].empty());
}

// Pipes over text.

bool apply_trim(const PipeArguments&, Scalar& value, Scene& scene) {
  value = Scalar::of_text(trimmed(text_of(value, scene)));
  return true;
}

bool apply_squeeze(const PipeArguments&, Scalar& value, Scene& scene) {
  const std::string_view text = trimmed(text_of(value, scene));
  scene.draft.clear();
  for (const char c : text) {
    if (!is_space(c)) {
      scene.draft += c;
    } else if (scene.draft.back() != ' ') {
      scene.draft += ' ';
    }
  }
  value = Scalar::of_text(scene.draft == text ? text : scene.arena.keep(scene.draft));
  return true;
}

enum class Letters { Lower, Upper };

// ASCII, and the Latin-1 letters U+00C0..U+00FE, whose UTF-8 is C3 and a byte 0x20 apart.
void change_letter(std::string& text, std::size_t at, Letters to) noexcept {
  const char c = text[at];
  const bool is_after_c3 = at > 0 && text[at - 1] == '\xC3';
  const auto byte = static_cast<unsigned char>(c);
  const bool is_upper =
      (c >= 'A' && c <= 'Z') || (is_after_c3 && byte >= 0x80 && byte <= 0x9E && byte != 0x97);
  const bool is_lower =
      (c >= 'a' && c <= 'z') || (is_after_c3 && byte >= 0xA0 && byte <= 0xBE && byte != 0xB7);
  if (to == Letters::Lower && is_upper) text[at] = static_cast<char>(byte + 0x20);
  if (to == Letters::Upper && is_lower) text[at] = static_cast<char>(byte - 0x20);
}

template <class ChooseLetters>
bool recase(Scalar& value, Scene& scene, ChooseLetters choose) {
  const std::string_view text = text_of(value, scene);
  scene.draft = text;
  for (std::size_t at = 0; at < text.size(); ++at) change_letter(scene.draft, at, choose(text, at));
  value = Scalar::of_text(scene.draft == text ? text : scene.arena.keep(scene.draft));
  return true;
}

bool apply_lower(const PipeArguments&, Scalar& value, Scene& scene) {
  return recase(value, scene, [](std::string_view, std::size_t) { return Letters::Lower; });
}

bool apply_upper(const PipeArguments&, Scalar& value, Scene& scene) {
  return recase(value, scene, [](std::string_view, std::size_t) { return Letters::Upper; });
}

bool apply_title(const PipeArguments&, Scalar& value, Scene& scene) {
  return recase(value, scene, [](std::string_view text, std::size_t at) {
    constexpr std::string_view kBetweenWords = " \t\r\n-/.(&\"";
    if (at > 0 && text[at - 1] == '\xC3') --at;  // The second byte of a letter.
    const bool begins = at == 0 || kBetweenWords.find(text[at - 1]) != std::string_view::npos;
    return begins ? Letters::Upper : Letters::Lower;
  });
}

bool apply_split(const PipeArguments& arguments, Scalar& value, Scene& scene) {
  const std::string_view text = text_of(value, scene);
  const std::string& separator = arguments.texts[0];
  std::vector<std::string_view> pieces;
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find(separator, begin);
    pieces.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) break;
    begin = end + separator.size();
  }
  const auto num_pieces = static_cast<std::int64_t>(pieces.size());
  const std::int64_t at = arguments.count > 0 ? arguments.count - 1 : num_pieces + arguments.count;
  const bool is_there = at >= 0 && at < num_pieces;
  value = is_there ? Scalar::of_text(pieces[static_cast<std::size_t>(at)]) : Scalar{};
  return true;
}

bool apply_replace(const PipeArguments& arguments, Scalar& value, Scene& scene) {
  const std::string_view text = text_of(value, scene);
  const std::string& wanted = arguments.texts[0];
  scene.draft.clear();
  std::size_t begin = 0;
  for (std::size_t found = text.find(wanted); found != std::string_view::npos;
       found = text.find(wanted, begin)) {
    scene.draft += text.substr(begin, found - begin);
    scene.draft += arguments.texts[1];
    begin = found + wanted.size();
  }
  if (begin == 0) return true;
  scene.draft += text.substr(begin);
  value = Scalar::of_text(scene.arena.keep(scene.draft));
  return true;
}

bool apply_null(const PipeArguments& arguments, Scalar& value, Scene& scene) {
  const std::string_view text = text_of(value, scene);
  if (std::ranges::find(arguments.texts, text) != arguments.texts.end()) value = Scalar{};
  return true;
}

bool apply_hash(const PipeArguments&, Scalar& value, Scene& scene) {
  value = Scalar::of_text(scene.arena.keep(sha256_of(text_of(value, scene))));
  return true;
}

// Pipes that give a type.

bool refuse_cast(Scene& scene, Type type, int scale = kMaxScale) {
  return scene.refuse("cast", cast_code_of(type), expected_text(type, scale));
}

bool apply_integer(const PipeArguments&, Scalar& value, Scene& scene) {
  model::ColumnDef whole;
  whole.type = Type::Integer;
  Cell cell;
  if (!fit(whole, value, scene, cell)) return false;
  value = Scalar::of_units(Type::Integer, cell.units);
  return true;
}

// The exact value of a text in the pattern of the pipe.
std::optional<Exact> exact_of(const PipeArguments& arguments, std::string_view text, Scene& scene) {
  text = trimmed(text);
  if (arguments.texts.empty()) return parse_exact(text);
  if (!normalise_number(text, arguments.number_pattern, scene.draft)) return std::nullopt;
  return parse_exact(scene.draft);
}

bool refuse_number(const PipeArguments& arguments, Scene& scene, Type type) {
  if (arguments.texts.empty()) return refuse_cast(scene, type);
  return scene.refuse("cast", cast_code_of(type),
                      fmt::format("a number written as {}", arguments.texts[0]));
}

bool apply_decimal(const PipeArguments& arguments, Scalar& value, Scene& scene) {
  if (value.kind == Kind::Exact) return true;
  if (value.kind == Kind::Typed && value.type == Type::Integer) {
    value = Scalar::of_exact({value.units, 1});
    return true;
  }
  if (value.kind == Kind::Text) {
    if (const auto exact = exact_of(arguments, value.text, scene)) {
      value = Scalar::of_exact(*exact);
      return true;
    }
  }
  return refuse_number(arguments, scene, Type::Decimal);
}

bool apply_number(const PipeArguments& arguments, Scalar& value, Scene& scene) {
  if (value.kind == Kind::Number || apply_decimal(arguments, value, scene)) return true;
  // Too large or too small for a fraction, but a double may hold it.
  const auto number =
      value.kind == Kind::Text && arguments.texts.empty() ? read_number(value.text) : std::nullopt;
  if (!number) return refuse_number(arguments, scene, Type::Number);
  value = Scalar{};
  value.kind = Kind::Number;
  value.number = *number;
  return true;
}

bool apply_round(const PipeArguments& arguments, Scalar& value, Scene& scene) {
  const auto scale = static_cast<int>(arguments.count);
  if (!apply_number({}, value, scene)) return false;
  const auto units = value.kind == Kind::Exact ? rounded_units(value.exact, scale)
                                               : to_decimal(value.number, scale);
  if (!units) return refuse_cast(scene, Type::Decimal, scale);
  value = Scalar::of_exact({*units, power_of_ten(scale)}, true);
  return true;
}

bool apply_time(const PipeArguments& arguments, Scalar& value, Scene& scene, Type type) {
  const bool is_time =
      value.kind == Kind::Typed && (value.type == Type::Date || value.type == Type::Datetime);
  std::optional<Micros> at;
  if (is_time) {
    at = value.type == Type::Date ? value.units * kMicrosPerDay : value.units;
  } else if (value.kind != Kind::Typed || value.type == Type::Integer) {
    at = parse_time(trimmed(text_of(value, scene)), arguments.time_pattern);
  }
  if (at) {
    value = Scalar::of_units(type, type == Type::Date ? days_of(*at) : *at);
    return true;
  }
  if (arguments.time_pattern.elements.empty()) return refuse_cast(scene, type);
  return scene.refuse(
      "cast", cast_code_of(type),
      fmt::format("a {} written as {}", name_of(type), arguments.time_pattern.text));
}

bool apply_date(const PipeArguments& arguments, Scalar& value, Scene& scene) {
  return apply_time(arguments, value, scene, Type::Date);
}

bool apply_datetime(const PipeArguments& arguments, Scalar& value, Scene& scene) {
  return apply_time(arguments, value, scene, Type::Datetime);
}

bool apply_boolean(const PipeArguments&, Scalar& value, Scene& scene) {
  model::ColumnDef boolean;
  boolean.type = Type::Boolean;
  Cell cell;
  if (!fit(boolean, value, scene, cell)) return false;
  value = Scalar::of_units(Type::Boolean, cell.units);
  return true;
}

bool apply_key(const PipeArguments& arguments, Scalar& value, Scene& scene) {
  const std::string_view text = trimmed(text_of(value, scene));
  if (text.empty()) {
    value = Scalar{};
    return true;
  }
  value = Scalar::of_units(Type::Integer, surrogate_of(arguments.key_prefix, text));
  value.key_text = text;
  return true;
}

// Pipes that look elsewhere.

bool apply_lookup(const PipeArguments& arguments, Scalar& value, Scene& scene) {
  const std::string_view key = trimmed(text_of(value, scene));
  const std::string* const found = arguments.lookup->find(key, arguments.column);
  if (found == nullptr && arguments.count == 0) {
    return scene.refuse("map", "LOOKUP",
                        fmt::format("a key of the look-up '{}'", arguments.texts[0]));
  }
  value = found == nullptr ? Scalar{} : Scalar::of_text(*found);
  return true;
}

bool apply_default(const PipeArguments& arguments, Scalar& value, Scene& scene) {
  if (!value.is_missing()) return true;
  value =
      Scalar::of_text(arguments.is_column ? scene.batch->field(scene.record, arguments.column).text
                                          : std::string_view(arguments.texts[0]));
  scene.is_defaulted = !value.is_missing();
  return true;
}

constexpr bool kTakesMissing = true;

const std::array<PipeEntry, 22> kEntries = {{
    {"trim", "trim", read_nothing, apply_trim},
    {"squeeze", "squeeze", read_nothing, apply_squeeze},
    {"lower", "lower", read_nothing, apply_lower},
    {"upper", "upper", read_nothing, apply_upper},
    {"title", "title", read_nothing, apply_title},
    {"split", "split(separator, n)", read_split, apply_split},
    {"replace", "replace(old, new)", read_pair, apply_replace},
    {"null", "null(word, ...)", read_words, apply_null},
    {"default",
     "default(value) or default({Column})",
     read_default,
     apply_default,
     {},
     kTakesMissing},
    {"lookup", "lookup(name.Column) or lookup(name.Column, optional)", read_lookup, apply_lookup},
    {"hash", "hash", read_nothing, apply_hash, Type::Text},
    {"key", "key or key(space)", read_optional_word, apply_key, Type::Integer},
    {"integer", "integer", read_nothing, apply_integer, Type::Integer},
    {"number", "number or number(1.234,5)", read_number_pattern, apply_number, Type::Number},
    {"decimal", "decimal or decimal(1.234,5)", read_number_pattern, apply_decimal, Type::Decimal},
    {"round", "round or round(digits)", read_digits, apply_round, Type::Decimal},
    {"date", "date or date(dd.mm.yyyy)", read_time_pattern, apply_date, Type::Date},
    {"datetime", "datetime or datetime(mm/dd/yyyy hh:mi[:ss])", read_time_pattern, apply_datetime,
     Type::Datetime},
    {"boolean", "boolean", read_nothing, apply_boolean, Type::Boolean},
    {"fill", "fill(mean), fill(median), fill(mode) or fill(value)", read_fill, nullptr},
    {"winsor", "winsor(low percentile, high percentile), as in winsor(5, 95)", read_winsor,
     nullptr},
    {"clip", "clip(lowest, highest), as in clip(0, 120) or clip(0,)", read_clip, nullptr},
}};

}  // namespace

std::span<const PipeEntry> pipe_entries() noexcept { return kEntries; }

const PipeEntry* find_pipe(std::string_view name) noexcept {
  const auto* const found = std::ranges::find(kEntries, name, &PipeEntry::name);
  return found == kEntries.end() ? nullptr : found;
}

std::int64_t surrogate_of(std::string_view prefix, std::string_view text) {
  constexpr std::uint64_t kLowest = std::uint64_t{1} << 52;
  const std::uint64_t hash = hash64(text, hash64(prefix));
  return static_cast<std::int64_t>(kLowest | (hash & (kLowest - 1)));
}

std::string key_prefix_of(std::string_view table, std::string_view key_space) {
  return fmt::format("{}\n{}", table, key_space);  // No name of a table holds a line end.
}

std::vector<std::string> split_arguments(std::string_view text) {
  std::vector<std::string> arguments;
  if (trimmed(text).empty()) return arguments;
  for (bool is_more = true; is_more;) {
    arguments.push_back(take_argument(text));
    is_more = !text.empty();
    if (is_more) text.remove_prefix(1);  // The comma.
  }
  return arguments;
}

}  // namespace cip::ingest
