#include "query/query_text.h"

#include <algorithm>
#include <cctype>

#include "base/json.h"
#include "base/number.h"
#include "base/text.h"
#include "query/filter_text.h"

namespace cip::query {
namespace {

using Names = std::vector<std::string>;

Failure wanted(std::string_view name, std::string_view what, std::string_view found) {
  return fail(Errc::InvalidArgument, fmt::format("query: wanted {} for '{}', found '{}'", what,
                                                 name, found.substr(0, 60)));
}

// ---- Names ----

bool is_plain_sign(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::string name_text(const std::string& name) {
  if (!name.empty() && std::ranges::all_of(name, is_plain_sign)) return name;
  std::string text;
  for (const char c : name) {
    if (c == '"') text += c;
    text += c;
  }
  return fmt::format("\"{}\"", text);
}

std::string names_text(const Names& names) {
  Names texts;
  texts.reserve(names.size());
  for (const std::string& name : names) texts.push_back(name_text(name));
  return joined(texts, ",");
}

// Parts between separators that are not inside double quotes, the quotes still there.
Names parts_of(std::string_view text, char separator) {
  Names parts(1);
  bool is_quoted = false;
  for (const char c : text) {
    if (c == '"') is_quoted = !is_quoted;
    if (c == separator && !is_quoted) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  for (std::string& part : parts) part = std::string(trimmed(part));
  return parts;
}

Result<std::string> name_from(std::string_view key, std::string_view text) {
  if (!text.starts_with('"')) return std::string(text);
  std::string name;
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] != '"') {
      name += text[at];
    } else if (at + 1 == text.size()) {
      return name;
    } else if (text[++at] == '"') {
      name += '"';
    } else {
      break;
    }
  }
  return wanted(key, "a name with both of its quotes", text);
}

Result<Names> names_from(std::string_view key, std::string_view text) {
  Names names;
  for (const std::string& part : parts_of(text, ',')) {
    if (part.empty()) continue;
    CIP_TRY_ASSIGN(std::string name, name_from(key, part));
    names.push_back(std::move(name));
  }
  return names;
}

// ---- Parts of a question ----

std::string where_text(const Filter& where) {
  std::string text = filter_text(where);
  const auto back = parse_filter(text);
  if (back && *back == where) return text;
  Query only;
  only.where = where;
  return to_text(to_json(only).at("where"));
}

Result<Filter> where_from(std::string_view text) {
  const std::string_view inner = trimmed(text);
  if (!inner.starts_with('{') && !inner.starts_with('[')) return parse_filter(inner);
  CIP_TRY_ASSIGN(Json where, parse_json(inner));
  CIP_TRY_ASSIGN(Query only, query_from_json(JsonObject{{"where", std::move(where)}}));
  return std::move(only.where);
}

Result<Days> date_from(std::string_view key, std::string_view text) {
  if (const auto on = parse_date(text)) return *on;
  return wanted(key, "a date such as 2024-03-01", text);
}

std::string comparison_text(const Comparison& compare) {
  if (compare.with == Comparison::With::PreviousPeriod) return "previous_period";
  if (compare.with == Comparison::With::PreviousYear) return "previous_year";
  return fmt::format("{}..{}", date_text(*compare.from), date_text(*compare.to));
}

Result<Comparison> comparison_from(std::string_view text) {
  Comparison made;
  if (text == "previous_period") return made;
  made.with = Comparison::With::PreviousYear;
  if (text == "previous_year") return made;
  const std::size_t dots = text.find("..");
  if (dots == std::string_view::npos) {
    return wanted("compare", "previous_period, previous_year or 2024-01-01..2024-04-01", text);
  }
  made.with = Comparison::With::Custom;
  CIP_TRY_ASSIGN(made.from, date_from("compare", text.substr(0, dots)));
  CIP_TRY_ASSIGN(made.to, date_from("compare", text.substr(dots + 2)));
  return made;
}

std::string top_text(const Top& top) {
  return fmt::format("{}:{}:{}{}{}", name_text(top.of), top.count, name_text(top.by),
                     top.is_lowest ? ":lowest" : "", top.has_others ? "" : ":no_others");
}

Result<Top> top_from(std::string_view text) {
  const Names parts = parts_of(text, ':');
  constexpr std::string_view what = "DIMENSION:COUNT:METRIC such as product:10:revenue";
  if (parts.size() < 3) return wanted("top", what, text);
  Top made;
  CIP_TRY_ASSIGN(made.of, name_from("top", parts[0]));
  const auto count = parse_int(parts[1]);
  if (!count) return wanted("top", what, text);
  made.count = *count;
  CIP_TRY_ASSIGN(made.by, name_from("top", parts[2]));
  for (std::size_t at = 3; at < parts.size(); ++at) {
    if (parts[at] == "lowest") {
      made.is_lowest = true;
    } else if (parts[at] == "no_others") {
      made.has_others = false;
    } else {
      return wanted("top", "lowest or no_others at the end", parts[at]);
    }
  }
  return made;
}

std::string sort_text(const std::vector<SortKey>& keys) {
  Names texts;
  for (const SortKey& key : keys)
    texts.push_back(fmt::format("{}{}", key.is_descending ? "-" : "", name_text(key.by)));
  return joined(texts, ",");
}

Result<std::vector<SortKey>> sort_from(std::string_view text) {
  std::vector<SortKey> keys;
  for (const std::string& part : parts_of(text, ',')) {
    if (part.empty()) continue;
    SortKey key;
    key.is_descending = part.starts_with('-');
    CIP_TRY_ASSIGN(key.by, name_from("sort", part.substr(key.is_descending ? 1 : 0)));
    keys.push_back(std::move(key));
  }
  return keys;
}

Result<std::int64_t> count_from(std::string_view key, std::string_view text) {
  const auto count = parse_int(text);
  if (count && *count >= 0) return *count;
  return wanted(key, "a whole number from 0", text);
}

Result<bool> flag_from(std::string_view key, std::string_view text) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return wanted(key, "true or false", text);
}

// Reads one parameter into the query.
using Read = Result<void> (*)(std::string_view text, Query& query);

template <class T>
Result<void> put(Result<T> from, T& into) {
  CIP_TRY_ASSIGN(into, std::move(from));
  return {};
}

template <class T>
Result<void> put(Result<T> from, std::optional<T>& into) {
  CIP_TRY_ASSIGN(into, std::move(from));
  return {};
}

const std::vector<std::pair<std::string, Read>>& readers() {
  static const std::vector<std::pair<std::string, Read>> all = {
      {"metrics", [](auto text, Query& q) { return put(names_from("metrics", text), q.metrics); }},
      {"by", [](auto text, Query& q) { return put(names_from("by", text), q.by); }},
      {"where", [](auto text, Query& q) { return put(where_from(text), q.where); }},
      {"from", [](auto text, Query& q) { return put(date_from("from", text), q.from); }},
      {"to", [](auto text, Query& q) { return put(date_from("to", text), q.to); }},
      {"compare", [](auto text, Query& q) { return put(comparison_from(text), q.compare); }},
      {"top", [](auto text, Query& q) { return put(top_from(text), q.top); }},
      {"sort", [](auto text, Query& q) { return put(sort_from(text), q.sort); }},
      {"pivot", [](auto text, Query& q) { return put(name_from("pivot", text), q.pivot); }},
      {"zone",
       [](auto text, Query& q) { return put(Result<std::string>(std::string(text)), q.zone); }},
      {"limit", [](auto text, Query& q) { return put(count_from("limit", text), q.limit); }},
      {"offset", [](auto text, Query& q) { return put(count_from("offset", text), q.offset); }},
      {"totals", [](auto text, Query& q) { return put(flag_from("totals", text), q.with_totals); }},
      {"subtotals",
       [](auto text, Query& q) { return put(flag_from("subtotals", text), q.with_subtotals); }},
  };
  return all;
}

// ---- URL and command line ----

bool stays_in_url(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("-_.~,:/'()*").find(c) != std::string_view::npos;
}

std::string url_text(std::string_view text) {
  std::string made;
  for (const char c : text) {
    if (stays_in_url(c)) {
      made += c;
    } else {
      made += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return made;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> from_url_text(std::string_view text) {
  std::string made;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      made += text[at] == '+' ? ' ' : text[at];
      continue;
    }
    const int high = at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[at + 2]);
    if (low < 0) {
      return fail(Errc::InvalidArgument,
                  fmt::format("query: wanted two hex digits after the % at byte {} of '{}'", at + 1,
                              text.substr(0, 60)));
    }
    made += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return made;
}

std::string shell_word(const std::string& text) {
  const bool is_plain = !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_plain_sign(c) || std::string_view(",:/-").find(c) != std::string_view::npos;
  });
  if (is_plain) return text;
  std::string word;
  for (const char c : text) {
    if (c == '\'') word += "'\\'";
    word += c;
  }
  return fmt::format("'{}'", word);
}

// Words as a shell reads them: single and double quotes, and a backslash outside of them.
Result<Names> shell_words(std::string_view text) {
  Names words;
  bool is_inside = false;
  char quote = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const bool is_bare = quote == 0;
    if (is_bare && std::isspace(static_cast<unsigned char>(c)) != 0) {
      is_inside = false;
      continue;
    }
    if (!is_inside) words.emplace_back();
    is_inside = true;
    if (is_bare && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else if (is_bare && c == '\\' && at + 1 < text.size()) {
      words.back() += text[++at];
    } else {
      words.back() += c;
    }
  }
  if (quote == 0) return words;
  return fail(Errc::InvalidArgument, fmt::format("query: the quote {} is never closed", quote));
}

}  // namespace

Parameters to_parameters(const Query& query) {
  Parameters made;
  const auto add = [&made](std::string name, std::string text, bool is_said) {
    if (is_said) made.emplace_back(std::move(name), std::move(text));
  };
  add("metrics", names_text(query.metrics), !query.metrics.empty());
  add("by", names_text(query.by), !query.by.empty());
  const bool has_where = !query.where.is_everything();
  add("where", has_where ? where_text(query.where) : "", has_where);
  add("from", query.from ? date_text(*query.from) : "", query.from.has_value());
  add("to", query.to ? date_text(*query.to) : "", query.to.has_value());
  add("compare", query.compare ? comparison_text(*query.compare) : "", query.compare.has_value());
  add("top", query.top ? top_text(*query.top) : "", query.top.has_value());
  add("sort", sort_text(query.sort), !query.sort.empty());
  add("pivot", name_text(query.pivot), !query.pivot.empty());
  add("zone", query.zone, !query.zone.empty());
  add("limit", std::to_string(query.limit.value_or(0)), query.limit.has_value());
  add("offset", std::to_string(query.offset), query.offset != 0);
  add("totals", "true", query.with_totals);
  add("subtotals", "true", query.with_subtotals);
  return made;
}

Result<Query> query_from_parameters(const Parameters& parameters) {
  Query query;
  Names seen;
  for (const auto& [name, text] : parameters) {
    const auto reader = std::ranges::find_if(
        readers(), [&wanted = name](const auto& each) { return each.first == wanted; });
    if (reader == readers().end()) {
      Names known;
      for (const auto& each : readers()) known.push_back(each.first);
      return fail(Errc::InvalidArgument,
                  "query: " + unknown_name_message("parameter", name, known));
    }
    if (std::ranges::find(seen, name) != seen.end()) {
      return fail(Errc::InvalidArgument, fmt::format("query: '{}' is given twice", name));
    }
    seen.push_back(name);
    CIP_TRY(reader->second(text, query));
  }
  return query;
}

std::string to_url(const Query& query) {
  Names parts;
  for (const auto& [name, text] : to_parameters(query)) {
    parts.push_back(fmt::format("{}={}", name, url_text(text)));
  }
  return joined(parts, "&");
}

Result<Query> query_from_url(std::string_view text) {
  const std::size_t start = text.find('?');  // Of a whole address, what follows its path.
  if (start < text.find('=')) text = text.substr(start + 1);
  Parameters parameters;
  for (const std::string_view part : split(text, '&')) {
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    const bool has_value = equals != std::string_view::npos;
    CIP_TRY_ASSIGN(std::string name, from_url_text(part.substr(0, equals)));
    CIP_TRY_ASSIGN(std::string value, from_url_text(has_value ? part.substr(equals + 1) : "true"));
    parameters.emplace_back(std::move(name), std::move(value));
  }
  return query_from_parameters(parameters);
}

std::string to_command_line(const Query& query) {
  std::string line = "cip query";
  for (const auto& [name, text] : to_parameters(query)) {
    const bool is_flag = name == "totals" || name == "subtotals";
    line += fmt::format(" --{}", name);
    // A value that starts with a dash would be taken for an option.
    if (!is_flag) line += fmt::format("{}{}", text.starts_with('-') ? '=' : ' ', shell_word(text));
  }
  return line;
}

Result<Query> query_from_command_line(std::string_view text) {
  CIP_TRY_ASSIGN(Names words, shell_words(text));
  if (words.size() >= 2 && words[0] == "cip" && words[1] == "query") {
    words.erase(words.begin(), words.begin() + 2);
  }
  Parameters parameters;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (!words[at].starts_with("--")) {
      return fail(Errc::InvalidArgument,
                  fmt::format("query: wanted an option such as --metrics, found '{}'", words[at]));
    }
    const std::string name = words[at].substr(2);
    const std::size_t equals = name.find('=');
    if (equals != std::string::npos) {
      parameters.emplace_back(name.substr(0, equals), name.substr(equals + 1));
    } else if (name == "totals" || name == "subtotals") {
      parameters.emplace_back(name, "true");
    } else if (at + 1 < words.size()) {
      parameters.emplace_back(name, words[++at]);
    } else {
      return fail(Errc::InvalidArgument, fmt::format("query: --{} has no value", name));
    }
  }
  return query_from_parameters(parameters);
}

}  // namespace cip::query
