#include "warehouse/cell_fingerprint.h"

#include <bit>
#include <cstdint>

#include "base/number.h"
#include "warehouse/byte_record.h"

namespace cip::warehouse {
namespace {

constexpr std::size_t kMaxValueBytes = 200;

Fingerprint fingerprint_of_number(double value) {
  return fingerprint_of(std::bit_cast<std::int64_t>(value + 0.0));  // -0 and 0 are one value.
}

}  // namespace

Fingerprint fingerprint_of(const ingest::MappedColumn& column, std::size_t row) {
  switch (column.type) {
    case Type::Text:
      return fingerprint_of(column.texts[row]);
    case Type::Number:
      return fingerprint_of_number(column.numbers[row]);
    default:
      return fingerprint_of(column.units[row]);
  }
}

Fingerprint fingerprint_of(const sql::RowView& row, std::size_t at, CellReader& reader,
                           const model::ColumnDef& column) {
  if (column.type == Type::Text) return fingerprint_of(row.text(at));
  if (column.type == Type::Number) return fingerprint_of_number(row.number(at));
  const auto units = reader.units(row, at, {column.type, column.scale});
  return units ? fingerprint_of(*units) : Fingerprint{};
}

void FingerprintMaker::add(Fingerprint cell) {
  put(bytes_, cell.high);
  put(bytes_, cell.low);
}

Fingerprint fingerprint_of(const ingest::MappedBatch& batch, std::size_t row,
                           const std::vector<std::size_t>& columns) {
  FingerprintMaker maker;
  for (const std::size_t at : columns) {
    const ingest::MappedColumn& column = batch.columns[at];
    maker.add(column.present[row] != 0 ? fingerprint_of(column, row) : Fingerprint{});
  }
  return maker.fingerprint();
}

std::string text_of(const ingest::MappedColumn& column, std::size_t row,
                    const model::ColumnDef& definition) {
  if (column.present[row] == 0) return "";
  switch (column.type) {
    case Type::Text:
      return std::string(column.texts[row].substr(0, kMaxValueBytes));
    case Type::Number:
      return number_text(column.numbers[row]);
    case Type::Decimal:
      return decimal_text(column.units[row], definition.scale);
    case Type::Date:
    case Type::Datetime: {
      TimeText text{};
      if (!fits_database({column.type}, column.units[row]))
        return std::to_string(column.units[row]);
      return std::string(
          std::get<std::string_view>(param_of({column.type}, column.units[row], text)));
    }
    default:
      return std::to_string(column.units[row]);
  }
}

}  // namespace cip::warehouse
