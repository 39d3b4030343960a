// query/row_filter.h: which rows of a table a filter keeps, block by block.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "query/dataset.h"
#include "query/plan.h"

namespace cip::query {

/// A filter as tables of verdicts: one per dimension it tests, one verdict per code. What tests one
/// dimension only, however deep a tree, is one table.
class RowFilter {
 public:
  /// `codes` are those of the plan's `tested`, as seen from the table that is scanned.
  RowFilter(const BoundFilter& filter, std::span<const std::shared_ptr<const Codes>> codes);

  [[nodiscard]] bool keeps_all() const noexcept { return root_.parts.empty() && !root_.codes; }

  /// Writes 1 or 0 for each of `mask.size()` rows from `first`.
  void mark(std::size_t first, std::span<std::uint8_t> mask) const;

 private:
  struct Node {
    Filter::Kind kind = Filter::Kind::And;
    std::shared_ptr<const Codes> codes;  // For Test.
    std::vector<std::uint8_t> verdicts;
    std::vector<Node> parts;
  };

  static Node compile(const BoundFilter& filter,
                      std::span<const std::shared_ptr<const Codes>> codes);
  static void mark(const Node& node, std::size_t first, std::span<std::uint8_t> mask);
  static void mark_parts(const Node& node, std::size_t first, std::span<std::uint8_t> mask);

  Node root_;
};

}  // namespace cip::query
