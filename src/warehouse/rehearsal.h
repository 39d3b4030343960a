// warehouse/rehearsal.h: several runs that are held one after the other, each judged as if those
// before it had been published.
//
// While it lasts, the runs are published in one transaction that is never committed: references,
// keys and the comparison with the rows that are there see just what a load would. Its end rolls
// all of it back and writes into the ledger which runs are held.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "sql/connection.h"

namespace cip::warehouse {

class Rehearsal {
 public:
  using Ledger = std::function<Result<void>(sql::Connection&)>;

  /// `connection` outlives it, is in no transaction, and is for the loads of the rehearsal alone.
  ///
  /// Errors (of all below):  Unavailable  the database is locked, full, read-only or gone
  static Result<Rehearsal> begin(sql::Connection& connection);

  Rehearsal(Rehearsal&& other) noexcept;
  Rehearsal& operator=(Rehearsal&&) = delete;
  ~Rehearsal();  // As end(), whose failure nobody hears then.

  /// That nothing follows the next run: its rows need not be published for anyone.
  void set_last() noexcept { is_last_ = true; }
  [[nodiscard]] bool is_last() const noexcept { return is_last_; }

  /// A run that was held: the tables it fills, and what is to be written of it in the end.
  void add(std::int64_t run_id, const std::set<std::string>& tables, Ledger ledger);

  /// The runs so far that fill one of these tables.
  [[nodiscard]] std::vector<std::int64_t> runs_into(const std::set<std::string>& tables) const;

  /// Rolls back what was published, and writes what is held.
  Result<void> end();

 private:
  explicit Rehearsal(sql::Connection& connection) : connection_(&connection) {}

  struct Held {
    std::int64_t run_id;
    std::set<std::string> tables;
    Ledger ledger;
  };

  sql::Connection* connection_;  // Null once it has ended.
  bool is_last_ = false;
  std::vector<Held> held_;
};

}  // namespace cip::warehouse
