#include "http/api.h"

#include <optional>
#include <string>

#include "base/json.h"
#include "base/text.h"
#include "http/data_api.h"
#include "http/handler.h"
#include "http/text_api.h"
#include "http/upload_api.h"
#include "service/analysis.h"
#include "service/asking.h"
#include "service/customers.h"
#include "service/drilling.h"
#include "service/learning.h"
#include "service/monitoring.h"
#include "service/profiling.h"
#include "service/reporting.h"
#include "service/sql_asking.h"

namespace cip::embedded {
extern const std::string_view openapi_json;  // NOLINT(readability-identifier-naming): cip_embed().
}

namespace cip::http {
namespace {

constexpr std::int64_t kDefaultCustomers = 20;
constexpr std::int64_t kMostCustomers = 100;
constexpr std::uint64_t kSeed = 42;

Response csv_response(std::string csv, const std::string& file_name) {
  return {.content_type = "text/csv; charset=utf-8",
          .body = std::move(csv),
          .headers = {
              {"Content-Disposition", fmt::format("attachment; filename=\"{}.csv\"", file_name)}}};
}

Result<Response> run_queries(const Site& site, const Request& request) {
  CIP_TRY_ASSIGN(const Json body, parse_json(request.body));
  CIP_TRY_ASSIGN(const auto queries, service::queries_from_json(body));
  return as_response(service::answer_page(*site.platform, site.visitor, queries, request.stop));
}

Result<Response> ask(const Site& site, const Request& request) {
  return as_response(
      service::answer_json(*site.platform, site.visitor, request.query, request.stop));
}

Result<Response> download_query(const Site& site, const Request& request) {
  CIP_TRY_ASSIGN(const Json json, parse_json(request.parameter("query")));
  CIP_TRY_ASSIGN(auto query, query::query_from_json(json));
  CIP_TRY_ASSIGN(std::string csv,
                 service::answer_csv(*site.platform, site.visitor, std::move(query)));
  return csv_response(std::move(csv), "query");
}

Result<Response> drill(const Site& site, const Request& request) {
  CIP_TRY_ASSIGN(const Json body, parse_json(request.body));
  CIP_TRY_ASSIGN(const auto wanted, service::rows_request_from_json(body));
  return as_response(service::drill_rows(*site.platform, site.visitor, wanted));
}

Result<Response> download_rows(const Site& site, const Request& request) {
  CIP_TRY_ASSIGN(const Json json, parse_json(request.parameter("rows")));
  CIP_TRY_ASSIGN(const auto wanted, service::rows_request_from_json(json));
  CIP_TRY_ASSIGN(std::string csv, service::rows_text(*site.platform, site.visitor, wanted, "csv"));
  return csv_response(std::move(csv), "rows");
}

// {"sql":"SELECT ..","format":"json"}; csv is the other format.
Result<Response> run_sql(const Site& site, const Request& request) {
  CIP_TRY_ASSIGN(const Json body, parse_json(request.body));
  const auto* const object = body.if_object();
  const Json* const sql = object == nullptr ? nullptr : object->if_contains("sql");
  const Json* const format = object == nullptr ? nullptr : object->if_contains("format");
  const bool has_texts =
      sql != nullptr && sql->is_string() && (format == nullptr || format->is_string());
  if (!has_texts) {
    return fail(Errc::InvalidArgument,
                "wanted {\"sql\": \"SELECT ..\"}, and \"format\" json or csv");
  }
  const std::string statement(sql->as_string());
  const std::string wanted(format == nullptr ? "json" : format->as_string());
  if (wanted == "json")
    return as_response(service::ask_sql(*site.platform, site.visitor, statement));
  if (wanted != "csv") {
    return fail(Errc::InvalidArgument,
                unknown_name_message("format", wanted, std::vector<std::string>{"json", "csv"}));
  }
  CIP_TRY_ASSIGN(std::string csv,
                 service::sql_text(*site.platform, site.visitor, statement, "csv"));
  return csv_response(std::move(csv), "sql");
}

Result<Response> analyze(const Site& site, const Request& request, std::string_view name) {
  CIP_TRY_ASSIGN(const Json body, parse_json(request.body));
  CIP_TRY_ASSIGN(const auto wanted, service::analysis_from_json(body));
  return as_response(service::analyze(*site.platform, site.visitor, name, wanted));
}

Result<Response> predict(const Site& site, const Request& request, const PathValues& values) {
  CIP_TRY_ASSIGN(const Json body, parse_json(request.body));
  CIP_TRY_ASSIGN(const auto wanted, service::prediction_from_json(body));
  return as_response(
      service::predict(*site.platform, site.visitor, values.find("task")->second, wanted));
}

Result<Response> list_customers(const Site& site, const Request& request) {
  std::int64_t limit = kDefaultCustomers;
  if (const auto text = request.parameter("limit"); !text.empty()) {
    CIP_TRY_ASSIGN(limit, whole_number("limit", text));
  }
  if (limit < 1 || limit > kMostCustomers) {
    return fail(Errc::InvalidArgument,
                fmt::format("limit is {}, wanted 1 to {}", limit, kMostCustomers));
  }
  return as_response(service::find_customers(*site.platform, site.visitor,
                                             std::string(request.parameter("search")),
                                             static_cast<std::size_t>(limit)));
}

Result<Response> get_customer(const Site& site, const PathValues& values) {
  CIP_TRY_ASSIGN(const std::int64_t id, whole_number("a customer", values.find("id")->second));
  return as_response(service::describe_customer(*site.platform, site.visitor, id));
}

Result<service::ReportRequest> wanted_report(const Request& request, const PathValues& values) {
  return service::report_request(values.find("name")->second, request.parameter("from"),
                                 request.parameter("to"));
}

Result<Response> get_report(const Site& site, const Request& request, const PathValues& values) {
  CIP_TRY_ASSIGN(const auto wanted, wanted_report(request, values));
  return as_response(service::make_report(*site.platform, site.visitor, wanted));
}

Result<Response> download_report(const Site& site, const Request& request,
                                 const PathValues& values) {
  CIP_TRY_ASSIGN(const auto wanted, wanted_report(request, values));
  CIP_TRY_ASSIGN(std::string csv, service::export_report(*site.platform, site.visitor, wanted));
  return csv_response(std::move(csv), wanted.name);
}

Result<Response> train(const Site& site) {
  // Refused here and not in the job, so that whoever may not train hears it at once.
  CIP_TRY(account::require(site.visitor, account::Permission::TrainModels));
  CIP_TRY_ASSIGN(const std::int64_t job,
                 site.jobs->start("train", [&site](Progress& progress) -> Result<void> {
                   CIP_TRY(service::train(*site.platform, site.visitor, kSeed, progress));
                   return {};
                 }));
  return json_response(JsonObject{{"job_id", std::to_string(job)}}, 202);
}

Result<Response> get_job(const Site& site, const PathValues& values) {
  CIP_TRY_ASSIGN(const std::int64_t id, whole_number("a job", values.find("id")->second));
  return as_response(site.jobs->describe(id));
}

std::vector<Route> question_routes(const Site& site) {
  std::vector<Route> routes = {
      {Method::Get, "/api/v1/workspace", "get_workspace",
       [&site](const Request&, const PathValues&) {
         return as_response(service::describe_workspace(*site.platform, site.visitor));
       }},
      {Method::Post, "/api/v1/query", "run_queries",
       [&site](const Request& request, const PathValues&) { return run_queries(site, request); }},
      {Method::Get, "/api/v1/query", "ask",
       [&site](const Request& request, const PathValues&) { return ask(site, request); }},
      {Method::Get, "/api/v1/query.csv", "download_query",
       [&site](const Request& request, const PathValues&) {
         return download_query(site, request);
       }},
      {Method::Post, "/api/v1/rows", "drill_rows",
       [&site](const Request& request, const PathValues&) { return drill(site, request); }},
      {Method::Get, "/api/v1/rows.csv", "download_rows",
       [&site](const Request& request, const PathValues&) { return download_rows(site, request); }},
      {Method::Post, "/api/v1/sql", "run_sql",
       [&site](const Request& request, const PathValues&) { return run_sql(site, request); }},
      {Method::Get, "/api/v1/customers", "list_customers",
       [&site](const Request& request, const PathValues&) {
         return list_customers(site, request);
       }},
      {Method::Get, "/api/v1/customers/{id}", "get_customer",
       [&site](const Request&, const PathValues& values) { return get_customer(site, values); }},
  };
  for (const std::string& name : service::analysis_names()) {
    routes.push_back({Method::Post, "/api/v1/analysis/" + name, "analyse_" + name,
                      [&site, name](const Request& request, const PathValues&) {
                        return analyze(site, request, name);
                      }});
  }
  return routes;
}

std::vector<Route> model_routes(const Site& site) {
  return {
      {Method::Get, "/api/v1/models", "get_models",
       [&site](const Request&, const PathValues&) {
         return as_response(service::describe_models(*site.platform, site.visitor));
       }},
      {Method::Post, "/api/v1/predict/{task}", "predict",
       [&site](const Request& request, const PathValues& values) {
         return predict(site, request, values);
       }},
      {Method::Post, "/api/v1/train", "train",
       [&site](const Request&, const PathValues&) { return train(site); }},
      {Method::Get, "/api/v1/jobs/{id}", "get_job",
       [&site](const Request&, const PathValues& values) { return get_job(site, values); }},
  };
}

// The number of a run in a parameter; none where it is left out.
Result<std::optional<std::int64_t>> wanted_run(const Request& request, std::string_view name) {
  const auto text = request.parameter(name);
  if (text.empty()) return std::optional<std::int64_t>();
  CIP_TRY_ASSIGN(const std::int64_t run, whole_number(name, text));
  return std::optional<std::int64_t>(run);
}

Result<Response> compare_quality(const Site& site, const Request& request) {
  CIP_TRY_ASSIGN(const auto run, wanted_run(request, "run"));
  CIP_TRY_ASSIGN(const auto against, wanted_run(request, "against"));
  if (!run) return fail(Errc::InvalidArgument, "run is missing: the number of a load");
  return as_response(service::compare_quality(*site.platform, site.visitor, *run, against));
}

Result<Response> accept_quality(const Site& site, const Request& request) {
  CIP_TRY_ASSIGN(const Json body, parse_json(request.body));
  const auto* const object = body.if_object();
  const Json* const run = object == nullptr ? nullptr : object->if_contains("run_id");
  const Json* const note = object == nullptr ? nullptr : object->if_contains("note");
  if (run == nullptr || !run->is_int64() || (note != nullptr && !note->is_string())) {
    return fail(Errc::InvalidArgument,
                "wanted {\"run_id\": 12, \"note\": \"why\"}: run_id is the number of a load, "
                "note a text that may be left out");
  }
  return as_response(
      service::accept_quality(*site.platform, site.visitor, run->as_int64(),
                              note == nullptr ? "" : std::string(note->as_string())));
}

Result<Response> get_profile(const Site& site, const Request& request) {
  service::ProfileRequest wanted{.table = std::string(request.parameter("table")),
                                 .column = std::string(request.parameter("column")),
                                 .run = {},
                                 .against = {}};
  CIP_TRY_ASSIGN(wanted.run, wanted_run(request, "run"));
  CIP_TRY_ASSIGN(wanted.against, wanted_run(request, "against"));
  return as_response(service::describe_profile(*site.platform, site.visitor, wanted));
}

std::vector<Route> quality_routes(const Site& site) {
  return {
      {Method::Get, "/api/v1/quality", "get_quality",
       [&site](const Request&, const PathValues&) {
         return as_response(service::describe_quality(*site.platform, site.visitor));
       }},
      {Method::Get, "/api/v1/quality/change", "get_quality_change",
       [&site](const Request& request, const PathValues&) {
         return compare_quality(site, request);
       }},
      {Method::Post, "/api/v1/quality/accept", "accept_quality",
       [&site](const Request& request, const PathValues&) {
         return accept_quality(site, request);
       }},
      {Method::Get, "/api/v1/profile", "get_profile",
       [&site](const Request& request, const PathValues&) { return get_profile(site, request); }},
  };
}

std::vector<Route> page_routes(const Site& site) {
  return {
      {Method::Get, "/api/v1/reports", "list_reports",
       [](const Request&, const PathValues&) -> Result<Response> {
         return json_response(service::list_reports());
       }},
      {Method::Get, "/api/v1/reports/{name}.csv", "download_report",
       [&site](const Request& request, const PathValues& values) {
         return download_report(site, request, values);
       }},
      {Method::Get, "/api/v1/reports/{name}", "get_report",
       [&site](const Request& request, const PathValues& values) {
         return get_report(site, request, values);
       }},
      {Method::Get, "/api/v1/openapi.json", "get_openapi",
       [](const Request&, const PathValues&) -> Result<Response> {
         return Response{.static_body = openapi_text()};
       }},
      {Method::Get, "/healthz", "get_health",
       [](const Request&, const PathValues&) -> Result<Response> {
         return json_response(JsonObject{{"status", "ok"}});
       }},
  };
}

}  // namespace

std::string_view openapi_text() noexcept { return embedded::openapi_json; }

Router make_api(const Site& site) {
  std::vector<Route> routes;
  for (auto part : {question_routes, model_routes, quality_routes, page_routes, data_routes,
                    text_routes, upload_routes}) {
    for (Route& route : part(site)) routes.push_back(std::move(route));
  }
  return Router(std::move(routes));
}

}  // namespace cip::http
