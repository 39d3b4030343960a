#include "http/upload_api.h"

#include <string>

#include "base/json.h"
#include "base/text.h"
#include "http/handler.h"
#include "service/uploading.h"

namespace cip::http {
namespace {

// The texts of a body that has just these.
Result<std::vector<std::string>> texts_of(const Request& request,
                                          const std::vector<std::string>& names) {
  CIP_TRY_ASSIGN(const Json body, parse_json(request.body));
  const auto* const object = body.if_object();
  std::vector<std::string> texts;
  for (const std::string& name : names) {
    const Json* const text = object == nullptr ? nullptr : object->if_contains(name);
    if (text == nullptr || !text->is_string()) {
      return fail(Errc::InvalidArgument,
                  fmt::format("wanted an object with the texts {}", fmt::join(names, " and ")));
    }
    texts.emplace_back(text->as_string());
  }
  return texts;
}

Result<Response> receive(const Site& site, const Request& request) {
  CIP_TRY(account::require(site.visitor, account::Permission::LoadData));
  if (request.body_file.empty()) {
    return fail(Errc::InvalidArgument, "wanted the bytes of a file as the body");
  }
  return as_response(service::finish_upload(
      *site.platform, site.visitor, std::string(request.parameter("name")), request.body_file));
}

Result<Response> check(const Site& site, const Request& request) {
  CIP_TRY_ASSIGN(const auto texts, texts_of(request, {"file", "mapping"}));
  return as_response(
      service::check_mapping(*site.platform, site.visitor, texts.front(), texts.back()));
}

Result<Response> preview(const Site& site, const Request& request) {
  // Refused here and not in the job, so that whoever may not hears it at once.
  CIP_TRY(account::require(site.visitor, account::Permission::LoadData));
  CIP_TRY_ASSIGN(const auto texts, texts_of(request, {"file", "mapping"}));
  CIP_TRY_ASSIGN(const std::int64_t job,
                 site.jobs->start("preview", [&site, texts](Progress& progress) -> Result<void> {
                   CIP_TRY(service::preview_upload(*site.platform, site.visitor, texts.front(),
                                                   texts.back(), progress));
                   return {};
                 }));
  return json_response(JsonObject{{"job_id", std::to_string(job)}}, 202);
}

Result<Response> discard(const Site& site, const Request& request) {
  CIP_TRY_ASSIGN(const auto texts, texts_of(request, {"file"}));
  return as_response(service::discard_upload(*site.platform, site.visitor, texts.front()));
}

}  // namespace

std::optional<Result<std::filesystem::path>> spool_of(const Site& site, const Request& head) {
  if (head.method != Method::Post || head.path != kUploadPath) return std::nullopt;
  return service::begin_upload(*site.platform, site.visitor, std::string(head.parameter("name")));
}

std::vector<Route> upload_routes(const Site& site) {
  return {
      {Method::Post, std::string(kUploadPath), "upload_file",
       [&site](const Request& request, const PathValues&) { return receive(site, request); }},
      {Method::Get, "/api/v1/uploads/mapping", "get_upload_mapping",
       [&site](const Request& request, const PathValues&) {
         return as_response(service::mapping_for_upload(*site.platform, site.visitor,
                                                        std::string(request.parameter("file"))));
       }},
      {Method::Post, "/api/v1/uploads/check", "check_upload_mapping",
       [&site](const Request& request, const PathValues&) { return check(site, request); }},
      {Method::Post, "/api/v1/uploads/preview", "preview_upload",
       [&site](const Request& request, const PathValues&) { return preview(site, request); }},
      {Method::Post, "/api/v1/uploads/discard", "discard_upload",
       [&site](const Request& request, const PathValues&) { return discard(site, request); }},
  };
}

}  // namespace cip::http
