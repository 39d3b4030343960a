#include "http/data_api.h"

#include <string>
#include <utility>

#include "base/json.h"
#include "base/text.h"
#include "http/handler.h"
#include "service/rejects.h"
#include "service/runs.h"

namespace cip::http {
namespace {

constexpr std::int64_t kDefaultRejects = 50;
constexpr std::int64_t kMostRejects = 1'000;
constexpr std::int64_t kDefaultRuns = 50;
constexpr std::int64_t kMostRuns = 500;

Result<std::int64_t> limit_of(const Request& request, std::int64_t otherwise, std::int64_t most) {
  const std::string_view text = request.parameter("limit");
  if (text.empty()) return otherwise;
  CIP_TRY_ASSIGN(const std::int64_t limit, whole_number("limit", text));
  if (limit >= 0 && limit <= most) return limit;
  return fail(Errc::InvalidArgument, fmt::format("limit is {}, wanted 0 to {}", limit, most));
}

Result<Response> list_rejects(const Site& site, const Request& request) {
  CIP_TRY_ASSIGN(const std::int64_t limit, limit_of(request, kDefaultRejects, kMostRejects));
  JsonObject wanted;
  for (const std::string_view name : {"source", "table", "cause", "status"}) {
    if (const auto text = request.parameter(name); !text.empty()) wanted[name] = text;
  }
  if (const auto text = request.parameter("run"); !text.empty()) {
    CIP_TRY_ASSIGN(const std::int64_t run, whole_number("run", text));
    wanted["run"] = run;
  }
  CIP_TRY_ASSIGN(const auto filter, service::reject_filter(wanted));
  return as_response(service::list_rejects(*site.platform, site.visitor, filter, limit));
}

Result<Response> discard_rejects(const Site& site, const Request& request) {
  CIP_TRY_ASSIGN(const Json body, parse_json(request.body));
  CIP_TRY_ASSIGN(const auto filter, service::reject_filter(body));
  return as_response(service::discard_rejects(*site.platform, site.visitor, filter));
}

Result<Response> repair_reject(const Site& site, const Request& request, const PathValues& values) {
  CIP_TRY_ASSIGN(const std::int64_t id, whole_number("a reject", values.find("id")->second));
  CIP_TRY_ASSIGN(const Json body, parse_json(request.body));
  return as_response(service::repair_reject(*site.platform, site.visitor, id, body));
}

Result<Response> replay_rejects(const Site& site, const Request& request) {
  // Refused here and not in the job, so that whoever may not hears it at once.
  CIP_TRY(account::require(site.visitor, account::Permission::LoadData));
  CIP_TRY_ASSIGN(const Json body, parse_json(request.body));
  CIP_TRY_ASSIGN(const auto filter, service::reject_filter(body));
  CIP_TRY_ASSIGN(const std::int64_t job,
                 site.jobs->start("replay", [&site, filter](Progress& progress) -> Result<void> {
                   CIP_TRY(service::replay_rejects(*site.platform, site.visitor, filter, progress));
                   return {};
                 }));
  return json_response(JsonObject{{"job_id", std::to_string(job)}}, 202);
}

Result<Response> list_runs(const Site& site, const Request& request) {
  CIP_TRY_ASSIGN(const std::int64_t limit, limit_of(request, kDefaultRuns, kMostRuns));
  return as_response(service::list_runs(*site.platform, site.visitor, limit));
}

Result<Response> publish_run(const Site& site, std::int64_t run_id) {
  CIP_TRY(account::require(site.visitor, account::Permission::LoadData));
  CIP_TRY_ASSIGN(const std::int64_t job,
                 site.jobs->start("publish", [&site, run_id](Progress& progress) -> Result<void> {
                   CIP_TRY(service::publish_run(*site.platform, site.visitor, run_id, progress));
                   return {};
                 }));
  return json_response(JsonObject{{"job_id", std::to_string(job)}}, 202);
}

// A decision about one run.
Route decision(const Site& site, const std::string& name,
               Result<Response> (*decide)(const Site&, std::int64_t)) {
  return {Method::Post, "/api/v1/runs/{id}/" + name, name + "_run",
          [&site, decide](const Request&, const PathValues& values) -> Result<Response> {
            CIP_TRY_ASSIGN(const std::int64_t id, whole_number("a run", values.find("id")->second));
            return decide(site, id);
          }};
}

}  // namespace

std::vector<Route> data_routes(const Site& site) {
  return {
      {Method::Get, "/api/v1/rejects", "list_rejects",
       [&site](const Request& request, const PathValues&) { return list_rejects(site, request); }},
      {Method::Post, "/api/v1/rejects/replay", "replay_rejects",
       [&site](const Request& request, const PathValues&) {
         return replay_rejects(site, request);
       }},
      {Method::Post, "/api/v1/rejects/discard", "discard_rejects",
       [&site](const Request& request, const PathValues&) {
         return discard_rejects(site, request);
       }},
      {Method::Post, "/api/v1/rejects/{id}/repair", "repair_reject",
       [&site](const Request& request, const PathValues& values) {
         return repair_reject(site, request, values);
       }},
      {Method::Get, "/api/v1/runs", "list_runs",
       [&site](const Request& request, const PathValues&) { return list_runs(site, request); }},
      decision(site, "publish", publish_run),
      decision(site, "discard",
               [](const Site& of, std::int64_t id) {
                 return as_response(service::discard_run(*of.platform, of.visitor, id));
               }),
      decision(site, "undo",
               [](const Site& of, std::int64_t id) {
                 return as_response(service::undo_run(*of.platform, of.visitor, id));
               }),
  };
}

}  // namespace cip::http
