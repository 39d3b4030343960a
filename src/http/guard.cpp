#include "http/guard.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "http/status.h"

namespace cip::http {
namespace {

constexpr std::string_view kContentPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

bool is_own_authority(std::string_view authority, std::uint16_t port) {
  constexpr std::array<std::string_view, 3> kNames = {"localhost", "127.0.0.1", "[::1]"};
  const std::string lower = lowered(authority);  // RFC 9110, 4.2.3: a host has no case.
  return std::ranges::any_of(kNames, [&](std::string_view name) {
    return lower == fmt::format("{}:{}", name, port) || (port == 80 && lower == name);
  });
}

bool is_own_origin(std::string_view origin, std::uint16_t port) {
  constexpr std::string_view kScheme = "http://";
  return origin.starts_with(kScheme) && is_own_authority(origin.substr(kScheme.size()), port);
}

// Neither of the two can be sent by a form, or by a script of another site without asking first.
bool is_declared(const Request& request) {
  const std::string_view whole = request.content_type;
  const std::string type = lowered(trimmed(whole.substr(0, whole.find(';'))));
  return type == (request.path == kUploadPath ? "application/octet-stream" : "application/json");
}

Response forbidden(const std::string& message) { return refusal({Errc::Forbidden, message}); }

}  // namespace

std::optional<Response> refuse_foreign(const Request& request, std::uint16_t port) {
  if (!is_own_authority(request.host, port)) {
    return forbidden("this server answers on its own address only");
  }
  if (request.method == Method::Get) return std::nullopt;
  if (!request.origin.empty() && !is_own_origin(request.origin, port)) {
    return forbidden("requests from other sites are not taken");
  }
  if (is_declared(request)) return std::nullopt;
  Response response =
      refusal({Errc::InvalidArgument, request.path == kUploadPath
                                          ? "wanted Content-Type: application/octet-stream"
                                          : "wanted Content-Type: application/json"});
  response.status = 415;
  return response;
}

void add_security_headers(Response& response) {
  const auto says = [&response](std::string_view name) {
    return std::ranges::any_of(response.headers,
                               [name](const auto& header) { return header.first == name; });
  };
  if (!says("Cache-Control")) response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("Content-Security-Policy", kContentPolicy);
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("X-Frame-Options", "DENY");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
}

}  // namespace cip::http
