// warehouse/table_publish.h: the staged rows of one table against the rows that are there, and into
// the database.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "sql/connection.h"
#include "warehouse/key_set.h"
#include "warehouse/load.h"
#include "warehouse/staged_row.h"
#include "warehouse/staged_table.h"

namespace cip::warehouse {

class TablePublish {
 public:
  /// All of these outlive it.
  TablePublish(sql::Connection& connection, const StagedTable& staged, const LoadTable& spec)
      : connection_(&connection), staged_(&staged), spec_(&spec), counts_(staged.counts) {}

  /// Finds out which rows are new, changed and unchanged. Reads only.
  Result<void> compare();

  /// After compare().
  [[nodiscard]] const TableCounts& counts() const noexcept { return counts_; }

  /// After compare(), in a replay: the records whose rows are there in a later version.
  [[nodiscard]] const std::vector<std::uint64_t>& outdated() const noexcept { return outdated_; }

  /// Writes what is new or changed, and counts anew what the database did. In the transaction of
  /// the caller, in which compare() has run.
  Result<void> write(std::int64_t run_id, Progress& progress);

  /// Fails if the records found are not all accounted for, or the table did not grow by as many
  /// rows as are counted as loaded.
  Result<void> check_balance() const;

 private:
  // Newer: the row that is there came later than the rejected record that is replayed.
  enum class Fate : std::uint8_t { New, Changed, Unchanged, Newer };
  struct Entry {
    Fingerprint key;
    std::uint64_t offset;  // Of the record among the staged rows.
    std::uint64_t hash;
    Fate fate = Fate::New;
  };

  [[nodiscard]] Result<bool> lie_behind_all() const;
  Result<void> read_entries();
  Result<void> compare_all();
  Result<void> compare_some();
  Result<void> meet(const sql::RowView& row, std::vector<Entry>::iterator& hint);
  [[nodiscard]] bool is_less(const Fingerprint& a, const Fingerprint& b) const noexcept;

  Result<void> drop_indexes();
  Result<void> build_indexes(Progress& progress);
  Result<void> replace_changed(std::int64_t run_id);
  Result<void> find_newer();
  [[nodiscard]] bool is_newer(const sql::RowView& row, const StagedHead& head) const;
  Result<void> insert_rows(std::int64_t run_id, Progress& progress);
  [[nodiscard]] Result<std::int64_t> num_rows() const;

  sql::Connection* connection_;
  const StagedTable* staged_;
  const LoadTable* spec_;
  TableCounts counts_;
  std::int64_t num_before_ = 0;
  bool takes_rows_as_they_lie_ = false;  // All are new: there are no entries then.
  std::vector<std::uint64_t> outdated_;
  std::vector<Entry> entries_;  // By key while comparing, then in the order of writing.
};

}  // namespace cip::warehouse
