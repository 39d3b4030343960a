// ingest/column_grower.h: typed columns that grow batch by batch while a file is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ingest/csv_block.h"
#include "ingest/csv_to_columns.h"

namespace cip::ingest {

/// Which records of a batch are good, and why the others are not.
struct BatchState {
  std::vector<std::uint8_t> is_good;
  std::vector<std::string> reasons;  // One for each record; none for one that is good.
  std::size_t num_good = 0;
  bool is_all_good = true;

  void start(std::size_t num_records);
  void leave_out(std::size_t record, std::string reason);
};

/// Grows one column: reads all cells of a batch first, then drops those of records that some column
/// could not read.
class ColumnGrower {
 public:
  ColumnGrower() = default;
  virtual ~ColumnGrower() = default;
  ColumnGrower(const ColumnGrower&) = delete;
  ColumnGrower& operator=(const ColumnGrower&) = delete;

  virtual void reserve(std::size_t num_rows) = 0;
  virtual void read(const RecordBatch& batch, BatchState& state) = 0;
  virtual void read(const CsvBlock& block, BatchState& state) = 0;
  virtual void keep(const BatchState& state) = 0;

  /// Text columns read last: what is left out for another column's sake enters no dictionary.
  [[nodiscard]] virtual bool is_text() const noexcept = 0;

  /// Shows a guess every value that is not plainly of the type being read; once the guess says
  /// another type, all of them, and reads no more. Null words are null from then on; to a guess
  /// that is final nothing is shown.
  virtual void watch(TypeGuess& guess, bool is_final) = 0;

  /// The column; nothing may follow.
  virtual Result<frame::Column> build() = 0;
};

/// For column number `source` of the file.
///
/// Errors:  InvalidArgument  a format that is none
Result<std::unique_ptr<ColumnGrower>> make_grower(const TypedColumn& column, std::size_t source);

}  // namespace cip::ingest
