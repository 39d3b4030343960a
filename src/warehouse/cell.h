// warehouse/cell.h: a cell on its way into the database and back. Both ways are exact.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/civil_time.h"
#include "base/value.h"
#include "sql/connection.h"

namespace cip::warehouse {

/// What units mean: the type of their column and, for decimals, its scale.
struct UnitType {
  Type type = Type::Integer;
  int scale = 0;
};

/// Whether the database gives back exactly these units: years have four digits, and decimals that
/// are not whole have at most fifteen, which is what a double holds.
[[nodiscard]] bool fits_database(UnitType type, std::int64_t units) noexcept;

/// Room for the text of one date or instant.
using TimeText = std::array<char, 32>;

/// The cell as a parameter; text is written to `text`, which outlives it. The units fit.
[[nodiscard]] sql::Param param_of(UnitType type, std::int64_t units, TimeText& text);

/// Reads cells back. It remembers the last day it read: rows of one day often follow each other.
class CellReader {
 public:
  /// The units of a cell that is not null; nullopt if it holds something its column cannot.
  std::optional<std::int64_t> units(const sql::RowView& row, std::size_t column, UnitType type);

 private:
  std::optional<Days> date(std::string_view text);
  std::optional<Micros> instant(std::string_view text);

  std::array<char, 10> last_text_ = {};
  Days last_day_ = 0;
};

}  // namespace cip::warehouse
