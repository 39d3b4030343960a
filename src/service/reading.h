// service/reading.h: how the records of a file were read, as text for the ledger, and a reader that
// reads single records again from their own bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_fwd.h"
#include "base/result.h"
#include "ingest/record_batch.h"
#include "ingest/record_reader.h"
#include "warehouse/rejects.h"

namespace cip::service {

/// What has to be known to read a record without its file. Of CSV the columns of the header and the
/// marks; of JSON and XML only the path, for what is wanted from a record may have changed since.
struct Reading {
  ingest::Format format = ingest::Format::Csv;
  std::string record;
  char delimiter = ',';
  char quote = '"';
  char escape = '\0';  // None: a quote inside of quotes is doubled.
  std::vector<std::string> columns;
};

/// Watches a file being read, and finds the marks a reader has found for itself by reading one of
/// its records with each.
class ReadingNotes {
 public:
  ReadingNotes(const ingest::FormatSpec& spec, ingest::Format format,
               const std::vector<std::string>& columns);

  void look_at(const ingest::RecordBatch& records);

  /// For LoadTable::reading.
  [[nodiscard]] std::string text() const;

 private:
  Reading reading_;
  bool knows_delimiter_;
};

/// Errors:  Conflict  the run was loaded by a version that did not keep this
Result<Reading> reading_of(const warehouse::Reject& reject, std::string_view text);

/// Reads rejected records again, each from its own bytes with its patch laid over them. It stands
/// in for the reader of their file: a batch that it filled has the places the records had there.
class RejectReader final : public ingest::RecordReader {
 public:
  /// `wanted` are the columns of JSON and XML.
  RejectReader(Reading reading, std::vector<std::string> wanted);

  /// Adds a record to a batch that was cleared for as many columns as this has.
  void add(const warehouse::Reject& reject, ingest::RecordBatch& batch);

  [[nodiscard]] const Reading& reading() const noexcept { return reading_; }
  [[nodiscard]] const std::vector<std::string>& columns() const noexcept override {
    return columns_;
  }
  /// Nothing follows what was added.
  Result<bool> next(ingest::RecordBatch& batch) override;
  [[nodiscard]] std::vector<ingest::Member> members(const ingest::RecordBatch& batch,
                                                    std::size_t record) const override;
  [[nodiscard]] const ingest::ByteSource& source() const noexcept override { return *source_; }

 private:
  [[nodiscard]] Result<std::unique_ptr<ingest::RecordReader>> open(const std::string& bytes) const;
  [[nodiscard]] std::string wrapped(std::string_view raw) const;
  void add_found(const warehouse::Reject& reject, const ingest::RecordBatch& found,
                 ingest::RecordBatch& batch) const;

  Reading reading_;
  std::vector<std::string> columns_;
  std::unique_ptr<ingest::ByteSource> source_;
  std::unique_ptr<ingest::RecordReader> members_;  // Lists what is in the bytes of JSON and XML.
};

/// Whether a reject is faulty in form, so that its bytes do not tell which field is which.
[[nodiscard]] bool is_faulty_in_form(const warehouse::Reject& reject);

}  // namespace cip::service
