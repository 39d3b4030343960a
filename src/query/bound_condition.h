// query/bound_condition.h: a condition that has met the type of its field, the same for every
// engine.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/value.h"
#include "frame/column.h"
#include "query/query.h"

namespace cip::query {

/// Values are in the terms of the type: whole numbers for integers, units of decimals, days of
/// dates, microseconds of instants, 0 and 1 of booleans; doubles for numbers; texts for text.
struct BoundTest {
  enum class Kind { In, Range, Contains, Null };

  Kind kind = Kind::In;
  bool is_negated = false;
  bool takes_null = false;     // Before the negation.
  std::vector<Value> values;   // In: sorted, distinct, all of one type. Contains: one, lowered.
  std::optional<Value> lower;  // Range: either may be missing.
  std::optional<Value> upper;
  bool is_lower_open = false;  // The bound itself does not belong.
  bool is_upper_open = false;
};

/// How many values one `in` may list.
inline constexpr std::size_t kMaxListed = 10'000;

/// Fits a condition to a field of this type. A number that the type cannot hold (10.5 orders) is no
/// mistake: it bounds a range where it lies, and equals nothing.
///
/// Errors:  InvalidArgument  an operator or a value that the type has no meaning for; names both
///          LimitExceeded    more than kMaxListed values
Result<BoundTest> bind(const Condition& condition, Type type, int scale);

/// A test of labels as one of their places, for engines that work with these: the places that
/// fulfil it, and whether null does.
[[nodiscard]] BoundTest on_places(const BoundTest& on_labels,
                                  const std::vector<std::string>& labels);

[[nodiscard]] bool takes_null(const BoundTest& test) noexcept;

/// Per row of a column whose type the test was bound to, whether it is fulfilled.
[[nodiscard]] std::vector<std::uint8_t> evaluate(const BoundTest& test,
                                                 const frame::Column& column);

}  // namespace cip::query
