// base/json_fwd.h: the names of the JSON values, for headers that only pass them on. The full types
// cost a second in every file that sees them.
#pragma once

#include <boost/json/fwd.hpp>

namespace cip {

using Json = boost::json::value;
using JsonObject = boost::json::object;
using JsonArray = boost::json::array;

}  // namespace cip
