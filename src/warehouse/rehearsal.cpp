#include "warehouse/rehearsal.h"

#include <algorithm>
#include <utility>

namespace cip::warehouse {

// References of the rows are checked while they are staged: the mode for large loads is right here,
// and cannot be changed inside of a transaction.
Result<Rehearsal> Rehearsal::begin(sql::Connection& connection) {
  CIP_TRY(connection.set_bulk(true));
  const auto begun = connection.execute({"BEGIN IMMEDIATE"});
  if (!begun) {
    CIP_TRY(connection.set_bulk(false));
    return Failure{begun.error()};
  }
  return Rehearsal(connection);
}

Rehearsal::Rehearsal(Rehearsal&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)),
      is_last_(other.is_last_),
      held_(std::move(other.held_)) {}

Rehearsal::~Rehearsal() {
  if (connection_ != nullptr) static_cast<void>(end());
}

void Rehearsal::add(std::int64_t run_id, const std::set<std::string>& tables, Ledger ledger) {
  held_.push_back({run_id, tables, std::move(ledger)});
}

std::vector<std::int64_t> Rehearsal::runs_into(const std::set<std::string>& tables) const {
  std::vector<std::int64_t> runs;
  for (const Held& held : held_) {
    const bool is_one = std::ranges::any_of(
        held.tables, [&tables](const std::string& table) { return tables.contains(table); });
    if (is_one) runs.push_back(held.run_id);
  }
  return runs;
}

Result<void> Rehearsal::end() {
  if (connection_ == nullptr) return {};
  sql::Connection& connection = *std::exchange(connection_, nullptr);
  CIP_TRY(connection.execute({"ROLLBACK"}));
  CIP_TRY(connection.set_bulk(false));
  if (held_.empty()) return {};
  CIP_TRY_ASSIGN(auto transaction, sql::Transaction::begin(connection));
  for (const Held& held : held_) CIP_TRY(held.ledger(connection));
  return transaction.commit();
}

}  // namespace cip::warehouse
