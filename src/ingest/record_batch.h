// ingest/record_batch.h: the one shape in which CSV, JSON and XML readers hand on what they found.
//
// A batch is a small table of text, record by record, that knows where each record stood in the
// file and which of them could not be read. It borrows most of its bytes from the reader.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/contract.h"

namespace cip::ingest {

/// Missing: the record has no such field (in CSV: nothing between two delimiters).
/// Null:    the source says that there is no value (JSON null, xsi:nil).
/// Value:   there is one, and it may be the empty text ("" in quotes).
enum class FieldState : std::uint8_t { Missing, Null, Value };

struct Field {
  std::string_view text;  // Empty unless the state is Value.
  FieldState state = FieldState::Missing;
};

/// What can be wrong with the form of one record. Such a record flows on as a reject.
enum class FaultCode : std::uint8_t {
  TooFewFields,
  TooManyFields,
  UnpairedQuote,
  Encoding,  // Not UTF-8, or a NUL byte in it.
  BadJson,
  NotAnObject,  // A JSON value where a record was to be.
  RecordTooLarge,
};

/// TOO_FEW_FIELDS and so on: stable, fit for a table of rejects.
[[nodiscard]] std::string_view code_of(FaultCode code) noexcept;

struct Fault {
  FaultCode code;
  std::size_t record;    // Its index in the batch.
  std::uint64_t byte;    // Where in the stream it shows, from 0.
  std::string expected;  // In words: "8 fields, found 7".
};

/// Where a record stands. Bytes count from 0 in the unpacked, decoded stream; the end is exclusive
/// and takes in the line end. Lines and records count from 1; the header is not a record.
///
/// In CSV the ranges of all records, together with the header and blank lines at the very end, tile
/// the stream: a blank line belongs to the record after it.
struct Place {
  std::uint64_t record_no = 0;
  std::uint64_t byte_first = 0;
  std::uint64_t byte_end = 0;
  std::uint64_t line_first = 0;
  std::uint64_t line_last = 0;
};

/// Shape:     num_records() x num_columns() fields; columns are those of the reader.
/// Missing:   see FieldState.
/// Lifetime:  everything it hands out dies with the next call of RecordReader::next() on it, or
/// with
///            the reader, whichever comes first.
class RecordBatch {
 public:
  [[nodiscard]] std::size_t num_records() const noexcept { return places_.size(); }
  [[nodiscard]] std::size_t num_columns() const noexcept { return num_columns_; }

  [[nodiscard]] Field field(std::size_t record, std::size_t column) const noexcept {
    const Cell& cell = cells_[record * num_columns_ + column];
    return {{cell.data, cell.size}, cell.state};
  }

  [[nodiscard]] const Place& place(std::size_t record) const noexcept { return places_[record]; }

  /// The bytes of the record as they stood in the stream, without the line end. Of a record that is
  /// too large, the first 64 KiB.
  [[nodiscard]] std::string_view raw(std::size_t record) const noexcept { return raws_[record]; }

  /// In the order of the records, at most one for each.
  [[nodiscard]] std::span<const Fault> faults() const noexcept { return faults_; }

  /// What is wrong with one record, or nullptr.
  [[nodiscard]] const Fault* fault_of(std::size_t record) const noexcept;

  // From here on: how readers fill it.

  void clear(std::size_t num_columns);

  /// Adds a record whose fields are all Missing.
  void add_record(const Place& place, std::string_view raw) {
    places_.push_back(place);
    raws_.push_back(raw);
    const std::size_t size = places_.size() * num_columns_;
    if (cells_.size() < size) grow_cells(size);
    clear_fields();
  }

  /// Sets a field of the last record. `text` must outlive the batch: see keep().
  void set_field(std::size_t column, std::string_view text) noexcept {
    last_cells()[column] = {text.data(), static_cast<std::uint32_t>(text.size()),
                            FieldState::Value};
  }
  void set_null(std::size_t column) noexcept {
    last_cells()[column] = {nullptr, 0, FieldState::Null};
  }

  /// Makes all fields of the last record Missing again.
  void clear_fields() noexcept {
    std::fill_n(last_cells(), num_columns_, Cell{nullptr, 0, FieldState::Missing});
  }

  /// Marks the last record as faulty; a second fault of one record is dropped.
  void add_fault(FaultCode code, std::uint64_t byte, std::string expected);

  /// Copies bytes into the batch, where they live as long as the batch is not refilled.
  std::string_view keep(std::string_view bytes) {
    return {reserve(bytes.size(), bytes), bytes.size()};
  }

  /// Room for `size` bytes in the batch, filled with the front of `bytes`.
  char* reserve(std::size_t size, std::string_view bytes = {});

 private:
  void grow_cells(std::size_t size);

  struct Cell {
    const char* data;
    std::uint32_t size;
    FieldState state;
  };

  [[nodiscard]] Cell* last_cells() noexcept {
    return cells_.data() + (places_.size() - 1) * num_columns_;
  }

  std::size_t num_columns_ = 0;
  std::vector<Cell> cells_;  // Record by record; behind the last one there may be old ones.
  std::vector<Place> places_;
  std::vector<std::string_view> raws_;
  std::vector<Fault> faults_;
  // Blocks of kept bytes. They never move, so that views into them hold.
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t block_used_ = 0;
  std::size_t block_size_ = 0;
};

}  // namespace cip::ingest
