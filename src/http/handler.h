// http/handler.h: what handlers answer with.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/json.h"
#include "base/number.h"
#include "base/result.h"
#include "base/text.h"
#include "http/message.h"

namespace cip::http {

/// A body of JSON.
inline Response json_response(const Json& json, unsigned int status = 200) {
  return {.status = status, .body = to_text(json)};
}

/// What a use case gave, as it is.
inline Result<Response> as_response(const Result<Json>& json) {
  if (!json) return Failure{json.error()};
  return json_response(*json);
}

/// Errors:  InvalidArgument  says what wanted a whole number, and what it got
inline Result<std::int64_t> whole_number(std::string_view name, std::string_view text) {
  const auto number = parse_int(text);
  if (number) return *number;
  return fail(Errc::InvalidArgument,
              fmt::format("{} wants a whole number, got '{}'", name, text.substr(0, 40)));
}

}  // namespace cip::http
