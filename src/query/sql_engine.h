// query/sql_engine.h: answers queries by SQL, where the data lie.
//
// Values are bound, never written into the text; identifiers come from the model only. How tables
// keep their values in SQLite: dates 'YYYY-MM-DD', instants 'YYYY-MM-DD HH:MM:SS[.ffffff]' in UTC,
// booleans 0 and 1, decimals NUMERIC, attributes as JSON text in `extra`.
#pragma once

#include <string>
#include <string_view>

#include "base/civil_time.h"
#include "base/result.h"
#include "model/model.h"
#include "query/answer.h"
#include "query/query.h"
#include "sql/connection.h"

namespace cip::query {

/// What differs between databases. Each function takes SQL expressions and gives one.
class Dialect {
 public:
  virtual ~Dialect() = default;

  /// A decimal as the integer count of units of 10^-scale.
  [[nodiscard]] virtual std::string units(const std::string& decimal, int scale) const = 0;
  /// An integer or decimal count as a double, divided by 10^scale.
  [[nodiscard]] virtual std::string to_double(const std::string& count, int scale) const = 0;
  /// The first day of the period a date or an instant falls in, as date text; an hour as an
  /// instant.
  [[nodiscard]] virtual std::string period(const std::string& time, Grain grain) const = 0;
  /// 0 for Monday to 6 for Sunday.
  [[nodiscard]] virtual std::string weekday(const std::string& time) const = 0;
  /// 0 to 23.
  [[nodiscard]] virtual std::string hour_of_day(const std::string& time) const = 0;
  /// The text of an attribute in a JSON object; the name is a string literal made by the caller.
  [[nodiscard]] virtual std::string attribute(const std::string& json,
                                              std::string_view name) const = 0;
  /// Whether two expressions are the same, null being the same as null.
  [[nodiscard]] virtual std::string is_same(const std::string& left,
                                            const std::string& right) const = 0;
  /// Whether a text holds another, whatever the case of ASCII letters.
  [[nodiscard]] virtual std::string contains(const std::string& text,
                                             const std::string& part) const = 0;
};

[[nodiscard]] const Dialect& sqlite_dialect();

/// The query as one statement. Its rows: groups before limit, rows matched, a mark that is null if
/// there is no group, then the dimensions and the metrics as the store holds them.
///
/// Errors:  as run() of memory_engine.h
Result<sql::Statement> to_sql(const Query& query, const model::Model& model,
                              const Dialect& dialect);

/// Answers a query from a store. The answer is the memory engine's, to the last digit, but for sums
/// and averages of `number` columns, whose last bits depend on the order of the rows.
///
/// Errors:  as run() of memory_engine.h, and those of the connection
Result<Answer> run(const Query& query, const model::Model& model, sql::Connection& connection);

}  // namespace cip::query
