#include "account/role.h"

#include <array>
#include <cstddef>

#include "base/text.h"

namespace cip::account {
namespace {

constexpr std::array<std::string_view, 4> kRoleNames = {"viewer", "analyst", "steward", "admin"};

struct Rule {
  std::string_view name;
  Role lowest_role;
};

// In the order of Permission.
constexpr std::array<Rule, 6> kRules = {{
    {"see numbers", Role::Viewer},
    {"export numbers", Role::Analyst},
    {"see personal data", Role::Steward},
    {"load data", Role::Steward},
    {"train models", Role::Steward},
    {"manage the workspace", Role::Admin},
}};

const Rule& rule_of(Permission permission) noexcept {
  return kRules[static_cast<std::size_t>(permission)];
}

}  // namespace

std::string_view name_of(Role role) noexcept { return kRoleNames[static_cast<std::size_t>(role)]; }

std::optional<Role> parse_role(std::string_view name) noexcept {
  for (std::size_t at = 0; at < kRoleNames.size(); ++at) {
    if (kRoleNames[at] == name) return static_cast<Role>(at);
  }
  return std::nullopt;
}

std::string_view name_of(Permission permission) noexcept { return rule_of(permission).name; }

bool may(const Identity& who, Permission permission) noexcept {
  return who.role >= rule_of(permission).lowest_role;
}

Result<void> require(const Identity& who, Permission permission) {
  if (may(who, permission)) return {};
  const Rule& rule = rule_of(permission);
  return fail(Errc::Forbidden,
              fmt::format("the role {} may not {}, {} and above may", name_of(who.role), rule.name,
                          name_of(rule.lowest_role)));
}

}  // namespace cip::account
