#include "http/text_api.h"

#include <string>

#include "base/json.h"
#include "base/text.h"
#include "http/handler.h"
#include "service/inspecting.h"
#include "service/texts.h"

namespace cip::http {
namespace {

constexpr std::int64_t kDefaultShown = 20;
constexpr std::int64_t kMostShown = 200;

Result<std::size_t> limit_of(const Request& request) {
  std::int64_t limit = kDefaultShown;
  if (const auto text = request.parameter("limit"); !text.empty()) {
    CIP_TRY_ASSIGN(limit, whole_number("limit", text));
  }
  if (limit >= 1 && limit <= kMostShown) return static_cast<std::size_t>(limit);
  return fail(Errc::InvalidArgument, fmt::format("limit is {}, wanted 1 to {}", limit, kMostShown));
}

Result<Response> count_words(const Site& site, const Request& request) {
  CIP_TRY_ASSIGN(const std::size_t limit, limit_of(request));
  return as_response(service::text_words(*site.platform, site.visitor, limit));
}

Result<Response> search_texts(const Site& site, const Request& request) {
  CIP_TRY_ASSIGN(const std::size_t limit, limit_of(request));
  const service::TextSearch search{.wanted = std::string(request.parameter("search")),
                                   .limit = limit};
  return as_response(service::search_texts(*site.platform, site.visitor, search));
}

}  // namespace

std::vector<Route> text_routes(const Site& site) {
  return {
      {Method::Get, "/api/v1/texts", "search_texts",
       [&site](const Request& request, const PathValues&) { return search_texts(site, request); }},
      {Method::Get, "/api/v1/texts/words", "get_text_words",
       [&site](const Request& request, const PathValues&) { return count_words(site, request); }},
      {Method::Get, "/api/v1/inspect", "inspect_file",
       [&site](const Request& request, const PathValues&) {
         return as_response(service::inspect_inside(*site.platform, site.visitor,
                                                    std::string(request.parameter("file"))));
       }},
  };
}

}  // namespace cip::http
