// http/status.h: how failures look from outside.
#pragma once

#include "base/result.h"
#include "http/message.h"

namespace cip::http {

[[nodiscard]] unsigned int status_of(Errc code) noexcept;

/// The JSON response for a failure.
[[nodiscard]] Response refusal(const Error& error);

}  // namespace cip::http
