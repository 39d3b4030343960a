// ingest/json_fields.h: the wanted members of JSON records.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ingest/json_keys.h"
#include "ingest/json_path.h"
#include "ingest/record_batch.h"

namespace cip::ingest {

/// One step of the wanted paths. Together they are a tree, so that a record is walked once for all
/// of them.
struct JsonField {
  JsonStep step;
  std::optional<std::size_t> column;
  std::vector<JsonField> children;
  JsonKeys keys;  // Of the objects met here.
};

/// Sets the fields of the last record of a batch. Two ways, one answer:
///
/// read_plain()  checks all of the record and finds its members in one pass, without making a tree
///               or a text of anything. What it does not take for plain JSON is for others to
///               judge, who know more and say what is wrong.
/// read_valid()  walks a record that was found valid.
class JsonFields {
 public:
  /// Errors:  InvalidArgument  a path that cannot be read, or leads to many values
  static Result<JsonFields> make(const std::vector<std::string>& paths, std::size_t max_depth);

  /// False if the record is not plain: fields may have been set all the same. Not plain is what is
  /// not JSON; an object nested deeper than 16, or than two below the limit; a number of more than
  /// 18 digits before its point or with an exponent of more than two; half of a surrogate pair.
  /// kReadAhead bytes behind the record must be readable.
  [[nodiscard]] bool read_plain(std::string_view record, RecordBatch& batch);

  void read_valid(std::string_view record, RecordBatch& batch) const;

 private:
  JsonField root_{};
  std::size_t max_depth_ = 0;
};

}  // namespace cip::ingest
