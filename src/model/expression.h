// model/expression.h: arithmetic over metrics, such as "{revenue} / {orders}".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cip::model {

/// A tree of numbers, metrics and the four operations. Whoever evaluates it holds to this: all
/// numbers are doubles, an operand that is null makes the whole null, and so does a division by
/// zero.
struct Expression {
  enum class Kind { Number, Metric, Negate, Add, Subtract, Multiply, Divide };

  Kind kind = Kind::Number;
  double number = 0;              // For Number.
  std::string metric;             // For Metric.
  std::vector<Expression> parts;  // One for Negate, two for the operations.
};

/// Reads  sum := product (("+"|"-") product)*,  product := factor (("*"|"/") factor)*,
/// factor := "-" factor | number | "{" metric "}" | "(" sum ")".
///
/// Errors:  InvalidArgument  with the column (from 1), what was wanted and what was found
///          LimitExceeded    deeper than 64 levels
Result<Expression> parse_expression(std::string_view text);

/// The metrics it names, in order of appearance, each once.
[[nodiscard]] std::vector<std::string> metrics_of(const Expression& expression);

}  // namespace cip::model
