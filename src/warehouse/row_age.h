// warehouse/row_age.h: how new a row is, by one of its columns, as a number to compare.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ingest/mapped_batch.h"
#include "model/model.h"
#include "sql/connection.h"
#include "warehouse/cell.h"

namespace cip::warehouse {

/// Ages are in the order of the values of the column, which holds dates, instants or numbers: the
/// larger the newer. That of a missing value is 0, before all others.
[[nodiscard]] std::uint64_t age_of(const ingest::MappedColumn& column, std::size_t row) noexcept;

/// The same of a row in the database.
[[nodiscard]] std::uint64_t age_of(const sql::RowView& row, std::size_t at, CellReader& reader,
                                   const model::ColumnDef& column);

}  // namespace cip::warehouse
