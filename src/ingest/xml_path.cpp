#include "ingest/xml_path.h"

#include <algorithm>

#include "base/text.h"

namespace cip::ingest {
namespace {

XmlPathNode& child_of(XmlPathNode& node, std::string_view name) {
  auto child = std::ranges::find(node.children, name, &XmlPathNode::name);
  if (child == node.children.end()) {
    child = node.children.insert(child, XmlPathNode{std::string(name), std::nullopt, {}, {}});
  }
  return *child;
}

// False if the attribute leads somewhere already.
bool add_attribute(XmlPathNode& node, std::string_view name, std::size_t column) {
  if (node.attribute(name)) return false;
  node.attribute_columns.emplace_back(name, column);
  return true;
}

// False if the text of the element leads somewhere already.
bool add_text(XmlPathNode& node, std::size_t column) {
  if (node.text_column) return false;
  node.text_column = column;
  return true;
}

// False if the path cannot be read or leads where another one does already.
bool add_path(XmlPathNode& root, std::string_view path, std::size_t column) {
  XmlPathNode* node = &root;
  if (path.starts_with("./")) path.remove_prefix(2);
  if (path == ".") return add_text(*node, column);
  for (const std::string_view step : split(path, '/')) {
    const bool is_last = step.data() + step.size() == path.data() + path.size();
    const bool is_attribute = step.starts_with('@');
    if (is_attribute && step.size() > 1 && is_last) {
      return add_attribute(*node, step.substr(1), column);
    }
    if (step.empty() || is_attribute) return false;
    node = &child_of(*node, step);
  }
  return add_text(*node, column);
}

}  // namespace

const XmlPathNode* XmlPathNode::child(std::string_view element) const noexcept {
  const auto found = std::ranges::find(children, element, &XmlPathNode::name);
  return found == children.end() ? nullptr : &*found;
}

std::optional<std::size_t> XmlPathNode::attribute(std::string_view wanted) const noexcept {
  for (const auto& [attribute_name, column] : attribute_columns) {
    if (attribute_name == wanted) return column;
  }
  return std::nullopt;
}

Result<XmlPathNode> xml_path_tree(const std::vector<std::string>& wanted) {
  XmlPathNode root;
  for (std::size_t column = 0; column < wanted.size(); ++column) {
    if (add_path(root, wanted[column], column)) continue;
    return fail(Errc::InvalidArgument,
                fmt::format("cannot read the path '{}', or it is there twice; paths look like @id, "
                            "name, buyer/@id or . for the text of the record",
                            wanted[column]));
  }
  return root;
}

Result<std::vector<std::string>> parse_xml_record_path(std::string_view path) {
  std::vector<std::string> steps;
  if (path.starts_with('/')) {
    for (const std::string_view step : split(path.substr(1), '/')) steps.emplace_back(step);
  }
  const bool has_gap = std::ranges::any_of(steps, &std::string::empty);
  if (!steps.empty() && !has_gap) return steps;
  return fail(
      Errc::InvalidArgument,
      fmt::format("cannot read the record path '{}'; XML wants one such as /orders/order", path));
}

}  // namespace cip::ingest
