// base/value.h: the types a cell can have, and one cell outside of a column.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace cip {

/// What a column holds. The names are those of the model file and of every message.
enum class Type {
  Integer,   // 64 bits.
  Number,    // A finite double.
  Decimal,   // Money and the like: a 64-bit count of 10^-scale, exact.
  Text,      // UTF-8.
  Date,      // A civil date, no zone.
  Datetime,  // An instant, in UTC.
  Boolean,
};

[[nodiscard]] std::string_view name_of(Type type) noexcept;
[[nodiscard]] std::optional<Type> parse_type(std::string_view name) noexcept;

/// One cell as SQL and the API know it; monostate is null. Dates, instants and decimals travel as
/// what their column says they are: text for times, a number for decimals.
using Value = std::variant<std::monostate, std::int64_t, double, std::string>;

[[nodiscard]] inline bool is_null(const Value& value) noexcept {
  return std::holds_alternative<std::monostate>(value);
}

}  // namespace cip
