// warehouse/staged_row.h: a row as bytes in the staging folder. The same bytes, without what only
// one run knows, are what the row hash is taken of.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/mapped_batch.h"
#include "model/model.h"
#include "sql/connection.h"
#include "warehouse/cell.h"
#include "warehouse/key_set.h"

namespace cip::warehouse {

/// The key of a row, integer or text.
struct RowKey {
  std::int64_t integer = 0;
  std::string_view text;
  bool is_text = false;

  [[nodiscard]] Fingerprint fingerprint() const noexcept {
    return is_text ? fingerprint_of(text) : fingerprint_of(integer);
  }
};

/// The parts of a record that a comparison needs.
struct StagedHead {
  std::uint64_t hash = 0;
  std::uint64_t record_no = 0;
  RowKey key;
};

/// Writes and reads the rows of one table.
class RowCodec {
 public:
  explicit RowCodec(const model::TableDef& table);

  /// The bytes of a row of a batch, under `key`, which may differ from the cell. They live until
  /// the next call.
  std::string_view encode(const ingest::MappedBatch& batch, std::size_t row, const RowKey& key);

  [[nodiscard]] StagedHead head_of(std::string_view record) const;

  /// The parameters of insert_sql(): the columns in the order of the model, then the bookkeeping.
  /// Views into the record and into this codec; they live until the next call.
  std::span<const sql::Param> params_of(std::string_view record, std::int64_t run_id);

  [[nodiscard]] std::string insert_sql() const;

 private:
  void encode_cell(const ingest::MappedColumn& column, std::size_t at, std::size_t row);

  const model::TableDef* table_;
  std::size_t key_ = 0;  // Its place among the columns.
  std::vector<std::uint32_t> tags_;
  std::string record_;
  std::vector<sql::Param> params_;
  std::vector<TimeText> texts_;
};

}  // namespace cip::warehouse
