// ingest/extra.h: what no column of a table took, as one JSON object for each record.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/record_batch.h"
#include "ingest/record_reader.h"

namespace cip::ingest {

/// Shape:    an object by the names of the source, in their order. CSV knows text only, so that all
///           its values are texts; JSON keeps its types; an XML element with parts is an object.
/// Missing:  a field that is not there is left out, and so is empty text in CSV; null stays null.
/// Taken:    a column of CSV, or a member at the top of a record, that a mapping names. Of a member
///           that is taken in parts (user.mail) the whole stays, so that nothing is lost.
class ExtraWriter {
 public:
  ExtraWriter() = default;

  /// `taken` are the columns or paths that ended in some table.
  ExtraWriter(Format format, const std::vector<std::string>& columns,
              const std::vector<std::string>& taken);

  /// Writes the object of one record into `out`; nothing if there is nothing to keep.
  void write(const RecordBatch& batch, const RecordReader& reader, std::size_t record,
             std::string& out) const;

 private:
  struct Left {
    std::size_t column;
    std::string quoted_name;
  };

  void write_columns(const RecordBatch& batch, std::size_t record, std::string& out) const;
  void write_members(const RecordBatch& batch, const RecordReader& reader, std::size_t record,
                     std::string& out) const;

  bool is_csv_ = true;
  std::vector<Left> left_;                    // CSV.
  std::set<std::string, std::less<>> taken_;  // All others.
};

}  // namespace cip::ingest
