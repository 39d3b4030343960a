// service/byte_account.h: the bytes of a file, record by record and part by part: that none of them
// is missing, and what those were that are no record.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "ingest/record_batch.h"
#include "ingest/record_reader.h"

namespace cip::service {

/// What some of the bytes were. Of records the count is theirs, of the others it is that of lines,
/// 0 where lines mean nothing.
struct BytePart {
  std::string part;  // "records", or an ingest::ByteSkip::part.
  std::uint64_t num_bytes = 0;
  std::uint64_t count = 0;
};

inline constexpr std::string_view kRecords = "records";

/// Follows one reading of a file.
///
/// Records come in order and do not overlap; in a delimited file they lie one behind the other.
/// What is between them, before the first and behind the last has to be just what the reader says
/// it left out, by name.
class ByteAccount {
 public:
  explicit ByteAccount(ingest::Format format) : has_no_gaps_(format == ingest::Format::Csv) {}

  /// Errors:  Conflict  two records overlap, or there is something between two that lie side by
  ///                    side
  Result<void> add(const ingest::RecordBatch& records);

  /// All bytes of the stream by what they were, the records first.
  ///
  /// Errors:  Conflict  some bytes are neither in a record nor left out by name
  [[nodiscard]] Result<std::vector<BytePart>> close(const ingest::StreamBytes& stream) const;

 private:
  [[nodiscard]] bool follows(const ingest::Place& place) const noexcept;

  bool has_no_gaps_;
  bool has_begun_ = false;
  std::uint64_t end_ = 0;  // Of the last record.
  std::uint64_t num_records_ = 0;
  std::uint64_t record_bytes_ = 0;
};

}  // namespace cip::service
