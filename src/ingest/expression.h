// ingest/expression.h: the right side of a mapping line: `source | pipes :: rules`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.h"
#include "ingest/formula.h"
#include "ingest/pipe.h"
#include "ingest/rule.h"

namespace cip::ingest {

/// Where a value comes from before the first pipe.
enum class SourceKind : std::uint8_t {
  Column,     // One source column or path.
  RowNumber,  // #row: the number of the record in its file, from 1.
  FileName,   // #file: the name of the file, without its folder.
  Constant,   // 'text' or a number.
  Template,   // "{First} {Last}"
  Formula,    // "{Quantity} * {UnitPrice}", "days({Ordered}, {Shipped})"
};

/// A piece of a template: a column if there is one, else plain text.
struct TemplatePiece {
  static constexpr std::size_t kNoColumn = static_cast<std::size_t>(-1);
  std::string text;
  std::size_t column = kNoColumn;  // Into SourceExpression::columns.
};

struct SourceExpression {
  SourceKind kind = SourceKind::Column;
  std::vector<std::string> columns;  // The source columns it reads, each once.
  std::string constant;
  bool is_number = false;  // Of a constant.
  std::vector<TemplatePiece> pieces;
  Formula formula;
};

/// A text that is wrong, and where: the offset in the text it was found in.
struct TextFault {
  std::size_t offset;
  std::string message;
};

/// One line of [into.map], read but not yet bound to the columns of a file.
struct Expression {
  bool is_suggestion = false;  // Begins with `?`: nobody has confirmed it.
  SourceExpression source;
  std::vector<Pipe> pipes;
  std::vector<Rule> rules;
};

/// Reads `? source | pipe | pipe(arguments) :: rule rule`. '|' and '::' inside of '...', {...} and
/// (...) belong to what is around them. `type` is that of the target column: bounds are read as it.
///
/// On failure `fault` says what is wrong and where, and the result is nullopt.
[[nodiscard]] std::optional<Expression> parse_expression(std::string_view text, Type type,
                                                         TextFault& fault);

}  // namespace cip::ingest
