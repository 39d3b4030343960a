// The JSON form of a query, both ways.
#include <algorithm>
#include <array>
#include <limits>

#include "base/json.h"
#include "base/text.h"
#include "query/filter_text.h"
#include "query/query.h"

namespace cip::query {
namespace {

constexpr int kMaxDepth = 64;

Failure wanted(std::string_view key, std::string_view what, const Json& found) {
  std::string text = to_text(found);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return fail(Errc::InvalidArgument,
              fmt::format("query: wanted {} for '{}', found {}", what, key, text));
}

Result<void> only_known(const JsonObject& object, std::span<const std::string> known) {
  for (const auto& member : object) {
    const std::string_view key(member.key().data(), member.key().size());
    if (std::ranges::find(known, key) != known.end()) continue;
    return fail(Errc::InvalidArgument, "query: " + unknown_name_message("key", key, known));
  }
  return {};
}

std::string text_of(const Json& json) {
  const auto& text = json.get_string();
  return {text.data(), text.size()};
}

Result<std::string> text_at(const JsonObject& object, std::string_view key) {
  const Json* found = object.if_contains(key);
  if (found == nullptr || !found->is_string()) {
    return wanted(key, "text", found == nullptr ? Json(nullptr) : *found);
  }
  return text_of(*found);
}

Result<std::vector<std::string>> texts_at(const JsonObject& object, std::string_view key) {
  std::vector<std::string> texts;
  const Json* found = object.if_contains(key);
  if (found == nullptr) return texts;
  if (!found->is_array()) return wanted(key, "a list of names", *found);
  for (const Json& item : found->get_array()) {
    if (!item.is_string()) return wanted(key, "a list of names", *found);
    texts.push_back(text_of(item));
  }
  return texts;
}

Result<std::optional<Days>> date_at(const JsonObject& object, std::string_view key) {
  const Json* found = object.if_contains(key);
  if (found == nullptr || found->is_null()) return std::optional<Days>{};
  const auto date = found->is_string() ? parse_date(text_of(*found)) : std::nullopt;
  if (!date) return wanted(key, "a date such as \"2026-11-20\"", *found);
  return date;
}

Result<std::optional<std::int64_t>> count_at(const JsonObject& object, std::string_view key) {
  const Json* found = object.if_contains(key);
  if (found == nullptr || found->is_null()) return std::optional<std::int64_t>{};
  boost::json::error_code code;
  const auto count = found->to_number<std::int64_t>(code);
  if (code.failed() || count < 0) return wanted(key, "a whole number from 0", *found);
  return std::optional<std::int64_t>(count);
}

Result<bool> flag_at(const JsonObject& object, std::string_view key) {
  const Json* found = object.if_contains(key);
  if (found == nullptr) return false;
  if (!found->is_bool()) return wanted(key, "true or false", *found);
  return found->get_bool();
}

Result<Value> value_of(const Json& json) {
  switch (json.kind()) {
    case boost::json::kind::null:
      return Value{};
    case boost::json::kind::bool_:
      return Value(std::string(json.get_bool() ? "true" : "false"));
    case boost::json::kind::int64:
      return Value(json.get_int64());
    case boost::json::kind::uint64:
      return Value(static_cast<double>(json.get_uint64()));
    case boost::json::kind::double_:
      return Value(json.get_double());
    case boost::json::kind::string:
      return Value(text_of(json));
    case boost::json::kind::object:
    case boost::json::kind::array:
      break;
  }
  return wanted("values", "null, true, false, a number or a text", json);
}

Json json_of(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* number = std::get_if<double>(&value)) return json_number(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return Json(*text);
  return nullptr;
}

Result<Filter> condition_from(const JsonObject& object) {
  static const std::vector<std::string> known = {"field", "op", "values"};
  CIP_TRY(only_known(object, known));
  Condition condition;
  CIP_TRY_ASSIGN(condition.field, text_at(object, "field"));
  CIP_TRY_ASSIGN(const std::string name, text_at(object, "op"));
  const auto op = parse_op(name);
  if (!op) {
    static const std::vector<std::string> ops = {
        "in", "not_in", "=",       "!=",       "<",       "<=",
        ">",  ">=",     "between", "contains", "is_null", "not_null"};
    return fail(Errc::InvalidArgument, "query: " + unknown_name_message("op", name, ops));
  }
  condition.op = *op;
  const Json* values = object.if_contains("values");
  if (values != nullptr && !values->is_array()) return wanted("values", "a list", *values);
  if (values != nullptr) {
    for (const Json& item : values->get_array()) {
      CIP_TRY_ASSIGN(Value value, value_of(item));
      condition.values.push_back(std::move(value));
    }
  }
  return Filter::of(std::move(condition));
}

Result<Filter> filter_from(const Json& json, int depth);

Result<Filter> parts_from(const Json& json, Filter::Kind kind, int depth) {
  if (!json.is_array()) return wanted("where", "a list of conditions", json);
  Filter filter;
  filter.kind = kind;
  for (const Json& item : json.get_array()) {
    CIP_TRY_ASSIGN(Filter part, filter_from(item, depth + 1));
    filter.parts.push_back(std::move(part));
  }
  return filter;
}

Result<Filter> filter_from(const Json& json, int depth) {
  if (depth > kMaxDepth) return fail(Errc::LimitExceeded, "query: 'where' is deeper than 64");
  if (json.is_null()) return Filter{};
  if (json.is_string()) return parse_filter(text_of(json));
  if (json.is_array()) return parts_from(json, Filter::Kind::And, depth);
  if (!json.is_object()) return wanted("where", "conditions or text", json);
  const JsonObject& object = json.get_object();
  if (object.size() != 1) return condition_from(object);
  if (const Json* all = object.if_contains("and")) {
    return parts_from(*all, Filter::Kind::And, depth);
  }
  if (const Json* any = object.if_contains("or")) return parts_from(*any, Filter::Kind::Or, depth);
  if (const Json* no = object.if_contains("not")) {
    CIP_TRY_ASSIGN(Filter inner, filter_from(*no, depth + 1));
    Filter filter;
    filter.kind = Filter::Kind::Not;
    filter.parts.push_back(std::move(inner));
    return filter;
  }
  return condition_from(object);
}

Json json_of(const Filter& filter) {
  if (filter.kind == Filter::Kind::Test) {
    JsonArray values;
    for (const Value& value : filter.test.values) values.push_back(json_of(value));
    return JsonObject{{"field", filter.test.field},
                      {"op", name_of(filter.test.op)},
                      {"values", std::move(values)}};
  }
  if (filter.kind == Filter::Kind::Not) return JsonObject{{"not", json_of(filter.parts.front())}};
  JsonArray parts;
  for (const Filter& part : filter.parts) parts.push_back(json_of(part));
  const std::string_view key = filter.kind == Filter::Kind::And ? "and" : "or";
  return JsonObject{{key, std::move(parts)}};
}

Result<std::vector<SortKey>> sort_from(const JsonObject& object) {
  static const std::vector<std::string> known = {"by", "descending"};
  std::vector<SortKey> keys;
  const Json* found = object.if_contains("sort");
  if (found == nullptr) return keys;
  if (!found->is_array()) return wanted("sort", "a list", *found);
  for (const Json& item : found->get_array()) {
    if (!item.is_object()) return wanted("sort", "a list of {\"by\":..,\"descending\":..}", *found);
    CIP_TRY(only_known(item.get_object(), known));
    SortKey key;
    CIP_TRY_ASSIGN(key.by, text_at(item.get_object(), "by"));
    CIP_TRY_ASSIGN(key.is_descending, flag_at(item.get_object(), "descending"));
    keys.push_back(std::move(key));
  }
  return keys;
}

Result<std::string> name_at(const JsonObject& object, std::string_view key) {
  return object.contains(key) ? text_at(object, key) : Result<std::string>(std::string());
}

Result<std::optional<Comparison>> comparison_from(const JsonObject& object) {
  const Json* found = object.if_contains("compare");
  if (found == nullptr || found->is_null()) return std::optional<Comparison>{};
  constexpr std::string_view what = "previous_period, previous_year or {\"from\":..,\"to\":..}";
  Comparison made;
  if (found->is_string()) {
    const std::string name = text_of(*found);
    if (name != "previous_period" && name != "previous_year")
      return wanted("compare", what, *found);
    if (name == "previous_year") made.with = Comparison::With::PreviousYear;
    return std::optional(made);
  }
  if (!found->is_object()) return wanted("compare", what, *found);
  static const std::vector<std::string> known = {"from", "to"};
  CIP_TRY(only_known(found->get_object(), known));
  made.with = Comparison::With::Custom;
  CIP_TRY_ASSIGN(made.from, date_at(found->get_object(), "from"));
  CIP_TRY_ASSIGN(made.to, date_at(found->get_object(), "to"));
  if (!made.from || !made.to) return wanted("compare", "both from and to", *found);
  return std::optional(made);
}

Result<std::optional<Top>> top_from(const JsonObject& object) {
  const Json* found = object.if_contains("top");
  if (found == nullptr || found->is_null()) return std::optional<Top>{};
  if (!found->is_object()) return wanted("top", "{\"of\":..,\"count\":..,\"by\":..}", *found);
  static const std::vector<std::string> known = {"of", "count", "by", "lowest", "others"};
  const JsonObject& keys = found->get_object();
  CIP_TRY(only_known(keys, known));
  Top made;
  CIP_TRY_ASSIGN(made.of, text_at(keys, "of"));
  CIP_TRY_ASSIGN(made.by, text_at(keys, "by"));
  CIP_TRY_ASSIGN(const std::optional<std::int64_t> count, count_at(keys, "count"));
  made.count = count.value_or(made.count);
  CIP_TRY_ASSIGN(made.is_lowest, flag_at(keys, "lowest"));
  if (keys.contains("others")) {
    CIP_TRY_ASSIGN(made.has_others, flag_at(keys, "others"));
  }
  return std::optional(std::move(made));
}

Json json_of(const Comparison& compare) {
  if (compare.with == Comparison::With::PreviousPeriod) return "previous_period";
  if (compare.with == Comparison::With::PreviousYear) return "previous_year";
  return JsonObject{{"from", date_text(*compare.from)}, {"to", date_text(*compare.to)}};
}

Json json_of(const Top& top) {
  JsonObject object{{"of", top.of}, {"count", top.count}, {"by", top.by}};
  if (top.is_lowest) object["lowest"] = true;
  if (!top.has_others) object["others"] = false;
  return object;
}

}  // namespace

Result<Query> query_from_json(const Json& json) {
  static const std::vector<std::string> known = {
      "metrics", "by",     "where",     "from",    "to",  "sort",  "limit",
      "offset",  "totals", "subtotals", "compare", "top", "pivot", "zone"};
  if (!json.is_object()) return wanted("query", "an object", json);
  const JsonObject& object = json.get_object();
  CIP_TRY(only_known(object, known));
  Query query;
  CIP_TRY_ASSIGN(query.metrics, texts_at(object, "metrics"));
  CIP_TRY_ASSIGN(query.by, texts_at(object, "by"));
  if (const Json* where = object.if_contains("where")) {
    CIP_TRY_ASSIGN(query.where, filter_from(*where, 0));
  }
  CIP_TRY_ASSIGN(query.from, date_at(object, "from"));
  CIP_TRY_ASSIGN(query.to, date_at(object, "to"));
  CIP_TRY_ASSIGN(query.sort, sort_from(object));
  CIP_TRY_ASSIGN(query.limit, count_at(object, "limit"));
  CIP_TRY_ASSIGN(const std::optional<std::int64_t> offset, count_at(object, "offset"));
  query.offset = offset.value_or(0);
  CIP_TRY_ASSIGN(query.with_totals, flag_at(object, "totals"));
  CIP_TRY_ASSIGN(query.with_subtotals, flag_at(object, "subtotals"));
  CIP_TRY_ASSIGN(query.compare, comparison_from(object));
  CIP_TRY_ASSIGN(query.top, top_from(object));
  CIP_TRY_ASSIGN(query.pivot, name_at(object, "pivot"));
  CIP_TRY_ASSIGN(query.zone, name_at(object, "zone"));
  return query;
}

Json to_json(const Query& query) {
  JsonObject object;
  object["metrics"] = JsonArray(query.metrics.begin(), query.metrics.end());
  object["by"] = JsonArray(query.by.begin(), query.by.end());
  if (!query.where.is_everything()) object["where"] = json_of(query.where);
  if (query.from) object["from"] = date_text(*query.from);
  if (query.to) object["to"] = date_text(*query.to);
  if (!query.sort.empty()) {
    JsonArray keys;
    for (const SortKey& key : query.sort) {
      keys.push_back(JsonObject{{"by", key.by}, {"descending", key.is_descending}});
    }
    object["sort"] = std::move(keys);
  }
  if (query.limit) object["limit"] = *query.limit;
  if (query.offset != 0) object["offset"] = query.offset;
  if (query.with_totals) object["totals"] = true;
  if (query.with_subtotals) object["subtotals"] = true;
  if (query.compare) object["compare"] = json_of(*query.compare);
  if (query.top) object["top"] = json_of(*query.top);
  if (!query.pivot.empty()) object["pivot"] = query.pivot;
  if (!query.zone.empty()) object["zone"] = query.zone;
  return object;
}

}  // namespace cip::query
