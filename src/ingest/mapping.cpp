#include "ingest/mapping.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "base/hash.h"
#include "base/number.h"
#include "base/text.h"
#include "ingest/mapping_check.h"

namespace cip::ingest {
namespace {

using model::ColumnDef;
using model::TableDef;

Position position_of(const toml::source_region& region) noexcept {
  return {region.begin.line, region.begin.column};
}

template <class T>
std::vector<std::string> names_of(const std::vector<T>& things) {
  std::vector<std::string> names;
  names.reserve(things.size());
  for (const T& thing : things) names.push_back(thing.name);
  return names;
}

// RULE_NO_FUTURE_ORDERS of "No future orders".
std::string code_from(std::string_view name) {
  constexpr std::size_t kMaxBytes = 60;
  std::string code = "RULE_";
  for (const char c : name.substr(0, kMaxBytes)) {
    const bool is_lower = c >= 'a' && c <= 'z';
    const bool is_kept = is_lower || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const char upper = is_lower ? static_cast<char>(c - 'a' + 'A') : c;
    if (is_kept || code.back() != '_') code += is_kept ? upper : '_';
  }
  return code;
}

class MappingReader {
 public:
  MappingReader(std::string_view origin, const model::Model& model) : model_(model) {
    made_.origin = origin;
  }

  Result<Mapping> read(std::string_view text, const toml::table& root) {
    made_.hash = sha256_of(text);
    CIP_TRY(read_root(root));
    CIP_TRY(check_mapping(made_, model_));
    return std::move(made_);
  }

 private:
  [[nodiscard]] Failure refuse(Position position, std::string_view message) const {
    return fail(Errc::InvalidArgument, fmt::format("{}: {}", made_.place_of(position), message));
  }

  [[nodiscard]] Failure refuse(const toml::node& node, std::string_view message) const {
    return refuse(position_of(node.source()), message);
  }

  // About one place inside of a text value. What escapes or a multi-line text move is off by so
  // much.
  [[nodiscard]] Failure refuse_inside(const toml::node& node, std::size_t offset,
                                      std::string_view message) const {
    Position position = position_of(node.source());
    position.column += 1 + static_cast<std::uint32_t>(offset);
    return refuse(position, message);
  }

  Result<void> check_keys(const toml::table& table,
                          std::initializer_list<std::string> known) const {
    for (const auto& [key, value] : table) {
      if (std::ranges::find(known, key.str()) != known.end()) continue;
      const std::vector<std::string> names(known);
      return refuse(position_of(key.source()), unknown_name_message("key", key.str(), names));
    }
    return {};
  }

  // The value of a key: `value` stays as it is if there is none.
  template <class T>
  Result<void> take(const toml::table& table, std::string_view key, T& value,
                    std::string_view wanted) const {
    const toml::node* const node = table.get(key);
    if (node == nullptr) return {};
    const auto found = node->value_exact<T>();
    if (!found) return refuse(*node, fmt::format("{} wants {}", key, wanted));
    value = *found;
    return {};
  }

  Result<void> take_text(const toml::table& table, std::string_view key, std::string& value) const {
    return take(table, key, value, "a text");
  }

  // One text or a list of them.
  Result<void> take_texts(const toml::table& table, std::string_view key,
                          std::vector<std::string>& values) const {
    const toml::node* const node = table.get(key);
    if (node == nullptr) return {};
    const auto one = node->value_exact<std::string>();
    const toml::array* const many = node->as_array();
    if (!one && many == nullptr)
      return refuse(*node, fmt::format("{} wants a text or a list", key));
    if (one) values = {*one};
    for (std::size_t at = 0; many != nullptr && at < many->size(); ++at) {
      const auto text = (*many)[at].value_exact<std::string>();
      if (!text) return refuse((*many)[at], fmt::format("{} wants texts", key));
      values.push_back(*text);
    }
    return {};
  }

  // The tables of [[key]], in their order.
  Result<std::vector<const toml::table*>> tables_at(const toml::table& parent,
                                                    std::string_view key) const {
    std::vector<const toml::table*> tables;
    const toml::node* const node = parent.get(key);
    if (node == nullptr) return tables;
    const toml::array* const array = node->as_array();
    if (array == nullptr) return refuse(*node, fmt::format("{0} is written [[{0}]]", key));
    for (const toml::node& each : *array) {
      if (each.as_table() == nullptr)
        return refuse(each, fmt::format("{0} is written [[{0}]]", key));
      tables.push_back(each.as_table());
    }
    return tables;
  }

  Result<void> read_root(const toml::table& root) {
    CIP_TRY(check_keys(
        root, {"source", "files", "key_space", "format", "into", "skip", "lookup", "limits"}));
    CIP_TRY(take_text(root, "source", made_.source));
    if (made_.source.empty()) return refuse(root, "a mapping needs source = \"a name\"");
    made_.key_space = made_.source;
    CIP_TRY(take_text(root, "key_space", made_.key_space));
    CIP_TRY(take_texts(root, "files", made_.files));
    if (made_.files.empty()) return refuse(root, "a mapping needs files = \"inbox/...\"");
    CIP_TRY(read_format(root));
    CIP_TRY(read_limits(root));
    CIP_TRY_ASSIGN(const std::vector<const toml::table*> lookups, tables_at(root, "lookup"));
    for (const toml::table* lookup : lookups) CIP_TRY(read_lookup(*lookup));
    CIP_TRY_ASSIGN(const std::vector<Skip> skips, read_skips(root));
    CIP_TRY_ASSIGN(const std::vector<const toml::table*> intos, tables_at(root, "into"));
    if (intos.empty()) return refuse(root, "a mapping needs an [[into]] with a table");
    for (const toml::table* into : intos) CIP_TRY(read_into(*into, skips));
    return {};
  }

  Result<const toml::table*> table_at(const toml::table& parent, std::string_view key) const {
    const toml::node* const node = parent.get(key);
    if (node == nullptr) return nullptr;
    if (node->as_table() == nullptr) return refuse(*node, fmt::format("{0} is written [{0}]", key));
    return node->as_table();
  }

  Result<void> read_format(const toml::table& root) {
    CIP_TRY_ASSIGN(const toml::table* const table, table_at(root, "format"));
    if (table == nullptr) return {};
    CIP_TRY(check_keys(*table, {"type", "delimiter", "quote", "escape", "encoding", "header",
                                "preamble", "footer", "null_words", "record"}));
    CIP_TRY(read_type(*table));
    CsvFormat& csv = made_.format.csv;
    CIP_TRY_ASSIGN(const auto delimiter, read_sign(*table, "delimiter"));
    csv.delimiter = delimiter.value_or('\0');
    CIP_TRY_ASSIGN(csv.quote, read_sign(*table, "quote"));
    CIP_TRY_ASSIGN(csv.escape, read_sign(*table, "escape"));
    if (table->contains("header")) {
      CIP_TRY(take(*table, "header", csv.has_header.emplace(), "true or false"));
    }
    if (table->contains("preamble")) {
      CIP_TRY(take_lines(*table, "preamble", csv.preamble_rows.emplace()));
    }
    CIP_TRY(take_lines(*table, "footer", csv.footer_rows));
    CIP_TRY(take_texts(*table, "null_words", made_.null_words));
    return take_text(*table, "record", made_.format.record);
  }

  Result<void> read_type(const toml::table& table) {
    std::string type;
    CIP_TRY(take_text(table, "type", type));
    made_.format.format = parse_format(type);
    if (!type.empty() && !made_.format.format) {
      return refuse(*table.get("type"),
                    fmt::format("unknown type '{}', known are: csv, json, jsonl, xml", type));
    }
    std::string encoding = "auto";
    CIP_TRY(take_text(table, "encoding", encoding));
    const auto known = parse_encoding(encoding);
    if (!known) {
      return refuse(*table.get("encoding"),
                    fmt::format("unknown encoding '{}', known are: auto, utf-8, utf-16le, "
                                "utf-16be, latin1, windows-1252",
                                encoding));
    }
    made_.format.csv.encoding = *known;
    return {};
  }

  Result<void> take_lines(const toml::table& table, std::string_view key,
                          std::size_t& num_lines) const {
    std::int64_t num = 0;
    CIP_TRY(take(table, key, num, "a number of lines"));
    if (num < 0) return refuse(*table.get(key), fmt::format("{} wants a number of lines", key));
    num_lines = static_cast<std::size_t>(num);
    return {};
  }

  Result<std::optional<char>> read_sign(const toml::table& table, std::string_view key) const {
    const toml::node* const node = table.get(key);
    if (node == nullptr) return std::optional<char>();
    std::string text;
    CIP_TRY(take_text(table, key, text));
    if (text == "tab") text = "\t";
    const bool may_be_empty = key != "delimiter";
    if (text.size() > 1 || (text.empty() && !may_be_empty)) {
      return refuse(*node, fmt::format("{} wants one character, found '{}'", key, text));
    }
    return std::optional(text.empty() ? '\0' : text.front());
  }

  Result<void> read_limits(const toml::table& root) {
    CIP_TRY_ASSIGN(const toml::table* const table, table_at(root, "limits"));
    if (table == nullptr) return {};
    CIP_TRY(check_keys(*table, {"record", "table", "lookup_records", "lag"}));
    std::string record = "reject";
    CIP_TRY(take_text(*table, "record", record));
    if (record != "reject") {
      return refuse(*table->get("record"),
                    fmt::format("record wants 'reject', found '{}'", record));
    }
    std::string limit;
    CIP_TRY(take_text(*table, "table", limit));
    if (!limit.empty() && !read_table_limit(limit)) {
      return refuse(*table->get("table"),
                    fmt::format("cannot read '{}', wanted e.g. '10% of 300 -> partial' or '... -> "
                                "hold'",
                                limit));
    }
    auto records = static_cast<std::int64_t>(made_.max_lookup_records);
    CIP_TRY(take(*table, "lookup_records", records, "a number of records"));
    if (records < 1) return refuse(*table->get("lookup_records"), "lookup_records wants 1 or more");
    made_.max_lookup_records = static_cast<std::size_t>(records);
    std::string lag;
    CIP_TRY(take_text(*table, "lag", lag));
    if (!lag.empty() && !read_lag(lag)) {
      return refuse(
          *table->get("lag"),
          fmt::format("cannot read '{}', wanted e.g. '1 day', '6 hours' or '2 weeks'", lag));
    }
    return {};
  }

  // 36 hours
  bool read_lag(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> kUnits = {
        {{"minute", 60}, {"hour", 3'600}, {"day", 86'400}, {"week", 604'800}}};
    constexpr std::int64_t kMostUnits = 100'000;
    const std::size_t blank = text.find(' ');
    const auto number = parse_int(text.substr(0, blank));
    if (blank == std::string_view::npos || !number || *number < 1 || *number > kMostUnits) {
      return false;
    }
    std::string_view unit = trimmed(text.substr(blank));
    if (unit.ends_with('s')) unit.remove_suffix(1);
    for (const auto& [name, seconds] : kUnits) {
      if (unit == name) made_.max_lag_s = *number * seconds;
    }
    return made_.max_lag_s.has_value();
  }

  // 10% of 300 -> partial
  bool read_table_limit(std::string_view text) {
    const std::size_t percent = text.find('%');
    const std::size_t of = text.find("of", std::min(percent, text.size()));
    const std::size_t arrow = text.find("->", std::min(of, text.size()));
    if (arrow == std::string_view::npos) return false;
    const auto share = parse_number(trimmed(text.substr(0, percent)));
    const auto records = parse_int(trimmed(text.substr(of + 2, arrow - of - 2)));
    const std::string_view policy = trimmed(text.substr(arrow + 2));
    if (!share || *share < 0 || *share > 100 || !records || *records < 0) return false;
    if (policy != "partial" && policy != "hold") return false;
    made_.table_limit.share = *share / 100;
    made_.table_limit.min_records = static_cast<std::uint64_t>(*records);
    made_.table_limit.policy =
        policy == "hold" ? TableLimit::Policy::Hold : TableLimit::Policy::Partial;
    return true;
  }

  Result<std::optional<Condition>> read_condition(const toml::table& table) const {
    const toml::node* const node = table.get("when");
    if (node == nullptr) return std::optional<Condition>{};
    std::string text;
    CIP_TRY(take_text(table, "when", text));
    std::size_t offset = 0;
    std::string message;
    auto condition = Condition::parse(text, offset, message);
    if (!condition) return refuse_inside(*node, offset, message);
    return condition;
  }

  Result<void> read_lookup(const toml::table& table) {
    CIP_TRY(check_keys(table, {"name", "files", "record", "key", "when"}));
    Lookup lookup;
    lookup.position = position_of(table.source());
    lookup.record = made_.format.record;
    CIP_TRY(take_text(table, "name", lookup.name));
    CIP_TRY(take_texts(table, "files", lookup.files));
    CIP_TRY(take_text(table, "record", lookup.record));
    CIP_TRY(take_text(table, "key", lookup.key));
    if (lookup.name.empty() || lookup.key.empty()) {
      return refuse(table, "a [[lookup]] needs a name and a key");
    }
    CIP_TRY_ASSIGN(lookup.when, read_condition(table));
    made_.lookups.push_back(std::move(lookup));
    return {};
  }

  Result<std::vector<Skip>> read_skips(const toml::table& parent) const {
    std::vector<Skip> skips;
    CIP_TRY_ASSIGN(const std::vector<const toml::table*> tables, tables_at(parent, "skip"));
    for (const toml::table* table : tables) {
      CIP_TRY(check_keys(*table, {"reason", "when"}));
      Skip skip;
      skip.position = position_of(table->source());
      CIP_TRY(take_text(*table, "reason", skip.reason));
      CIP_TRY(take_text(*table, "when", skip.when));
      CIP_TRY_ASSIGN(auto condition, read_condition(*table));
      if (skip.reason.empty() || !condition) {
        return refuse(*table, "a [[skip]] needs a reason and a condition (when)");
      }
      skip.condition = std::move(*condition);
      skips.push_back(std::move(skip));
    }
    return skips;
  }

  Result<void> read_into(const toml::table& table, const std::vector<Skip>& skips) {
    CIP_TRY(check_keys(table, {"table", "record", "key", "winner", "key_space", "map", "skip",
                               "rule", "decline"}));
    Into into;
    into.position = position_of(table.source());
    into.record = made_.format.record;
    into.key_space = made_.key_space;
    CIP_TRY(take_text(table, "table", into.table));
    const TableDef* const target = model_.find_table(into.table);
    if (target == nullptr) {
      const toml::node* const node = table.get("table");
      return refuse(node == nullptr ? table : *node,
                    unknown_name_message("table", into.table, names_of(model_.tables)));
    }
    CIP_TRY(take_text(table, "record", into.record));
    CIP_TRY(take_texts(table, "key", into.key));
    CIP_TRY(take_text(table, "key_space", into.key_space));
    CIP_TRY(read_winner(table, into));
    CIP_TRY(read_row_rules(table, into.rules));
    CIP_TRY(read_declines(table, into.declines));
    into.skips = skips;
    if (table.contains("skip")) {
      CIP_TRY_ASSIGN(into.skips, read_skips(table));
    }
    CIP_TRY_ASSIGN(const toml::table* const map, table_at(table, "map"));
    if (map == nullptr) return refuse(table, "an [[into]] needs an [into.map]");
    for (const auto& [key, value] : *map) CIP_TRY(read_line(key, value, *target, into));
    std::ranges::sort(into.map, {}, [](const MapLine& line) { return line.position.line; });
    made_.into.push_back(std::move(into));
    return {};
  }

  // first, last, or newest by column.
  Result<void> read_winner(const toml::table& table, Into& into) const {
    constexpr std::string_view kNewest = "newest by ";
    std::string text = "first";
    CIP_TRY(take_text(table, "winner", text));
    if (text.starts_with(kNewest)) {
      into.winner = Winner::Newest;
      into.newest_by = trimmed(std::string_view(text).substr(kNewest.size()));
      return {};
    }
    if (text != "first" && text != "last") {
      return refuse(
          *table.get("winner"),
          fmt::format("winner wants 'first', 'last' or 'newest by COLUMN', found '{}'", text));
    }
    into.winner = text == "first" ? Winner::First : Winner::Last;
    return {};
  }

  Result<std::optional<Formula>> read_row_condition(const toml::table& table,
                                                    std::string_view key) const {
    const toml::node* const node = table.get(key);
    if (node == nullptr) return std::optional<Formula>{};
    std::string text;
    CIP_TRY(take_text(table, key, text));
    std::size_t offset = 0;
    std::string message;
    auto formula = Formula::parse(text, Formula::Wanted::RowCondition, offset, message);
    if (!formula) return refuse_inside(*node, offset, message);
    return formula;
  }

  // One of the words a key may have.
  Result<void> take_word(const toml::table& table, std::string_view key,
                         std::initializer_list<std::string> known, std::string& value) const {
    CIP_TRY(take_text(table, key, value));
    if (std::ranges::find(known, value) != known.end()) return {};
    return refuse(*table.get(key),
                  fmt::format("{} wants {}, found '{}'", key, fmt::join(known, " or "), value));
  }

  Result<void> read_row_rules(const toml::table& parent, std::vector<RowRule>& rules) const {
    CIP_TRY_ASSIGN(const std::vector<const toml::table*> tables, tables_at(parent, "rule"));
    for (const toml::table* table : tables) {
      CIP_TRY(check_keys(*table, {"name", "when", "must", "severity", "action", "code"}));
      RowRule rule;
      rule.position = position_of(table->source());
      CIP_TRY(take_text(*table, "name", rule.name));
      CIP_TRY(take_text(*table, "must", rule.must_text));
      CIP_TRY(take_word(*table, "severity", {"critical", "high", "normal"}, rule.severity));
      std::string action = "reject";
      CIP_TRY(take_word(*table, "action", {"reject", "flag"}, action));
      rule.action = action == "flag" ? RowRule::Action::Flag : RowRule::Action::Reject;
      rule.code = code_from(rule.name);
      CIP_TRY(take_text(*table, "code", rule.code));
      CIP_TRY_ASSIGN(rule.when, read_row_condition(*table, "when"));
      CIP_TRY_ASSIGN(auto must, read_row_condition(*table, "must"));
      if (rule.name.empty() || !must) {
        return refuse(*table, "a [[into.rule]] needs a name and a condition (must)");
      }
      rule.must = std::move(*must);
      rules.push_back(std::move(rule));
    }
    return {};
  }

  Result<void> read_declines(const toml::table& parent, std::vector<Decline>& declines) const {
    CIP_TRY_ASSIGN(const std::vector<const toml::table*> tables, tables_at(parent, "decline"));
    for (const toml::table* table : tables) {
      CIP_TRY(check_keys(*table, {"column", "since", "per_year"}));
      Decline& decline = declines.emplace_back();
      decline.position = position_of(table->source());
      CIP_TRY(take_text(*table, "column", decline.column));
      CIP_TRY(take_text(*table, "since", decline.since));
      CIP_TRY(take(*table, "per_year", decline.per_year, "a rate such as 0.2"));
    }
    return {};
  }

  Result<void> read_line(const toml::key& key, const toml::node& value, const TableDef& table,
                         Into& into) const {
    const auto text = value.value_exact<std::string>();
    if (!text) return refuse(value, R"(a line of the map wants a text such as "Column | trim")");
    if (key.str() == "extra" && table.find("extra") == nullptr) {
      if (trimmed(*text) != "*") return refuse(value, "extra takes \"*\", and nothing else");
      into.keeps_extra = true;
      return {};
    }
    const ColumnDef* const column = table.find(key.str());
    if (column == nullptr) {
      return refuse(position_of(key.source()),
                    unknown_name_message(fmt::format("column of {}", table.name), key.str(),
                                         names_of(table.columns)));
    }
    TextFault fault{};
    auto expression = parse_expression(*text, column->type, fault);
    if (!expression) return refuse_inside(value, fault.offset, fault.message);
    into.map.push_back(
        {std::string(key.str()), *text, std::move(*expression), position_of(key.source())});
    return {};
  }

  const model::Model& model_;
  Mapping made_;
};

}  // namespace

Result<Mapping> parse_mapping(std::string_view toml, std::string_view origin,
                              const model::Model& model) {
  try {
    return MappingReader(origin, model).read(toml, toml::parse(toml, origin));
  } catch (const toml::parse_error& error) {  // The library has no other way to say so.
    const toml::source_position at = error.source().begin;
    return fail(Errc::InvalidArgument,
                fmt::format("{}:{}:{}: {}", origin, at.line, at.column, error.description()));
  }
}

}  // namespace cip::ingest
