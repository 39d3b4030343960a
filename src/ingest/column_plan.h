// ingest/column_plan.h: how one column of a table is made from the columns of one file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ingest/column_step.h"
#include "ingest/convert.h"
#include "ingest/mapper.h"
#include "ingest/mapping.h"
#include "ingest/scalar.h"
#include "model/model.h"

namespace cip::ingest {

/// A rule with its bounds in the units of the column.
struct BoundRule {
  Rule::Kind kind = Rule::Kind::Range;
  std::string text;      // "0..100000"
  std::string expected;  // For people: "0 to 100000".
  std::int64_t low = std::numeric_limits<std::int64_t>::min();
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
  double low_number = -std::numeric_limits<double>::infinity();
  double high_number = std::numeric_limits<double>::infinity();
  std::vector<std::string> texts;   // OneOf and Pattern over text.
  std::vector<std::int64_t> units;  // OneOf over all other types ...
  std::vector<double> numbers;      // ... and over numbers.
  std::uint64_t checked = 0;
  std::uint64_t failed = 0;

  /// Whether a value of a column of that type is as the rule wants it.
  [[nodiscard]] bool allows(Type type, const Cell& cell) const noexcept;

  [[nodiscard]] std::string_view name() const noexcept;        // "range": as RuleCount has it.
  [[nodiscard]] std::string_view fault_code() const noexcept;  // "RANGE": as RowFault has it.
};

/// Words that mean that there is no value.
struct NullWords {
  std::vector<std::string> words;  // Of the mapping.

  [[nodiscard]] bool has(std::string_view text) const noexcept;
};

struct ColumnPlan {
  /// Plain columns are read straight from a field into a cell; the others are evaluated.
  enum class Path : std::uint8_t { Plain, Evaluated };

  model::ColumnDef column;
  std::size_t target = 0;  // In MappedBatch::columns.
  Path path = Path::Evaluated;
  std::size_t position = 0;  // Plain: in the record batch.
  bool trims = false;        // Plain text: blanks at the ends are dropped.
  bool is_required = false;
  std::optional<Condition> required_when;       // Only in records for which it holds ...
  std::vector<std::size_t> required_positions;  // ... of its columns in the record batch.
  bool is_key = false;                          // The table's key.

  SourceExpression source;
  std::string source_text;             // "CustomerID": what a fault says it was read from.
  std::vector<std::size_t> positions;  // Of source.columns in the record batch.
  std::vector<Pipe> pipes;
  std::string file;  // For #file.
  Days today = 0;
  std::int64_t first_row = 0;  // For #row: what is added, so that files of a source do not meet.
  ColumnCleaner cleaner;       // Steps over the whole column, after the conversion.
  std::uint64_t num_defaulted = 0;          // Cells of good rows that the pipe `default` gave ...
  std::vector<std::size_t> defaulted_rows;  // ... and the rows of this batch where it did.

  std::vector<BoundRule> rules;
  std::uint64_t num_seen = 0;     // Records that were neither faulty in form nor skipped ...
  std::uint64_t num_missing = 0;  // After defaults and fills.
  std::uint64_t num_given = 0;    // Cells that a default or a fill gave: the source had none.
  std::uint64_t num_refused = 0;  // ... and of those with a value, how many could not be converted.
};

/// Binds a line of the mapping to the columns of a file.
///
/// Errors:  as Mapper::compile()
Result<ColumnPlan> plan_column(const Mapping& mapping, const Into& into, const MapLine& line,
                               const model::Model& model, const MapperInput& input);

/// Evaluates the source and the pipes of a plan for the record of the scene. False, with the reason
/// in the scene, if a step refuses it.
[[nodiscard]] bool evaluate(const ColumnPlan& plan, const NullWords& null_words, Scene& scene,
                            Scalar& value);

/// What a reject shows as the value: the field, or "Quantity=12,x; UnitPrice=2.55" for several
/// columns; `positions` are theirs in the batch.
[[nodiscard]] std::string found_text(const std::vector<std::string>& columns,
                                     std::span<const std::size_t> positions,
                                     const RecordBatch& batch, std::size_t record);

/// Where a name stands among the columns of a file.
///
/// Errors:  NotFound  a CSV file has no such column; `position` is that in the mapping
Result<std::size_t> find_column(const Mapping& mapping, Position position, const std::string& name,
                                const MapperInput& input);

}  // namespace cip::ingest
