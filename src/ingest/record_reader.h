// ingest/record_reader.h: a file, whatever its format, as a stream of batches of records.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ingest/byte_source.h"
#include "ingest/csv_format.h"
#include "ingest/record_batch.h"
#include "ingest/stream_bytes.h"

namespace cip::ingest {

enum class Format { Csv, Json, JsonLines, Xml };

[[nodiscard]] std::string_view name_of(Format format) noexcept;

/// "csv", "json", "jsonl", "ndjson", "xml".
[[nodiscard]] std::optional<Format> parse_format(std::string_view name);

/// How a file is to be read. What is left open is found out from the file.
struct FormatSpec {
  std::optional<Format> format;

  /// Where the records are. JSON: "$", "$[*]", "$.Customer[*]", "$.data.items[*]"; left empty, the
  /// elements of a top-level array, or the one document. XML: "/orders/order". CSV has no such
  /// thing.
  std::string record;

  CsvFormat csv;
  std::size_t batch_records = 1'000;  // At most so many in a batch; a batch may be shorter.
  Limits limits;
};

/// One named part of a record, as members() lists them.
struct Member {
  std::string name;  // Reads back as a path: "CustomerId", "@productId", "buyer".
  std::string text;
  FieldState state = FieldState::Missing;
  bool is_json = false;  // The text is JSON, not plain text: a number, true, an object, an array.
};

class RecordReader {
 public:
  RecordReader() = default;
  virtual ~RecordReader() = default;
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  /// The columns of every batch: for CSV those of the header, else the paths that were asked for.
  [[nodiscard]] virtual const std::vector<std::string>& columns() const noexcept = 0;

  /// Fills `batch` with the next records; false, and an empty batch, when there are no more. A
  /// failure means that the file as a whole is not fit to load, also what was handed on before.
  ///
  /// Errors:  InvalidArgument  cut short, not well-formed, a DOCTYPE; with line and byte
  ///          LimitExceeded    too deep, or unpacks to too much
  ///          Unavailable      the system could not read
  virtual Result<bool> next(RecordBatch& batch) = 0;

  /// Everything at the top of one record of the last batch: what a mapping did not ask for goes to
  /// `extra` from here. Columns of CSV; members of a JSON object; attributes ("@id") and child
  /// elements of XML, an element with parts of its own as a JSON object. Empty for a record with a
  /// fault.
  [[nodiscard]] virtual std::vector<Member> members(const RecordBatch& batch,
                                                    std::size_t record) const = 0;

  /// After the last record: all bytes of the stream, and what those were that are of no record.
  /// Readers of single records, which have no stream, have nothing to say here.
  [[nodiscard]] virtual StreamBytes stream_bytes() const { return {}; }

  /// How far it got in the stored file.
  [[nodiscard]] virtual const ByteSource& source() const noexcept = 0;
};

/// Opens a file for reading. `wanted` are the paths of JSON ("CustomerId", "user.mail", "tags[0]",
/// "$.a.b") or XML ("@productId", "name", "buyer/@id", "." for the text of the record itself) that
/// become columns; CSV has its own and ignores them.
///
/// Format:  as given; else by the name without .gz, .zst or .zip (csv, tsv, txt; json; jsonl,
/// ndjson; xml);
///          else by the first character that is not blank.
/// Errors:  as open_source() and decode(); InvalidArgument for a path that cannot be read, a header
///          without names, a CSV file most of which is not in the encoding said
Result<std::unique_ptr<RecordReader>> open_reader(const std::filesystem::path& path,
                                                  const FormatSpec& spec,
                                                  std::vector<std::string> wanted);

/// The format a file would be read in. Errors as open_source().
Result<Format> format_of(const std::filesystem::path& path);

/// The columns a file offers: those of a CSV header; for JSON and XML all names at the top of the
/// first `num_records` records, in the order of their first appearance. Errors as open_reader().
Result<std::vector<std::string>> offered_columns(const std::filesystem::path& path,
                                                 const FormatSpec& spec,
                                                 std::size_t num_records = 1'000);

}  // namespace cip::ingest
