#include "sql/connection.h"

#include <utility>

namespace cip::sql {
namespace {

// A row of copies, for adapters without a view of their own.
class ValueRow final : public RowView {
 public:
  explicit ValueRow(std::span<const Value> row) : row_(row) {}

  [[nodiscard]] CellKind kind(std::size_t column) const override {
    return static_cast<CellKind>(row_[column].index());  // Value and CellKind share an order.
  }
  [[nodiscard]] std::int64_t integer(std::size_t column) const override {
    const auto* value = std::get_if<std::int64_t>(&row_[column]);
    return value == nullptr ? static_cast<std::int64_t>(number(column)) : *value;
  }
  [[nodiscard]] double number(std::size_t column) const override {
    if (const auto* whole = std::get_if<std::int64_t>(&row_[column])) {
      return static_cast<double>(*whole);
    }
    const auto* value = std::get_if<double>(&row_[column]);
    return value == nullptr ? 0.0 : *value;
  }
  [[nodiscard]] std::string_view text(std::size_t column) const override {
    const auto* value = std::get_if<std::string>(&row_[column]);
    return value == nullptr ? std::string_view() : *value;
  }

 private:
  std::span<const Value> row_;
};

}  // namespace

Result<std::int64_t> Connection::visit(const Statement& statement, const RowVisitor& visitor) {
  return run(statement, [&visitor](std::span<const Value> row) { return visitor(ValueRow(row)); });
}

Result<void> Connection::set_bulk(bool /*is_bulk*/) { return {}; }

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
