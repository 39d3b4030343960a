// ingest/csv_reader.h: delimited text, as RFC 4180 has it and as the world writes it.
#pragma once

#include <memory>

#include "ingest/csv_block.h"
#include "ingest/record_reader.h"

namespace cip::ingest {

/// Hands on runs of records that need no care as they stand, beside the batches of all others.
class CsvBlockReader : public RecordReader {
 public:
  /// The records in front, if the next is whole and plain; else none, and next() has it.
  ///
  /// Errors:  as RecordReader::next()
  virtual Result<CsvBlock> next_block(std::size_t max_records) = 0;
};

/// Reads CSV with flat memory: structure first (csv_structure.h), then fields.
///
/// Takes:    quoted fields with doubled quotes, delimiters and line ends in them; LF, CR LF and CR,
/// also
///           mixed; a byte order mark; a last line without an end. A blank line is not a record,
///           unless there is only one column. A quote inside a field that does not start with one
///           is text.
/// Faults:   a record with more or fewer fields than the header, with an unpaired quote, with bytes
///           that are not UTF-8 or are NUL, or larger than the limit. An unpaired quote spoils its
///           own line and nothing else: a record that closes its quote lines later with the wrong
///           number of fields, or never within the limit, ends at its first line end.
/// Columns:  a column without a name is called column_N (from 1); a name that was there before gets
///           its number as a suffix, Name_2.
/// Errors:   InvalidArgument  no header, a header that is not UTF-8, delimiter and quote the same,
/// or
///                            more than a tenth of the first lines not in the encoding said
Result<std::unique_ptr<RecordReader>> open_csv(std::unique_ptr<ByteSource> source,
                                               const FormatSpec& spec);
Result<std::unique_ptr<CsvBlockReader>> open_csv_blocks(std::unique_ptr<ByteSource> source,
                                                        const FormatSpec& spec);

}  // namespace cip::ingest
