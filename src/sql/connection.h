// sql/connection.h: what the platform asks of any place that keeps tables.
//
// One interface, one contract test (connection_contract_test.cpp), as many adapters as needed. An
// adapter is done when it passes the contract; nothing above `sql` knows which one it talks to.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/value.h"

namespace cip::sql {

/// One SQL statement and the values of its placeholders, in order. Values travel beside the text,
/// never inside it, so that no value can become SQL.
struct Statement {
  std::string sql;
  std::vector<Value> params = {};
};

/// Takes the rows of a result one by one. The row dies when the call returns; a Failure ends the
/// query and becomes its result.
using RowSink = std::function<Result<void>(std::span<const Value> row)>;

/// What a cell holds, whatever its column is declared as.
enum class CellKind : std::uint8_t { Null, Integer, Number, Text };

/// One row of a result, read where the store keeps it. Columns count from 0; asking for a cell by
/// another kind than it has gives whatever the store makes of it.
class RowView {
 public:
  virtual ~RowView() = default;
  [[nodiscard]] virtual CellKind kind(std::size_t column) const = 0;
  [[nodiscard]] virtual std::int64_t integer(std::size_t column) const = 0;
  [[nodiscard]] virtual double number(std::size_t column) const = 0;

  /// Text or bytes; the view dies with the row.
  [[nodiscard]] virtual std::string_view text(std::size_t column) const = 0;
};

/// As RowSink, for long results: nothing is copied.
using RowVisitor = std::function<Result<void>(const RowView& row)>;

/// One cell on its way into a table; text and bytes are borrowed for the call.
struct Bytes {
  std::string_view bytes;
};
using Param = std::variant<std::monostate, std::int64_t, double, std::string_view, Bytes>;

/// A statement prepared once and run for many rows.
class Writer {
 public:
  virtual ~Writer() = default;

  /// Runs the statement with these values. Returns how many rows it changed: an INSERT OR IGNORE
  /// that met its key already there changed none.
  ///
  /// Errors:  as Connection::run()
  virtual Result<std::int64_t> write(std::span<const Param> params) = 0;
};

/// A connection to a store. Not thread-safe: one thread at a time, one connection per worker.
class Connection {
 public:
  virtual ~Connection() = default;

  /// Runs a statement to its end, handing each row to `sink`. Returns the number of rows handed on.
  ///
  /// Errors:  InvalidArgument  not exactly one valid statement, or params do not match it
  ///          Conflict         a constraint refuses the change
  ///          Unavailable      the store is locked, full, read-only or gone
  ///          any              what `sink` failed with
  virtual Result<std::int64_t> run(const Statement& statement, const RowSink& sink) = 0;

  /// As run(), without a copy of each cell. Adapters that can do no better inherit this one.
  virtual Result<std::int64_t> visit(const Statement& statement, const RowVisitor& visitor);

  /// Turns the mode for large loads on or off, outside of transactions: more memory for building
  /// indexes, and references are no longer checked row by row. Who turns it on has checked them.
  virtual Result<void> set_bulk(bool is_bulk);

  /// Prepares a statement for many runs. It dies before the connection does.
  virtual Result<std::unique_ptr<Writer>> prepare(const std::string& sql) = 0;

  /// Runs a statement whose rows, if any, are of no interest.
  Result<void> execute(const Statement& statement);

  /// The one value of a query that gives one row of one column.
  ///
  /// Errors:  NotFound  it gave no row
  Result<Value> value_of(const Statement& statement);
};

/// Begins on construction; what was not committed is rolled back when it goes out of scope.
class Transaction {
 public:
  static Result<Transaction> begin(Connection& connection);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  Result<void> commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}

  Connection* connection_;  // Null once committed.
};

/// The name in double quotes, for identifiers that come from the model.
[[nodiscard]] std::string quoted(std::string_view identifier);

}  // namespace cip::sql
