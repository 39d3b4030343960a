// warehouse/cell_fingerprint.h: what stands for a cell where values are compared, the same whether
// it comes from a batch or from the database.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ingest/mapped_batch.h"
#include "model/model.h"
#include "sql/connection.h"
#include "warehouse/cell.h"
#include "warehouse/key_set.h"

namespace cip::warehouse {

/// Of a cell that is present.
[[nodiscard]] Fingerprint fingerprint_of(const ingest::MappedColumn& column, std::size_t row);

/// Of a cell that is not null; none if it holds something the column cannot.
[[nodiscard]] Fingerprint fingerprint_of(const sql::RowView& row, std::size_t at,
                                         CellReader& reader, const model::ColumnDef& column);

/// Of several cells; a null is a value of its own among them.
class FingerprintMaker {
 public:
  void add(Fingerprint cell);
  [[nodiscard]] Fingerprint fingerprint() const noexcept { return fingerprint_of(bytes_); }

 private:
  std::string bytes_;
};

[[nodiscard]] Fingerprint fingerprint_of(const ingest::MappedBatch& batch, std::size_t row,
                                         const std::vector<std::size_t>& columns);

/// The cell for a person, at most 200 bytes; "" for null.
[[nodiscard]] std::string text_of(const ingest::MappedColumn& column, std::size_t row,
                                  const model::ColumnDef& definition);

}  // namespace cip::warehouse
