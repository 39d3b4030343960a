#include "ingest/xml_members.h"

#include <expat.h>

#include <memory>
#include <string>
#include <utility>

#include "base/json.h"
#include "base/text.h"

namespace cip::ingest {
namespace {

struct Element {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<Element> children;
  std::string text;
};

struct Tree {
  Element root;  // Above the record: its only child.
  std::vector<Element*> open;
};

void on_start(void* data, const char* name, const char** attributes) {
  auto* tree = static_cast<Tree*>(data);
  // Only the innermost open element grows, so that no pointer to an open one moves.
  auto& siblings = tree->open.back()->children;
  Element& element = siblings.emplace_back();
  element.name = name;
  for (const char** at = attributes; *at != nullptr; at += 2) {
    element.attributes.emplace_back(at[0], at[1]);
  }
  tree->open.push_back(&element);
}

void on_end(void* data, const char* /*name*/) { static_cast<Tree*>(data)->open.pop_back(); }

void on_text(void* data, const char* text, int size) {
  static_cast<Tree*>(data)->open.back()->text.append(text, static_cast<std::size_t>(size));
}

bool is_nil(const Element& element) {
  for (const auto& [name, value] : element.attributes) {
    if (name == "xsi:nil" && (value == "true" || value == "1")) return true;
  }
  return false;
}

void add(JsonObject& object, const std::string& name, Json value) {
  Json* const there = object.if_contains(name);
  if (there == nullptr) {
    object.emplace(name, std::move(value));
  } else if (there->is_array()) {
    there->as_array().push_back(std::move(value));
  } else {
    *there = JsonArray{*there, std::move(value)};
  }
}

// Depth is bounded by the reader, which saw the record before.
Json json_of(const Element& element) {  // NOLINT(misc-no-recursion)
  if (is_nil(element)) return nullptr;
  if (element.attributes.empty() && element.children.empty()) return Json(element.text);
  JsonObject object;
  for (const auto& [name, value] : element.attributes) object.emplace("@" + name, value);
  for (const Element& child : element.children) add(object, child.name, json_of(child));
  if (!trimmed(element.text).empty()) object.emplace("#text", element.text);
  return object;
}

Member member_of(std::string name, const Json& value) {
  if (value.is_null()) return {std::move(name), "", FieldState::Null, false};
  if (value.is_string()) {
    return {std::move(name), std::string(value.as_string()), FieldState::Value, false};
  }
  return {std::move(name), to_text(value), FieldState::Value, true};
}

struct FreeParser {
  void operator()(XML_ParserStruct* parser) const noexcept { XML_ParserFree(parser); }
};

}  // namespace

std::vector<Member> xml_members(std::string_view record) {
  const std::unique_ptr<XML_ParserStruct, FreeParser> parser(XML_ParserCreate("UTF-8"));
  CIP_EXPECTS(parser != nullptr);
  Tree tree;
  tree.open.push_back(&tree.root);
  XML_SetUserData(parser.get(), &tree);
  XML_SetElementHandler(parser.get(), on_start, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  const auto status =
      XML_Parse(parser.get(), record.data(), static_cast<int>(record.size()), XML_TRUE);
  std::vector<Member> members;
  if (status != XML_STATUS_OK || tree.root.children.empty()) return members;
  const Element& element = tree.root.children.front();
  for (const auto& [name, value] : element.attributes) {
    members.push_back({"@" + name, value, FieldState::Value, false});
  }
  JsonObject children;
  for (const Element& child : element.children) add(children, child.name, json_of(child));
  for (const auto& [name, value] : children) members.push_back(member_of(name, value));
  if (!trimmed(element.text).empty())
    members.push_back({".", element.text, FieldState::Value, false});
  return members;
}

}  // namespace cip::ingest
