// query/field.h: what the names in a query stand for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/value.h"
#include "model/model.h"
#include "query/query.h"

namespace cip::query {

enum class Role { Dimension, Metric };

/// A dimension or a metric as the reader of an answer sees it.
struct Field {
  std::string name;
  std::string label;
  Role role = Role::Dimension;
  Type type = Type::Text;  // Grains are dates, buckets and weekdays are text in their own order.
  int scale = 0;           // Decimals only.
  std::string unit;        // A "percent" is a fraction: 0.25 is 25 %.
  model::Good good = model::Good::None;
  bool is_personal = false;
  std::string table;  // Where its values lie; empty for grains of a fact's own time.
};

/// The dimension of that name: one of the model, or made of `table.column` or `table.extra.Name`.
///
/// Errors:  NotFound  with the nearest names
Result<model::Dimension> resolve_dimension(const model::Model& model, std::string_view name);

/// Describes a dimension or a metric.
///
/// Errors:  NotFound  there is neither; with the nearest names
Result<Field> describe(const model::Model& model, std::string_view name);

/// The fields of a query, shown or filtered by, that hold personal data.
///
/// Errors:  NotFound  a field is unknown
Result<std::vector<std::string>> personal_fields(const model::Model& model, const Query& query);

}  // namespace cip::query
