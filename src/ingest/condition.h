// ingest/condition.h: which records a mapping leaves out on purpose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/exact.h"
#include "ingest/record_batch.h"

namespace cip::ingest {

/// A condition over the columns of a source, such as
///
///     {Quantity} <= 0 or {InvoiceNo} starts with 'C'
///
/// Operators:  = != < <= > >=, starts with, ends with, contains, matches 'glob', is missing,
///             is not missing, in (a, b), not in (a, b); and, or, not, parentheses. `not` binds
///             closest, then `and`.
/// Types:      a comparison is one of numbers if either side is a number literal, of texts if a
/// side
///             is a 'text'; between two columns, of numbers if both are numbers.
/// Missing:    comparing a missing value, or a text that is no number with a number, is unknown;
/// and,
///             or, not follow SQL's logic of three values. Only what is true leaves a record out.
///             Blank text counts as missing.
class Condition {
 public:
  /// On failure `offset` and `message` say what is wrong and where, and the result is nullopt.
  static std::optional<Condition> parse(std::string_view text, std::size_t& offset,
                                        std::string& message);

  /// The source columns it reads, each once.
  [[nodiscard]] const std::vector<std::string>& columns() const noexcept { return columns_; }

  /// `positions` says where columns()[i] stands in the batch.
  [[nodiscard]] bool holds(const RecordBatch& batch, std::size_t record,
                           std::span<const std::size_t> positions) const;

  struct Operand {
    enum class Kind : std::uint8_t { Column, Text, Number };
    Kind kind = Kind::Column;
    std::size_t column = 0;
    std::string text;
    Exact number;
  };
  enum class Operation : std::uint8_t {
    And,
    Or,
    Not,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    StartsWith,
    EndsWith,
    Contains,
    Matches,
    IsMissing,
    In,
  };
  struct Node {
    Operation operation;
    std::size_t left = 0;  // Nodes, for And, Or and Not; otherwise unused.
    std::size_t right = 0;
    std::vector<Operand> operands;  // Of comparisons: the left one first.
  };

 private:
  friend class ConditionParser;

  std::vector<std::string> columns_;
  std::vector<Node> nodes_;
  std::size_t root_ = 0;
};

}  // namespace cip::ingest
