// ingest/mapper.h: records in, typed rows of one table out, with every fault and every skip.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/civil_time.h"
#include "base/result.h"
#include "ingest/lookup.h"
#include "ingest/mapped_batch.h"
#include "ingest/mapping.h"
#include "ingest/record_batch.h"
#include "ingest/record_reader.h"
#include "model/model.h"

namespace cip::ingest {

/// What a mapper has to know about the file and the moment.
struct MapperInput {
  std::vector<std::string> columns;  // RecordReader::columns().
  Format format = Format::Csv;
  std::string file;                  // For #file and messages.
  Days today = 0;                    // For rules such as ..today.
  const Lookups* lookups = nullptr;  // Outlives the mapper; may be nullptr if there are none.

  // By table: which stretch of keys made of #row belongs to this file. The first file of a table
  // has 0 and keys from 1; every stretch has room for 2^32 records.
  std::map<std::string, std::int64_t, std::less<>> stretches = {};
};

inline constexpr std::int64_t kRowsPerStretch = std::int64_t{1} << 32;

/// A column of the target that must lead to a row of another table: checked by the warehouse.
struct Reference {
  std::size_t column;  // In MappedBatch::columns.
  std::string table;
  std::string key;  // The column of that table; its primary key unless a rule names another.
};

/// Maps the records of one file into one table.
///
/// Rows:     every record ends as exactly one of Good, Rejected (with at least one fault) and
///           Skipped. A record that the reader found faulty is Rejected with the reader's code;
///           otherwise the skips are asked, then every column is converted and judged, so that a
///           rejected row tells all that is wrong with it.
/// Missing:  no such field, null, empty text and null words. Null words are those of the mapping;
///           for all types but text also NULL, null, NA, N/A and NaN.
/// Columns:  those of the model that the mapping does not name take the values of their default
///           column (an order_id those of the transaction_id), or stay empty. A suggestion (`?`)
///           is not used; what it reads goes to extra.
/// Not here: duplicates and references need the table; keys(), uniques() and references() tell.
class Mapper {
 public:
  /// A path that is in no record of JSON or XML is a missing value, not an error.
  ///
  /// Errors:  NotFound  a CSV file has no such column; names the file and the nearest
  ///          Conflict  a required column is only suggested
  static Result<Mapper> compile(const Mapping& mapping, const Into& into, const model::Model& model,
                                const MapperInput& input);

  Mapper(Mapper&&) noexcept;
  Mapper& operator=(Mapper&&) noexcept;
  ~Mapper();

  /// Whether cleaning needs the numbers of whole columns: then measure() sees all records of the
  /// file once, and settle() follows, before map() does. Rows of a mapper that was not settled are
  /// rejected (STATISTICS) where they would need them.
  [[nodiscard]] bool needs_measuring() const noexcept;
  void measure(const RecordBatch& records);

  /// Errors:  as ColumnSample::settle(), with the column
  Result<void> settle();

  /// Replaces what `out` holds by the rows of `records`, the last batch of `reader`. Cells, raw
  /// bytes and keys are views into the batch and into out.arena: they live as long as both.
  void map(const RecordBatch& records, const RecordReader& reader, MappedBatch& out);

  /// How often each rule was put to the data and failed, over all batches so far.
  [[nodiscard]] std::vector<RuleCount> rule_counts() const;

  /// What cleaning changed so far, one entry for each column and step that changed something.
  [[nodiscard]] std::vector<CellChange> changes() const;

  [[nodiscard]] const std::vector<Reference>& references() const noexcept;
  [[nodiscard]] const std::vector<std::size_t>& uniques() const noexcept;  // MappedBatch::columns.
  [[nodiscard]] const std::vector<std::size_t>& keys() const noexcept;     // The natural key.
  [[nodiscard]] const std::vector<std::string>& skip_reasons() const noexcept;  // By skip_rules.

 private:
  struct State;
  class Compiler;
  explicit Mapper(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace cip::ingest
