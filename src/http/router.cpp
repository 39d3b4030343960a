#include "http/router.h"

#include <atomic>
#include <exception>
#include <optional>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "http/status.h"

namespace cip::http {
namespace {

// One part of a path against one part of a pattern: "{name}.csv" takes "sales.csv".
bool fits(std::string_view pattern, std::string_view part, PathValues& values) {
  const std::size_t open = pattern.find('{');
  if (open == std::string_view::npos) return pattern == part;
  const std::size_t close = pattern.find('}');
  const std::string_view before = pattern.substr(0, open);
  const std::string_view after = pattern.substr(close + 1);
  const bool is_long_enough = part.size() > before.size() + after.size();
  if (!is_long_enough || !part.starts_with(before) || !part.ends_with(after)) return false;
  const std::string_view value =
      part.substr(before.size(), part.size() - before.size() - after.size());
  values[std::string(pattern.substr(open + 1, close - open - 1))] = value;
  return true;
}

std::optional<PathValues> values_of(std::string_view pattern, std::string_view path) {
  const auto wanted = split(pattern, '/');
  const auto parts = split(path, '/');
  if (wanted.size() != parts.size()) return std::nullopt;
  PathValues values;
  for (std::size_t at = 0; at < parts.size(); ++at) {
    if (!fits(wanted[at], parts[at], values)) return std::nullopt;
  }
  return values;
}

Response plain_refusal(unsigned int status, std::string_view code, const std::string& message) {
  return {.status = status,
          .body = to_text(JsonObject{{"error", JsonObject{{"code", code}, {"message", message}}}})};
}

Response run(const Route& route, const Request& request, const PathValues& values) {
  try {
    auto response = route.handler(request, values);
    if (response) return std::move(response).value();
    return refusal(response.error());
  } catch (const std::exception& error) {
    static std::atomic<unsigned int> last_id = 0;
    const unsigned int id = ++last_id;
    log(LogLevel::Error, fmt::format("fault {} in {}: {}", id, route.operation_id, error.what()));
    return plain_refusal(500, "internal",
                         fmt::format("this is a bug, number {} in the log of the server", id));
  }
}

}  // namespace

bool Router::knows(std::string_view path) const {
  for (const Route& route : routes_) {
    if (values_of(route.pattern, path)) return true;
  }
  return false;
}

Response Router::answer(const Request& request) const {
  std::string allowed;
  for (const Route& route : routes_) {
    const auto values = values_of(route.pattern, request.path);
    if (!values) continue;
    if (route.method == request.method) return run(route, request, *values);
    allowed = route.method == Method::Get ? "GET, HEAD" : "POST";
  }
  if (!allowed.empty()) {
    Response refused =
        plain_refusal(405, "method_not_allowed", fmt::format("this path takes {}", allowed));
    refused.headers.emplace_back("Allow", allowed);  // RFC 9110, 15.5.6: it must be there.
    return refused;
  }
  return plain_refusal(404, "not_found", fmt::format("nothing is at {}", request.path));
}

}  // namespace cip::http
