// query/sql_writer.h: a plan as one SQL statement.
#pragma once

#include "model/model.h"
#include "query/dialect.h"
#include "query/plan.h"
#include "sql/connection.h"

namespace cip::query {

/// The plan as SQL: a common table expression per step, rows -> groups of each table -> groups of
/// all tables -> metrics -> page. Its rows: groups before limit and offset; rows that matched; 1,
/// or null if the page is empty; then dimensions and shown metrics, as the store holds them:
/// decimals as units, buckets and weekdays as places among their labels.
[[nodiscard]] sql::Statement write_sql(const Plan& plan, const model::Model& model,
                                       const Dialect& dialect);

/// How many columns stand before the dimensions.
inline constexpr std::size_t kNumLeading = 3;

}  // namespace cip::query
