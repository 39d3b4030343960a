#include "warehouse/row_age.h"

#include <bit>

namespace cip::warehouse {
namespace {

constexpr std::uint64_t kSign = std::uint64_t{1} << 63;

std::uint64_t age_of(std::int64_t units) noexcept {
  return static_cast<std::uint64_t>(units) ^ kSign;
}

std::uint64_t age_of(double number) noexcept {
  const auto bits = std::bit_cast<std::uint64_t>(number);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

}  // namespace

std::uint64_t age_of(const ingest::MappedColumn& column, std::size_t row) noexcept {
  if (column.present[row] == 0) return 0;
  return column.type == Type::Number ? age_of(column.numbers[row]) : age_of(column.units[row]);
}

std::uint64_t age_of(const sql::RowView& row, std::size_t at, CellReader& reader,
                     const model::ColumnDef& column) {
  if (row.kind(at) == sql::CellKind::Null) return 0;
  if (column.type == Type::Number) return age_of(row.number(at));
  const auto units = reader.units(row, at, {column.type, column.scale});
  return units ? age_of(*units) : 0;
}

}  // namespace cip::warehouse
