// ingest/xml_path.h: paths into XML: /orders/order to the records, buyer/@id inside of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace cip::ingest {

/// The wanted paths of a record as a tree of elements, the record itself at its root.
struct XmlPathNode {
  std::string name;
  std::optional<std::size_t> text_column;
  std::vector<std::pair<std::string, std::size_t>> attribute_columns;
  std::vector<XmlPathNode> children;

  /// The node of a child element, or nullptr if nothing in it is wanted.
  [[nodiscard]] const XmlPathNode* child(std::string_view element) const noexcept;

  /// The column of an attribute, if it is wanted.
  [[nodiscard]] std::optional<std::size_t> attribute(std::string_view wanted) const noexcept;
};

/// Reads paths such as "@id", "name", "buyer/name", "buyer/@id", "."; column i is wanted[i].
///
/// Errors:  InvalidArgument  one of them cannot be read, or is there twice
Result<XmlPathNode> xml_path_tree(const std::vector<std::string>& wanted);

/// Reads the path of the records: "/orders/order" is {"orders", "order"}.
///
/// Errors:  InvalidArgument  it does not start with a slash or has an empty step
Result<std::vector<std::string>> parse_xml_record_path(std::string_view path);

}  // namespace cip::ingest
