// ingest/column_step.h: cleaning that works on the values of a whole column: fills, limits and
// outliers, with the count of every cell it changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ingest/column_sample.h"
#include "ingest/convert.h"
#include "ingest/expression.h"
#include "ingest/mapped_batch.h"
#include "ingest/scalar.h"
#include "model/model.h"

namespace cip::ingest {

/// One of fill(...), winsor(...), clip(...) or `outliers(...)`, bound to a column.
struct ColumnStep {
  enum class Kind : std::uint8_t { Fill, Limit, Outliers };

  Kind kind = Kind::Fill;
  std::string text;         // As a mapping writes it: "winsor(5, 95)".
  std::string_view change;  // What became of a cell: "filled", "winsorized", "clipped", "flagged".
  FillBy fill_by = FillBy::Constant;
  OutlierRule outliers;        // Outliers, and winsor as percentiles.
  bool needs_sample = false;   // Its numbers are those of the column.
  std::size_t first_rank = 0;  // Of the sample's quantiles.

  std::optional<Cell> fill;  // What to fill with.
  std::optional<Cell> low;   // The limits; a value on one of them is inside.
  std::optional<Cell> high;
  std::string detail;  // For people: "median 12.5 of 4101 values".
  std::uint64_t num_cells = 0;
};

/// The steps of one column, in the order of the mapping; the rule `outliers` comes last.
///
/// Statistics:  are those of the values of the file as they reach the first step: what can be
///              converted in records that are neither faulty in form nor skipped, filled cells not
///              among them. So the same file gives the same numbers, however often it is loaded.
class ColumnCleaner {
 public:
  enum class Outcome : std::uint8_t { Value, Missing, Refused };

  /// Errors:  InvalidArgument  a step that this type of column does not know, or a constant that is
  ///                           none of it
  static Result<ColumnCleaner> bind(const Expression& expression, const model::ColumnDef& column);

  ColumnCleaner() = default;

  [[nodiscard]] bool is_empty() const noexcept { return steps_.empty(); }

  /// Whether measure() has to see the whole file, and settle() to follow, before clean() is asked.
  [[nodiscard]] bool needs_sample() const noexcept { return sample_.has_value(); }
  void measure(const Cell& cell) { sample_->add(cell); }

  /// Errors:  as ColumnSample::settle()
  Result<void> settle();

  /// Puts the steps to one cell; `is_there` says whether it has a value. What needs the numbers of
  /// a column that was not measured is refused, with the reason in `fault`.
  Outcome clean(std::uint32_t row, bool is_there, Cell& cell, StepFault& fault);

  /// Counts what clean() changed since the last call, in rows that are good.
  void finish(const std::vector<RowState>& states);

  /// Adds an entry for each step that changed or flagged anything.
  void add_changes(std::string_view table, std::vector<CellChange>& changes) const;

  /// How many values `outliers(...) reject` judged and refused; nothing without such a rule.
  [[nodiscard]] std::optional<RuleCount> rule_count() const;

 private:
  [[nodiscard]] Outcome refuse_unmeasured(StepFault& fault) const;
  [[nodiscard]] int side_of(const ColumnStep& step, const Cell& cell) const noexcept;
  [[nodiscard]] std::string text_of(const Cell& cell) const;
  void settle_fill(ColumnStep& step) const;
  void settle_limits(ColumnStep& step) const;
  Result<void> add_pipe(const Pipe& pipe, SampleWish& wish);
  Result<void> add_outliers(const Rule& rule, SampleWish& wish);
  Result<std::optional<Cell>> constant(const std::string& text);
  void wish_for_limits(ColumnStep& step, SampleWish& wish) const;

  struct Note {
    std::uint32_t row;
    std::uint32_t step;
  };

  model::ColumnDef column_;
  std::vector<ColumnStep> steps_;
  std::vector<std::string> constants_;  // What text cells point to.
  std::optional<ColumnSample> sample_;
  bool is_settled_ = false;
  std::vector<Note> notes_;
  std::uint64_t num_judged_ = 0;
  std::uint64_t num_refused_ = 0;
};

}  // namespace cip::ingest
