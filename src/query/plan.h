// query/plan.h: a query that has met the model: every name resolved, every step decided, and the
// same for every engine.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "model/expression.h"
#include "model/model.h"
#include "query/bound_condition.h"
#include "query/field.h"
#include "query/query.h"

namespace cip::query {

/// One join: the foreign key of a table, and the parent it leads to.
struct Step {
  std::string table;
  std::string column;
  std::string parent;
};

/// How to get from the rows of one table to those of another: no steps if they are the same,
/// nullopt if there is no way. The shortest; of two as short, the one by the first column.
[[nodiscard]] std::optional<std::vector<Step>> path_between(const model::Model& model,
                                                            std::string_view from,
                                                            std::string_view to);

/// The labels that a dimension's places stand for: its buckets, the days of the week; else empty.
[[nodiscard]] std::vector<std::string> labels_of(const model::Dimension& dimension);

/// The column whose values a dimension shows, as seen from a table; nullopt if the table leads to
/// none.
[[nodiscard]] std::optional<model::ColumnRef> source_of(const model::Model& model,
                                                        const model::Dimension& dimension,
                                                        std::string_view from);

struct PlannedDimension {
  model::Dimension dimension;
  Field field;
  std::vector<std::string> labels;  // If not empty, engines work with places in it.
};

/// A tree of bound tests; `field` is a place in the plan's `tested` (rows), `metrics` (groups) or
/// `measured` (rows of one measure).
struct BoundFilter {
  Filter::Kind kind = Filter::Kind::And;
  std::size_t field = 0;
  BoundTest test;
  std::vector<BoundFilter> parts;

  [[nodiscard]] bool is_everything() const noexcept {
    return kind == Filter::Kind::And && parts.empty();
  }
};

/// One aggregate that a table has to deliver.
struct Measure {
  model::Aggregate aggregate = model::Aggregate::Sum;
  model::ColumnRef column;
  Type type = Type::Integer;  // Of the result.
  int scale = 0;
  double quantile = 0.5;  // Quantile only.
  bool is_null_zero = false;
  std::string where;  // As the model says it, and bound: fields are places in `measured`.
  BoundFilter rows;
};

/// Arithmetic over measures: as model::Expression, with a place in `measures` for each metric.
struct Formula {
  model::Expression::Kind kind = model::Expression::Kind::Number;
  double number = 0;
  std::size_t measure = 0;
  bool is_null_zero = false;  // What comes of it counts as 0 where it is null.
  std::vector<Formula> parts;
};

struct PlannedMetric {
  Field field;
  Formula formula;  // A single measure, or arithmetic.

  [[nodiscard]] bool is_measure() const noexcept {
    return formula.kind == model::Expression::Kind::Metric && !formula.is_null_zero;
  }
};

/// One table to scan, and which measures it delivers.
struct Base {
  std::string table;
  std::vector<std::size_t> measures;
};

/// A column of the answer to sort by: dimensions first, then metrics.
struct PlannedSort {
  std::size_t column = 0;
  bool is_descending = false;
};

struct Plan {
  std::vector<PlannedDimension> by;
  std::vector<PlannedDimension> tested;
  std::vector<PlannedDimension> measured;  // What the filters of measures test.
  BoundFilter rows;                        // On dimensions, before grouping.
  BoundFilter groups;                      // On metrics, after it.
  std::vector<Measure> measures;
  std::vector<PlannedMetric> metrics;  // Those shown, then those only filtered by.
  std::size_t num_shown = 0;
  std::vector<Base> bases;  // At least one.
  std::vector<PlannedSort> sort;
  std::optional<Days> from;
  std::optional<Days> to;
  std::string rows_text;  // The conditions as the question has them: equal texts keep equal rows.
  std::string zone;       // Whose days from and to are; empty for UTC.
  std::optional<std::int64_t> limit;
  std::int64_t offset = 0;
  std::vector<std::string> notes;

  [[nodiscard]] std::vector<Field> fields() const;
};

/// Errors:  as run() of memory_engine.h
Result<Plan> make_plan(const Query& query, const model::Model& model);

/// The query for the totals: the same rows, not told apart.
[[nodiscard]] Plan totals_of(const Plan& plan);

}  // namespace cip::query
