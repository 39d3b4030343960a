// cli/json_text.h: members of JSON as they are printed; what is not there is null or empty.
#pragma once

#include <string>
#include <string_view>

#include "base/json_fwd.h"

namespace cip::cli {

/// A value in a table: "-" for null, numbers with the digits that matter.
std::string cell_text(const Json& value);

const Json& member(const Json& of, std::string_view name);
const JsonArray& list(const Json& of, std::string_view name);

/// The member as cell_text().
std::string text(const Json& of, std::string_view name);

}  // namespace cip::cli
