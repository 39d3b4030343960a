#include "http/description_for_test.h"

#include <algorithm>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "http/serve.h"

namespace cip::http {
namespace {

const Json& description() {
  static const Json parsed = parse_json(openapi_text()).value();
  return parsed;
}

bool is_of_type(const Json& json, std::string_view type) {
  if (type == "null") return json.is_null();
  if (type == "boolean") return json.is_bool();
  if (type == "string") return json.is_string();
  if (type == "array") return json.is_array();
  if (type == "object") return json.is_object();
  if (type == "integer") return json.is_int64() || json.is_uint64();
  return json.is_number();
}

// One type, or a list of which one must be it.
bool has_type(const Json& json, const Json& types) {
  if (types.is_string()) return is_of_type(json, types.as_string());
  return std::ranges::any_of(
      types.as_array(), [&json](const Json& type) { return is_of_type(json, type.as_string()); });
}

std::string short_text(const Json& json) { return to_text(json).substr(0, 80); }

class Checker {
 public:
  // The first departure below `place`; empty if there is none.
  std::string check(const Json& json, const JsonObject& schema, const std::string& place) {
    if (const Json* target = schema.if_contains("$ref")) {
      const std::string path(target->as_string());
      return check(json, description().at_pointer(path.substr(1)).as_object(), place);
    }
    if (const Json* choices = schema.if_contains("oneOf")) {
      return check_choice(json, choices->as_array(), place);
    }
    if (const Json* types = schema.if_contains("type"); types && !has_type(json, *types)) {
      return fmt::format("{}: {} is no {}", place, short_text(json), to_text(*types));
    }
    if (const Json* known = schema.if_contains("enum")) {
      if (std::ranges::find(known->as_array(), json) == known->as_array().end()) {
        return fmt::format("{}: {} is none of {}", place, short_text(json), to_text(*known));
      }
    }
    if (json.is_object()) return check_object(json.as_object(), schema, place);
    if (json.is_array()) return check_list(json.as_array(), schema, place);
    return {};
  }

 private:
  std::string check_choice(const Json& json, const JsonArray& choices, const std::string& place) {
    std::string why;
    for (const Json& choice : choices) {
      const std::string departure = check(json, choice.as_object(), place);
      if (departure.empty()) return {};
      why += (why.empty() ? "" : "; ") + departure;
    }
    return why;
  }

  std::string check_object(const JsonObject& object, const JsonObject& schema,
                           const std::string& place) {
    if (const Json* required = schema.if_contains("required")) {
      for (const Json& name : required->as_array()) {
        if (!object.contains(name.as_string())) {
          return fmt::format("{}: {} is missing", place, to_text(name));
        }
      }
    }
    const Json* const members = schema.if_contains("properties");
    const Json* const others = schema.if_contains("additionalProperties");
    for (const auto& [key, value] : object) {
      const std::string at = fmt::format("{}/{}", place, std::string(key));
      const Json* member = members == nullptr ? nullptr : members->as_object().if_contains(key);
      if (member == nullptr) member = others;
      if (member == nullptr || *member == Json(true)) continue;
      if (*member == Json(false)) return at + ": the description knows no such member";
      const std::string departure = check(value, member->as_object(), at);
      if (!departure.empty()) return departure;
    }
    return {};
  }

  std::string check_list(const JsonArray& list, const JsonObject& schema,
                         const std::string& place) {
    const Json* const items = schema.if_contains("items");
    if (items == nullptr || !items->is_object()) return {};
    for (std::size_t at = 0; at < list.size(); ++at) {
      std::string departure = check(list[at], items->as_object(), fmt::format("{}/{}", place, at));
      if (!departure.empty()) return departure;
    }
    return {};
  }
};

// "{name}.csv" is any name with that ending, "{name}" any without one.
bool fits_part(std::string_view part, std::string_view wanted) {
  const std::size_t end = wanted.find('}');
  if (!wanted.starts_with('{') || end == std::string_view::npos) return part == wanted;
  const std::string_view ending = wanted.substr(end + 1);
  return ending.empty() ? part.find('.') == std::string_view::npos : part.ends_with(ending);
}

// Whether a path is one of this pattern, such as /api/v1/runs/{id}.
bool fits(std::string_view path, std::string_view pattern) {
  const std::vector<std::string_view> parts = split(path, '/');
  const std::vector<std::string_view> wanted = split(pattern, '/');
  return std::ranges::equal(parts, wanted, fits_part);
}

// The description of an answer with this status; null where there is none.
const Json* answer_described(Method method, std::string_view path, unsigned status) {
  const JsonObject& paths = description().at("paths").as_object();
  auto found = paths.find(path);
  if (found == paths.end()) {
    found = std::ranges::find_if(
        paths, [path](const auto& entry) { return fits(path, std::string_view(entry.key())); });
  }
  if (found == paths.end()) return nullptr;
  const Json* operation =
      found->value().as_object().if_contains(method == Method::Get ? "get" : "post");
  if (operation == nullptr) return nullptr;
  const JsonObject& responses = operation->at("responses").as_object();
  const Json* of_status = responses.if_contains(std::to_string(status));
  return of_status != nullptr ? of_status : responses.if_contains("default");
}

}  // namespace

std::string departure_from_description(Method method, std::string_view path,
                                       const Response& response) {
  const Json* answer = answer_described(method, path, response.status);
  if (answer == nullptr) return fmt::format("{} {} is not described", path, response.status);
  boost::system::error_code error;
  const Json* schema = answer->find_pointer("/content/application~1json/schema", error);
  if (schema == nullptr) return {};
  const auto body = parse_json(response.bytes());
  if (!body) return fmt::format("{}: {}", path, body.error().message);
  const std::string departure = Checker().check(*body, schema->as_object(), "");
  return departure.empty() ? departure : fmt::format("{}{}", path, departure);
}

}  // namespace cip::http
