// query/attributes.h: the columns hidden in a column of JSON objects.
#pragma once

#include <string>
#include <vector>

#include "base/json_fwd.h"
#include "frame/column.h"

namespace cip::query {

/// A text column per name that occurs in the objects, ordered by name. A cell that is null, no JSON
/// or no object has no attributes.
[[nodiscard]] std::vector<frame::Column> extract_attributes(const frame::Column& objects);

/// A value as text, as SQLite writes it: 12, 12.5, 1.0e+20; true and false; lists and objects as
/// JSON.
[[nodiscard]] std::string attribute_text(const Json& value);

}  // namespace cip::query
