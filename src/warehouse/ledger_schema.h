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

}  // namespace cip::warehouse
