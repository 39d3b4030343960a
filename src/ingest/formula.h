// ingest/formula.h: what a mapping computes and asks of a record: arithmetic, comparisons, dates
// and texts, written in one small language. docs/formats/mapping.md specifies it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "ingest/exact.h"
#include "ingest/mapped_batch.h"
#include "ingest/scalar.h"
#include "ingest/time_pattern.h"
#include "model/model.h"

namespace cip::ingest {

/// What a formula is put to: the record of the scene and, in rules over whole rows, what became of
/// it.
struct FormulaInput {
  Scene& scene;                            // Takes texts that are made, and the fault.
  std::span<const std::size_t> positions;  // Of Formula::columns() in the record batch.
  Days today = 0;
  const MappedBatch* made = nullptr;          // For bare names: the cells of the row ...
  std::span<const std::size_t> targets = {};  // ... of Formula::targets() in it ...
  const model::TableDef* table = nullptr;     // ... and how they are to be read.
};

/// A value while a formula is computed. Untyped is the text of a field: a number or a date if it is
/// compared with one.
struct FormulaValue {
  enum class Kind : std::uint8_t { Missing, Untyped, Text, Number, Instant, Truth };
  Kind kind = Kind::Missing;
  bool is_day = false;  // Of an instant.
  bool truth = false;
  std::string_view text;
  Exact number;
  Micros at = 0;
};

enum class FormulaOp : std::uint8_t;

/// One step: what it does, and to which other nodes.
struct FormulaNode {
  FormulaOp op;
  std::vector<std::size_t> inputs;
  std::size_t column = 0;  // Into columns() or targets().
  std::string text;
  Exact number;
  TimePattern pattern;
  std::size_t offset = 0;  // Where it stands in the text.
};

class Formula {
 public:
  enum class Wanted : std::uint8_t {
    Value,         // {Source columns} only.
    Condition,     // Likewise, and it is true or false.
    RowCondition,  // Bare names are columns of the table.
  };

  /// On failure `offset` and `message` say what is wrong and where, and the result is nullopt.
  static std::optional<Formula> parse(std::string_view text, Wanted wanted, std::size_t& offset,
                                      std::string& message);

  /// Whether a text that holds a `{column}` calls a function of the language outside of quotes and
  /// braces, or is arithmetic: nothing but columns, numbers and operators.
  static bool looks_like(std::string_view text);

  /// The source columns it reads, and the columns of the table, each once.
  [[nodiscard]] const std::vector<std::string>& columns() const noexcept { return columns_; }
  [[nodiscard]] const std::vector<std::string>& targets() const noexcept { return targets_; }

  /// Missing:  a missing operand makes arithmetic and functions missing, comparisons unknown;
  /// `and`,
  ///           `or`, `not` follow SQL's logic of three values. Blank text counts as missing.
  /// False, with the reason in the scene, if a number or a date is wanted where there is none, or
  /// arithmetic has no result.
  [[nodiscard]] bool compute(const FormulaInput& input, Scalar& value) const;

  /// nullopt: unknown. What cannot be computed is unknown too.
  [[nodiscard]] std::optional<bool> judge(const FormulaInput& input) const;

 private:
  friend class FormulaParser;

  std::vector<std::string> columns_;
  std::vector<std::string> targets_;
  std::vector<FormulaNode> nodes_;
  std::size_t root_ = 0;
};

}  // namespace cip::ingest
