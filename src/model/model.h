// model/model.h: what the data is and what may be asked of it. DDL, validation, queries, the API
// and the pages are derived from it; nothing repeats a column list.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "base/value.h"

namespace cip::model {

/// A column as `table.column`.
struct ColumnRef {
  std::string table;
  std::string column;
  bool operator==(const ColumnRef&) const = default;
};

/// One column of a table.
struct ColumnDef {
  std::string name;
  std::string label;  // For people; made from the name if the file has none.
  Type type = Type::Text;
  int scale = 4;             // Decimals only: digits after the point.
  std::string unit;          // "currency", "years", "days", "count"; empty if it has none.
  bool is_required = false;  // Null is refused.
  bool is_unique = false;
  bool is_indexed = false;
  bool is_personal = false;   // PII: masked unless the role may see it.
  std::optional<double> min;  // Both ends are included.
  std::optional<double> max;
  std::optional<std::string> references;  // The table whose key this column holds.
  std::string default_column;  // Filled from this column where a source has none; may be empty.
};

/// Dimension: things that events refer to. Fact: events, with a time. Lookup: a short list of
/// names.
enum class TableKind { Dimension, Fact, Lookup };

struct TableDef {
  std::string name;
  std::string label;
  TableKind kind = TableKind::Dimension;
  std::string key;     // The primary key, one column.
  std::string time;    // Facts: when it happened; empty otherwise.
  std::string entity;  // The column that holds the customer; empty if there is none.
  std::vector<ColumnDef> columns;

  [[nodiscard]] const ColumnDef* find(std::string_view column) const noexcept;
};

/// A part of a time that comes round again.
enum class TimePart { Weekday, HourOfDay };

/// How rows are told apart: by a column, by an attribute (`column` is then the table's `extra`), or
/// by the period or part of a time. `grain` and `part` without a column mean the fact's own time.
/// With `first`, `column` is the key of the table that the fact's entity refers to.
struct Dimension {
  std::string name;
  std::string label;
  std::string description;
  std::optional<ColumnRef> column;  // A column of the fact, or of a table it refers to.
  std::string attribute;            // A name inside the JSON of `extra` of column->table.
  std::optional<Grain> grain;       // The period the time falls in.
  std::optional<TimePart> part;     // Weekday: text, Monday first. Hour of day: 0 to 23, UTC.
  std::vector<double> buckets;      // Numbers only: lower bounds; 18, 25 makes <18, 18-24, 25+.
  std::optional<ColumnRef> first;   // A fact's time: the earliest one of each entity (a cohort).
  std::string zone;                 // Periods and parts of instants are those of this zone; UTC.
  std::string since;                // Whole `grain`s from this dimension's time to the fact's own.
  std::vector<std::string> synonyms;
  std::vector<std::string> drill;  // Dimensions to go to from here, coarse to fine.
};

enum class Aggregate { Sum, Count, Distinct, Average, Min, Max, Quantile };
enum class Good { None, Up, Down };

/// What is made of another metric once the groups of an answer are known.
enum class Derivation { None, RunningTotal, Share, Change, ChangeRate };
enum class Against { PreviousPeriod, PreviousYear };

/// A number about rows: an aggregate of a column, an expression over other metrics, or what is
/// derived from one metric by looking at other groups or at another period.
struct Metric {
  std::string name;
  std::string label;
  std::string description;
  std::string unit;  // "currency", "count", "percent", ...
  Good good = Good::None;
  bool is_additive = true;  // Whether parts add up to the whole; otherwise totals are recomputed.
  std::vector<std::string> synonyms;

  Aggregate aggregate = Aggregate::Sum;
  ColumnRef column;        // What is aggregated; Count of a table has no column.
  double quantile = 0.5;   // Quantile only: 0.5 is the median.
  std::string where;       // A filter: the aggregate looks at these rows only; empty for all.
  std::string expression;  // "{revenue} / {orders}": if set, aggregate and column mean nothing.

  // Sum, average and expression only: a missing value, or operand, counts as 0. Otherwise it is
  // left out, or makes the whole null.
  bool is_null_zero = false;

  Derivation derivation = Derivation::None;  // If set, only `of` and `against` matter.
  std::string of;                            // The metric it is derived from.
  Against against = Against::PreviousPeriod;

  [[nodiscard]] bool is_derived() const noexcept { return derivation != Derivation::None; }
};

/// Rows that a role may see: a question of these roles is answered from the rows that `where`
/// keeps. `{user}` in it stands for the name of who asks.
struct RowRule {
  std::string name;
  std::vector<std::string> roles;  // Empty: of every role.
  std::string where;
};

struct Model {
  std::string name;
  std::string currency = "EUR";  // ISO 4217.
  std::vector<TableDef> tables;  // Referenced tables before those that refer to them.
  std::vector<Dimension> dimensions;
  std::vector<Metric> metrics;
  std::vector<RowRule> row_rules;

  [[nodiscard]] const TableDef* find_table(std::string_view name) const noexcept;
  [[nodiscard]] const Dimension* find_dimension(std::string_view name) const noexcept;
  [[nodiscard]] const Metric* find_metric(std::string_view name) const noexcept;

  // As above, but a failure (NotFound, with the nearest names) where there is none.
  [[nodiscard]] Result<const TableDef*> table(std::string_view name) const;
  [[nodiscard]] Result<const Dimension*> dimension(std::string_view name) const;
  [[nodiscard]] Result<const Metric*> metric(std::string_view name) const;
};

/// Reads a model file and checks it: known keys only, unique names, references that lead to tables,
/// expressions over metrics that exist, without a cycle.
///
/// `origin` is the name of the file for messages. With `base`, the file extends that model: what it
/// names again is replaced, the rest is kept.
///
/// Errors:  InvalidArgument  with origin:line:column, what is wrong and what is known
Result<Model> parse_model(std::string_view toml, std::string_view origin,
                          const Model* base = nullptr);

/// The file that a model file extends by name; empty if it names none.
///
/// Errors:  InvalidArgument  no TOML; `extends` is no text, or stands beside `standalone`
Result<std::string> extended_by(std::string_view toml, std::string_view origin);

/// The model that is built into the program (models/customer.toml).
const Model& builtin_model();

}  // namespace cip::model
