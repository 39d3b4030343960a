// ingest/json_reader.h: records out of JSON documents of any size, and out of JSON lines.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ingest/record_reader.h"

namespace cip::ingest {

/// Reads JSON with flat memory: only one block and the records in it are held.
///
/// Records:  spec.record says where they are (names and [*], from $). Every value there is a
/// record.
///           In JSON lines every line that is not blank is one.
/// Columns:  `wanted`, paths from the record: "CustomerId", "user.mail", "tags[0]", "$.a.b". A text
/// is
///           handed out without quotes and escapes; a number as it was written; true and false; an
///           object or array as its JSON text. null is Null, no such member is Missing. Of two
///           members with one name the last holds, as in ECMA-404's JavaScript.
/// Faults:   a record that is not JSON, not UTF-8, not an object, too deep or too large.
/// Errors:   InvalidArgument  a path that cannot be read, or a document that ends too early or
/// whose
///                            brackets do not match, with line and byte. What lies outside of the
///                            records is checked for brackets and strings only.
///           LimitExceeded    a document that is nested deeper than the limit
///           NotFound         the document is whole, and has nothing at the path
Result<std::unique_ptr<RecordReader>> open_json(std::unique_ptr<ByteSource> source,
                                                const FormatSpec& spec,
                                                std::vector<std::string> wanted);

}  // namespace cip::ingest
