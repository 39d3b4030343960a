#include "sql/connection.h"

#include <utility>

namespace cip::sql {

Result<void> Connection::execute(const Statement& statement) {
  CIP_TRY(run(statement, [](std::span<const Value>) { return Result<void>{}; }));
  return {};
}

Result<Value> Connection::value_of(const Statement& statement) {
  Value value;
  CIP_TRY_ASSIGN(const std::int64_t num_rows,
                 run(statement, [&value](std::span<const Value> row) -> Result<void> {
                   value = row.front();
                   return {};
                 }));
  if (num_rows == 0) return fail(Errc::NotFound, "no row for: " + statement.sql);
  return value;
}

Result<Transaction> Transaction::begin(Connection& connection) {
  CIP_TRY(connection.execute({"BEGIN IMMEDIATE"}));
  return Transaction(connection);
}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

Transaction::~Transaction() {
  // Nothing can be done about a rollback that fails: the store drops the transaction with the
  // connection.
  if (connection_ != nullptr) static_cast<void>(connection_->execute({"ROLLBACK"}));
}

Result<void> Transaction::commit() {
  CIP_EXPECTS(connection_ != nullptr);
  CIP_TRY(connection_->execute({"COMMIT"}));
  connection_ = nullptr;
  return {};
}

std::string quoted(std::string_view identifier) {
  std::string text = "\"";
  for (const char c : identifier) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

}  // namespace cip::sql
