#include "query/query.h"

#include <array>
#include <utility>

namespace cip::query {
namespace {

constexpr std::array<std::string_view, 12> kOpNames = {
    "in", "not_in", "=", "!=", "<", "<=", ">", ">=", "between", "contains", "is_null", "not_null"};

}  // namespace

std::string_view name_of(Op op) noexcept { return kOpNames[static_cast<std::size_t>(op)]; }

std::optional<Op> parse_op(std::string_view name) noexcept {
  for (std::size_t at = 0; at < kOpNames.size(); ++at) {
    if (kOpNames[at] == name) return static_cast<Op>(at);
  }
  return std::nullopt;
}

Filter Filter::of(Condition condition) {
  Filter filter;
  filter.kind = Kind::Test;
  filter.test = std::move(condition);
  return filter;
}

Filter Filter::of(std::string field, Op op, std::vector<Value> values) {
  return of(Condition{std::move(field), op, std::move(values)});
}

Filter all_of(Filter left, Filter right) {
  if (left.is_everything()) return right;
  if (right.is_everything()) return left;
  Filter both;
  for (Filter* side : {&left, &right}) {
    if (side->kind == Filter::Kind::And) {
      for (Filter& part : side->parts) both.parts.push_back(std::move(part));
    } else {
      both.parts.push_back(std::move(*side));
    }
  }
  return both;
}

}  // namespace cip::query
