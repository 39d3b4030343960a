// base/json.h: the one JSON value of the platform. Results, artefacts and API bodies are all this.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/json_fwd.h"
#include "base/result.h"

namespace cip {

/// Reads one JSON document: at most 64 levels deep, nothing after its end.
///
/// Errors:  InvalidArgument  not JSON; the message holds the byte where it stops being JSON
Result<Json> parse_json(std::string_view text);

/// The shortest JSON text of a value.
std::string to_text(const Json& value);

/// The same, two spaces an indent, for files and people.
std::string to_pretty_text(const Json& value);

/// A number, or null where there is none: JSON has no word for NaN and infinity.
Json json_number(double value);

/// A value, or null where there is none.
template <class T>
Json optional_json(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}
inline Json optional_json(const std::optional<double>& value) {
  return value ? json_number(*value) : Json(nullptr);
}

}  // namespace cip
