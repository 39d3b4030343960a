#include "base/value.h"

#include <array>
#include <cstddef>

namespace cip {
namespace {

constexpr std::array<std::string_view, 7> kTypeNames = {"integer", "number",   "decimal", "text",
                                                        "date",    "datetime", "boolean"};

}  // namespace

std::string_view name_of(Type type) noexcept { return kTypeNames[static_cast<std::size_t>(type)]; }

std::optional<Type> parse_type(std::string_view name) noexcept {
  for (std::size_t at = 0; at < kTypeNames.size(); ++at) {
    if (kTypeNames[at] == name) return static_cast<Type>(at);
  }
  return std::nullopt;
}

}  // namespace cip
