#include "query/row_filter.h"

#include <algorithm>
#include <array>
#include <optional>

#include "query/kernels.h"

namespace cip::query {
namespace {

constexpr std::size_t kMaxBlock = 4096;

// The one field that a tree tests; nullopt if it tests several, or none.
std::optional<std::size_t> only_field(const BoundFilter& filter) {
  if (filter.kind == Filter::Kind::Test) return filter.field;
  std::optional<std::size_t> only;
  for (const BoundFilter& part : filter.parts) {
    const auto field = only_field(part);
    if (!field || (only && *only != *field)) return std::nullopt;
    only = field;
  }
  return only;
}

// The verdict on each code of one dimension; the last one is null's.
std::vector<std::uint8_t> verdicts_on(const BoundFilter& filter, const frame::Column& values) {
  if (filter.kind == Filter::Kind::Test) {
    std::vector<std::uint8_t> verdicts = evaluate(filter.test, values);
    verdicts.push_back(takes_null(filter.test) ? 1 : 0);
    return verdicts;
  }
  const bool is_and = filter.kind == Filter::Kind::And;
  std::vector<std::uint8_t> verdicts(values.num_rows() + 1, is_and ? 1 : 0);
  for (const BoundFilter& part : filter.parts) {
    const std::vector<std::uint8_t> of_part = verdicts_on(part, values);
    for (std::size_t code = 0; code < verdicts.size(); ++code) {
      if (filter.kind == Filter::Kind::Not) {
        verdicts[code] = of_part[code] ^ 1U;
      } else if (is_and) {
        verdicts[code] &= of_part[code];
      } else {
        verdicts[code] |= of_part[code];
      }
    }
  }
  return verdicts;
}

}  // namespace

RowFilter::RowFilter(const BoundFilter& filter, std::span<const std::shared_ptr<const Codes>> codes)
    : root_(compile(filter, codes)) {}

RowFilter::Node RowFilter::compile(const BoundFilter& filter,
                                   std::span<const std::shared_ptr<const Codes>> codes) {
  Node node;
  if (const auto field = only_field(filter)) {
    node.kind = Filter::Kind::Test;
    node.codes = codes[*field];
    node.verdicts = verdicts_on(filter, *node.codes->values);
    return node;
  }
  node.kind = filter.kind;
  for (const BoundFilter& part : filter.parts) node.parts.push_back(compile(part, codes));
  return node;
}

void RowFilter::mark(std::size_t first, std::span<std::uint8_t> mask) const {
  CIP_EXPECTS(mask.size() <= kMaxBlock);
  mark(root_, first, mask);
}

void RowFilter::mark(const Node& node, std::size_t first, std::span<std::uint8_t> mask) {
  if (node.kind != Filter::Kind::Test) {
    mark_parts(node, first, mask);
    return;
  }
  std::visit([&](const auto& by_row) { look_up(by_row.data() + first, node.verdicts, mask); },
             node.codes->by_row);
}

namespace {

// `more` is at least as long as `mask`.
void merge(Filter::Kind kind, std::span<const std::uint8_t> more, std::span<std::uint8_t> mask) {
  if (kind == Filter::Kind::And) {
    for (std::size_t at = 0; at < mask.size(); ++at) mask[at] &= more[at];
  } else {
    for (std::size_t at = 0; at < mask.size(); ++at) mask[at] |= more[at];
  }
}

}  // namespace

void RowFilter::mark_parts(const Node& node, std::size_t first, std::span<std::uint8_t> mask) {
  if (node.parts.empty()) {
    const bool is_and = node.kind == Filter::Kind::And;
    std::ranges::fill(mask, static_cast<std::uint8_t>(is_and ? 1 : 0));
    return;
  }
  mark(node.parts.front(), first, mask);
  if (node.kind == Filter::Kind::Not) {
    for (std::uint8_t& mark : mask) mark ^= 1U;
    return;
  }
  std::array<std::uint8_t, kMaxBlock> more;  // NOLINT(*-init): written before it is read.
  for (std::size_t part = 1; part < node.parts.size(); ++part) {
    mark(node.parts[part], first, {more.data(), mask.size()});
    merge(node.kind, more, mask);
  }
}

}  // namespace cip::query
