// ingest/condition.h: which records a mapping leaves out on purpose, or asks more of.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/formula.h"

namespace cip::ingest {

/// A condition over the columns of a source, such as
///
///     {Quantity} <= 0 or {InvoiceNo} starts with 'C'
///
/// Operators:  = != < <= > >=, starts with, ends with, contains, matches 'glob', is missing,
///             is not missing, in (a, b), not in (a, b); and, or, not, parentheses. `not` binds
///             closest, then `and`. Either side may be a formula.
/// Types:      a comparison is one of dates if either side is a date, of numbers if either side is
///             a number, of texts if a side is a 'text'; between two columns, of numbers if both
///             are numbers.
/// Missing:    see Formula.
class Condition {
 public:
  /// On failure `offset` and `message` say what is wrong and where, and the result is nullopt.
  static std::optional<Condition> parse(std::string_view text, std::size_t& offset,
                                        std::string& message) {
    auto formula = Formula::parse(text, Formula::Wanted::Condition, offset, message);
    if (!formula) return std::nullopt;
    return Condition(std::move(*formula));
  }

  Condition() = default;

  /// The source columns it reads, each once.
  [[nodiscard]] const std::vector<std::string>& columns() const noexcept {
    return formula_.columns();
  }

  /// Whether it is true, and not unknown, of the record of the scene.
  [[nodiscard]] bool holds(const FormulaInput& input) const {
    return formula_.judge(input) == true;
  }

 private:
  explicit Condition(Formula formula) : formula_(std::move(formula)) {}

  Formula formula_;
};

}  // namespace cip::ingest
