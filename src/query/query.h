// query/query.h: one question to the data: metrics by dimensions, filtered, over time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/json_fwd.h"
#include "base/result.h"
#include "base/value.h"

namespace cip::query {

enum class Op {
  In,
  NotIn,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Between,   // Both ends are included.
  Contains,  // Text only; the case of ASCII letters does not matter.
  IsNull,
  NotNull,
};

/// "in", "not_in", "=", ... as in JSON.
[[nodiscard]] std::string_view name_of(Op op) noexcept;
[[nodiscard]] std::optional<Op> parse_op(std::string_view name) noexcept;

/// One test of a dimension or a metric. Values are what the question says; they meet the type of
/// the field when the query is planned. A boolean is the text "true" or "false", a date is text.
struct Condition {
  std::string field;
  Op op = Op::Equal;
  std::vector<Value> values;
  bool operator==(const Condition&) const = default;
};

/// A tree of conditions. What is built by default, an And of nothing, keeps every row.
///
/// Missing:  a condition is true or false, never unknown. A null fulfils is_null, an `in` that
///           lists null, and what negates a condition that it does not fulfil: `!=`, `not_in` and
///           `not` are the exact opposites of `=`, `in` and what they negate.
struct Filter {
  enum class Kind { And, Or, Not, Test };

  Kind kind = Kind::And;
  Condition test;             // For Test.
  std::vector<Filter> parts;  // For And and Or, any number; for Not, one.

  [[nodiscard]] static Filter of(Condition condition);
  [[nodiscard]] static Filter of(std::string field, Op op, std::vector<Value> values);

  [[nodiscard]] bool is_everything() const noexcept { return kind == Kind::And && parts.empty(); }
  bool operator==(const Filter&) const = default;
};

/// Both filters must hold.
[[nodiscard]] Filter all_of(Filter left, Filter right);

struct SortKey {
  std::string by;  // A dimension or a metric of the query.
  bool is_descending = false;
  bool operator==(const SortKey&) const = default;
};

/// Another period whose metrics stand beside those of the query's own.
struct Comparison {
  enum class With { PreviousPeriod, PreviousYear, Custom };

  With with = With::PreviousPeriod;
  std::optional<Days> from;  // Custom only; included.
  std::optional<Days> to;    // Custom only; not included.
  bool operator==(const Comparison&) const = default;
};

/// Keep the values of one dimension that have the most (or least) of a metric; what is left over
/// becomes one group, or goes.
struct Top {
  std::string of;  // A dimension of the query.
  std::int64_t count = 10;
  std::string by;  // A metric of the query.
  bool is_lowest = false;
  bool has_others = true;
  bool operator==(const Top&) const = default;
};

/// What the API lets through when a question does not say how many rows it wants.
inline constexpr std::int64_t kDefaultLimit = 1000;

/// Fields are names of the model, or `table.column` and `table.extra.Name` for what it does not
/// name.
struct Query {
  std::vector<std::string> metrics;  // At least one of metrics and dimensions.
  std::vector<std::string> by;
  Filter where;
  std::optional<Days> from;           // Included. Of the time of each metric's own table.
  std::optional<Days> to;             // Not included.
  std::vector<SortKey> sort;          // Then by the dimensions, ascending. Nulls come last, always.
  std::optional<std::int64_t> limit;  // All rows if it is not said.
  std::int64_t offset = 0;
  bool with_totals = false;
  bool with_subtotals = false;  // Totals of each level: of the first dimension, the first two, ...
  std::optional<Comparison> compare;
  std::optional<Top> top;
  std::string pivot;  // A dimension of the query whose values become columns; empty for none.
  std::string zone;   // Whose days, hours and months: Europe/Berlin; empty for UTC.

  bool operator==(const Query&) const = default;
};

/// Reads the JSON form: {"metrics":[..],"by":[..],"where":[Condition..]|text,"from":..,"to":..,
/// "sort":[{"by":..,"descending":..}],"limit":..,"offset":..,"totals":..,"subtotals":..,
/// "compare":"previous_period"|"previous_year"|{"from":..,"to":..},
/// "top":{"of":..,"count":..,"by":..,"lowest":..,"others":..},"pivot":..,"zone":..}. Beside a list,
/// `where` may be {"and":[..]}, {"or":[..]}, {"not":..} or one condition.
///
/// Errors:  InvalidArgument  with the key, what was wanted and what was found; unknown keys too
Result<Query> query_from_json(const Json& json);

/// The same query as JSON; reads back as an equal one.
Json to_json(const Query& query);

}  // namespace cip::query
