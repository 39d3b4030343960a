// warehouse/ledger_schema.h: the tables that are ours, not the model's.
#pragma once

#include <string>
#include <vector>

namespace cip::warehouse {

/// The statements that make them in an empty database. A reject's id is given by the load, so that
/// its faults can be written beside it without asking back.
[[nodiscard]] std::vector<std::string> ledger_ddl();

/// The statements that bring those of version 1 up to date.
[[nodiscard]] std::vector<std::string> ledger_upgrade_ddl();

/// What stands beside those tables since: a whole table, or one column of a table. A database that
/// lacks it gets it when it is next prepared, whatever its version.
struct LedgerAddition {
  std::string table;
  std::string column;  // Empty for the whole table.
  std::string ddl;
};
[[nodiscard]] const std::vector<LedgerAddition>& ledger_additions();

}  // namespace cip::warehouse
