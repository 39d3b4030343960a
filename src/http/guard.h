// http/guard.h: what is refused before any handler sees it, and what every response says.
#pragma once

#include <cstdint>
#include <optional>

#include "http/message.h"

namespace cip::http {

/// A refusal, if the request must not reach a handler:
///   - its Host is not this machine's loopback name and port: a page elsewhere that made its own
///   name
///     point here (DNS rebinding) gets nothing;
///   - it changes something and comes from another origin, or its body is not declared
///     as JSON (as bytes where a file is uploaded), which a form of another site could not do
///     without asking first (CSRF).
[[nodiscard]] std::optional<Response> refuse_foreign(const Request& request, std::uint16_t port);

/// Adds the security headers: a strict content policy, no sniffing, no framing, no referrer, and no
/// storing unless the response allows it.
void add_security_headers(Response& response);

}  // namespace cip::http
