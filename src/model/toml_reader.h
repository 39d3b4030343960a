// model/toml_reader.h: the values of a TOML file, each refused with its place if it is not what was
// wanted. Only for the readers of this module.
#pragma once

#include <toml++/toml.h>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/text.h"

namespace cip::model {

struct Entry {
  std::string name;
  const toml::node* node;
};

// A toml::table forgets the order of the file; the places of its values still know it.
inline std::vector<Entry> in_file_order(const toml::table& table) {
  std::vector<Entry> entries;
  for (const auto& [key, node] : table) entries.push_back({std::string(key.str()), &node});
  std::ranges::stable_sort(entries, [](const Entry& left, const Entry& right) {
    const toml::source_position a = left.node->source().begin;
    const toml::source_position b = right.node->source().begin;
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  return entries;
}

class TomlReader {
 public:
  explicit TomlReader(std::string_view origin) : origin_(origin) {}

  [[nodiscard]] std::string place_of(const toml::node& node) const {
    const toml::source_position at = node.source().begin;
    return fmt::format("{}:{}:{}", origin_, at.line, at.column);
  }

  [[nodiscard]] Failure wrong(const toml::node& node, std::string_view message) const {
    return fail(Errc::InvalidArgument, fmt::format("{}: {}", place_of(node), message));
  }

  Result<void> only(const toml::table& table, std::string_view kind,
                    std::initializer_list<std::string_view> known) const {
    for (const Entry& entry : in_file_order(table)) {
      if (std::ranges::find(known, entry.name) != known.end()) continue;
      const std::vector<std::string> names(known.begin(), known.end());
      return wrong(*entry.node, unknown_name_message(kind, entry.name, names));
    }
    return {};
  }

  Result<const toml::table*> as_table(const toml::node& node, std::string_view what) const {
    if (const toml::table* table = node.as_table()) return table;
    return wrong(node, fmt::format("wanted a table for {}", what));
  }

  Result<std::string> text(const toml::node& node, std::string_view key) const {
    if (const auto* value = node.as_string()) return value->get();
    return wrong(node, fmt::format("wanted text for '{}'", key));
  }

  Result<std::string> text_or(const toml::table& table, std::string_view key,
                              std::string otherwise) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return otherwise;
    return text(*node, key);
  }

  Result<bool> flag(const toml::table& table, std::string_view key, bool otherwise) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return otherwise;
    if (const auto* value = node->as_boolean()) return value->get();
    return wrong(*node, fmt::format("wanted true or false for '{}'", key));
  }

  Result<double> number(const toml::node& node, std::string_view key) const {
    if (const auto value = node.value<double>()) return *value;
    return wrong(node, fmt::format("wanted a number for '{}'", key));
  }

  Result<std::optional<double>> bound(const toml::table& table, std::string_view key) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) return std::optional<double>{};
    CIP_TRY_ASSIGN(const double value, number(*node, key));
    return std::optional<double>(value);
  }

  Result<std::vector<std::string>> texts(const toml::table& table, std::string_view key) const {
    std::vector<std::string> found;
    const toml::node* node = table.get(key);
    if (node == nullptr) return found;
    const toml::array* array = node->as_array();
    if (array == nullptr) return wrong(*node, fmt::format("wanted a list for '{}'", key));
    for (const toml::node& item : *array) {
      CIP_TRY_ASSIGN(std::string one, text(item, key));
      found.push_back(std::move(one));
    }
    return found;
  }

 private:
  std::string origin_;
};

}  // namespace cip::model
