// query/sql_engine.h: answers queries by SQL, where the data lie.
//
// Values are bound, never written into the text; identifiers come from the model only. How tables
// keep their values in SQLite: dates 'YYYY-MM-DD', instants 'YYYY-MM-DD HH:MM:SS[.ffffff]' in UTC,
// booleans 0 and 1, decimals NUMERIC, attributes as a JSON object in the text column `extra`.
#pragma once

#include "base/result.h"
#include "model/model.h"
#include "query/answer.h"
#include "query/dialect.h"
#include "query/query.h"
#include "sql/connection.h"

namespace cip::query {

/// The query as one statement, see write_sql() for its rows. Totals are a query of their own.
///
/// Errors:  as run() of memory_engine.h
Result<sql::Statement> to_sql(const Query& query, const model::Model& model,
                              const Dialect& dialect = sqlite_dialect());

/// Answers a query from a store. The answer is the memory engine's, to the last digit, but for sums
/// and averages of `number` columns, whose last bits depend on the order of the rows.
///
/// Errors:  as run() of memory_engine.h, and those of the connection
Result<Answer> run(const Query& query, const model::Model& model, sql::Connection& connection,
                   const Dialect& dialect = sqlite_dialect());

}  // namespace cip::query
