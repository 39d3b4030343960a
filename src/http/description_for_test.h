// http/description_for_test.h: whether an answer is what the description of the API says it is.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace cip::http {

/// The first place where the body of an answer is not as openapi.json describes it, such as
/// "/tasks/0/version: 3 is no string"; empty if it is. What is not JSON is taken as it comes.
///
/// Knows what the description uses: $ref, type, enum, required, properties, additionalProperties,
/// items and oneOf.
[[nodiscard]] std::string departure_from_description(Method method, std::string_view path,
                                                     const Response& response);

}  // namespace cip::http
