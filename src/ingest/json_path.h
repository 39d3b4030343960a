// ingest/json_path.h: paths into JSON, such as $.data.items[*] and user.tags[0].
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cip::ingest {

/// A step goes to a member by name, to one element of an array, or to all of them.
struct JsonStep {
  enum class Kind { Name, Index, All };
  Kind kind;
  std::string name;
  std::size_t index = 0;
  bool operator==(const JsonStep&) const = default;
};

/// Reads a path. A leading $ is optional; a name in brackets and quotes may hold anything:
/// $['a.b'].
///
/// Errors:  InvalidArgument  it cannot be read; the message holds the path
Result<std::vector<JsonStep>> parse_json_path(std::string_view path);

}  // namespace cip::ingest
