// account/role.h: who may do what. One table, deny by default; every use case asks it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cip::account {

/// Each role may do all that the one before it may.
enum class Role {
  Viewer,   // Sees numbers about groups.
  Analyst,  // Asks and exports; predicts.
  Steward,  // Sees personal data, loads and repairs data, trains models.
  Admin,    // Manages the workspace and its users.
};

enum class Permission {
  ViewNumbers,
  ExportNumbers,
  ViewPersonalData,
  LoadData,
  TrainModels,
  ManageWorkspace,
};

[[nodiscard]] std::string_view name_of(Role role) noexcept;
[[nodiscard]] std::optional<Role> parse_role(std::string_view name) noexcept;
[[nodiscard]] std::string_view name_of(Permission permission) noexcept;

/// Whoever asks for something, fixed for the length of one request.
struct Identity {
  std::string name;
  Role role = Role::Viewer;
};

[[nodiscard]] bool may(const Identity& who, Permission permission) noexcept;

/// Errors:  Forbidden  names the role, what was asked for and the lowest role that may
Result<void> require(const Identity& who, Permission permission);

}  // namespace cip::account
