#include "service/asking.h"

#include <algorithm>
#include <chrono>

#include "base/json.h"
#include "base/text.h"
#include "quality/score.h"
#include "query/explain.h"
#include "query/field.h"
#include "query/filter_text.h"
#include "query/memory_engine.h"
#include "query/sql_engine.h"
#include "service/drilling.h"
#include "service/empty_answer.h"
#include "service/monitoring.h"
#include "warehouse/ledger.h"

namespace cip::service {
namespace {

using Names = std::vector<std::string>;

std::string_view code_of(Errc code) {
  switch (code) {
    case Errc::InvalidArgument:
      return "invalid_argument";
    case Errc::NotFound:
      return "not_found";
    case Errc::Conflict:
      return "conflict";
    case Errc::Undefined:
      return "undefined";
    case Errc::Unavailable:
      return "unavailable";
    case Errc::LimitExceeded:
      return "limit_exceeded";
    case Errc::Forbidden:
      return "forbidden";
  }
  return "unavailable";
}

std::string_view name_of_good(model::Good good) {
  switch (good) {
    case model::Good::Up:
      return "up";
    case model::Good::Down:
      return "down";
    case model::Good::None:
      return "none";
  }
  return "none";
}

std::string table_of(const model::Model& model, const model::Metric& metric) {
  if (const auto* of = metric.is_derived() ? model.find_metric(metric.of) : nullptr) {
    return table_of(model, *of);
  }
  if (metric.expression.empty()) return metric.column.table;
  // The table of the first metric an expression names; what it is counted over.
  const std::size_t open = metric.expression.find('{');
  const std::size_t close = metric.expression.find('}', open);
  if (open == std::string::npos || close == std::string::npos) return {};
  const auto* part = model.find_metric(metric.expression.substr(open + 1, close - open - 1));
  return part == nullptr ? std::string() : table_of(model, *part);
}

JsonArray metrics_json(const model::Model& model) {
  JsonArray metrics;
  for (const model::Metric& metric : model.metrics) {
    metrics.push_back(JsonObject{{"name", metric.name},
                                 {"label", metric.label},
                                 {"description", metric.description},
                                 {"unit", metric.unit},
                                 {"good", name_of_good(metric.good)},
                                 {"additive", metric.is_additive},
                                 {"table", table_of(model, metric)}});
  }
  return metrics;
}

std::string_view kind_of(const model::Dimension& dimension, const query::Field& field) {
  if (dimension.grain) return "time";
  switch (field.type) {
    case Type::Date:
    case Type::Datetime:
      return "time";
    case Type::Integer:
    case Type::Number:
    case Type::Decimal:
      return "number";
    case Type::Boolean:
      return "boolean";
    case Type::Text:
      return "text";
  }
  return "text";
}

Result<JsonArray> dimensions_json(const model::Model& model) {
  JsonArray dimensions;
  for (const model::Dimension& dimension : model.dimensions) {
    CIP_TRY_ASSIGN(const query::Field field, query::describe(model, dimension.name));
    JsonObject json{{"name", dimension.name},
                    {"label", dimension.label},
                    {"description", dimension.description},
                    {"kind", kind_of(dimension, field)},
                    {"table", field.table},
                    {"pii", field.is_personal}};
    if (dimension.grain) json["grain"] = name_of(*dimension.grain);
    dimensions.push_back(std::move(json));
  }
  return dimensions;
}

Result<JsonObject> data_json(Platform& platform, const account::Identity& who) {
  CIP_TRY_ASSIGN(const auto view, platform.view(who));
  const auto& dataset = view->dataset();
  JsonArray tables;
  for (const model::TableDef& table : platform.model().tables) {
    tables.push_back(JsonObject{
        {"name", table.name}, {"label", table.label}, {"rows", dataset->num_rows(table.name)}});
  }
  Json loaded_at;
  CIP_TRY(platform.with_database([&loaded_at](sql::Connection& database) -> Result<void> {
    CIP_TRY_ASSIGN(const auto last, warehouse::last_published(database));
    if (last) loaded_at = instant_text(last->finished_at);
    return {};
  }));
  const auto days = dataset->days();
  return JsonObject{{"snapshot", dataset->snapshot()},
                    {"loaded_at", loaded_at},
                    {"from", days ? Json(date_text(days->first)) : Json(nullptr)},
                    {"to", days ? Json(date_text(days->last)) : Json(nullptr)},
                    {"tables", std::move(tables)}};
}

// The parts that are said replace those of the whole.
Result<query::Query> query_of(const TypedQuestion& question) {
  if (question.whole.empty()) return query::query_from_parameters(question.parts);
  query::Query whole;
  if (trimmed(question.whole).starts_with('{')) {
    CIP_TRY_ASSIGN(const Json json, parse_json(question.whole));
    CIP_TRY_ASSIGN(whole, query::query_from_json(json));
  } else {
    CIP_TRY_ASSIGN(whole, query::query_from_url(question.whole));
  }
  query::Parameters parts = question.parts;
  for (const auto& [name, text] : query::to_parameters(whole)) {
    const bool is_said = std::ranges::any_of(
        question.parts, [&name = name](const auto& part) { return part.first == name; });
    if (!is_said) parts.emplace_back(name, text);
  }
  return query::query_from_parameters(parts);
}

Result<std::string> in_form(const query::Query& query, const std::string& form) {
  if (form == "json") return to_pretty_text(query::to_json(query));
  if (form == "url") return query::to_url(query) + "\n";
  if (form == "cli") return query::to_command_line(query) + "\n";
  return fail(Errc::InvalidArgument,
              unknown_name_message("form", form, Names{"json", "url", "cli"}));
}

Result<Engine> engine_of(const std::string& name) {
  if (name == "memory") return Engine::Memory;
  if (name == "sql") return Engine::Sql;
  return fail(Errc::InvalidArgument, fmt::format("engine wants memory or sql, got '{}'", name));
}

}  // namespace

Json error_json(const Error& error) {
  return JsonObject{
      {"error", JsonObject{{"code", code_of(error.code)}, {"message", error.message}}}};
}

Result<void> check_may_see(const Platform& platform, const account::Identity& who,
                           const query::Query& query) {
  CIP_TRY(account::require(who, account::Permission::ViewNumbers));
  if (account::may(who, account::Permission::ViewPersonalData)) return {};
  CIP_TRY_ASSIGN(const std::vector<std::string> personal,
                 query::personal_fields(platform.model(), query));
  if (personal.empty()) return {};
  return fail(Errc::Forbidden,
              fmt::format("{} is personal data: the role {} may not see it, steward and above may",
                          joined(personal, ", "), name_of(who.role)));
}

namespace {

// Says in an answer without rows what emptied it.
Result<void> explain_nothing(View& view, const query::Query& query, query::Answer& answer) {
  if (!is_empty(query, answer)) return {};
  CIP_TRY_ASSIGN(std::string reason, why_empty(view, query, answer));
  answer.notes.push_back(std::move(reason));
  return {};
}

query::RunOptions run_options(const std::stop_token& stop) {
  return {.stop = stop, .deadline = std::chrono::steady_clock::now() + kMostTime};
}

}  // namespace

Result<query::Answer> answer(Platform& platform, const account::Identity& who,
                             const query::Query& query, Engine engine,
                             const std::stop_token& stop) {
  CIP_TRY(check_may_see(platform, who, query));
  if (engine == Engine::Memory) {
    CIP_TRY_ASSIGN(const auto view, platform.view(who));
    CIP_TRY_ASSIGN(const auto found,
                   view->answers().answer(query, view->dataset(), run_options(stop)));
    query::Answer answer = *found;
    CIP_TRY(explain_nothing(*view, query, answer));
    return answer;
  }
  // The store knows nothing of the rules about rows.
  CIP_TRY(require_all_rows(platform.model(), who, "SQL"));
  std::optional<query::Answer> found;
  CIP_TRY(platform.with_database([&](sql::Connection& database) -> Result<void> {
    CIP_TRY_ASSIGN(found, query::run(query, platform.model(), database));
    return {};
  }));
  CIP_TRY_ASSIGN(const auto view, platform.view(who));
  CIP_TRY(explain_nothing(*view, query, *found));
  return std::move(*found);
}

namespace {

Json page_answer(View& view, const query::Query& query, const query::Answer& answer) {
  if (!is_empty(query, answer)) return query::to_json(answer);
  query::Answer explained = answer;
  const auto reason = explain_nothing(view, query, explained);
  return reason ? query::to_json(explained) : error_json(reason.error());
}

}  // namespace

Result<Json> answer_page(Platform& platform, const account::Identity& who,
                         std::span<const query::Query> queries, const std::stop_token& stop) {
  const auto begin = std::chrono::steady_clock::now();
  CIP_TRY_ASSIGN(const auto view, platform.view(who));
  JsonArray answers;
  std::size_t rows_read = 0;
  std::vector<query::Query> allowed;
  for (const query::Query& query : queries) {
    const auto may_see = check_may_see(platform, who, query);
    if (may_see) allowed.push_back(query);
    answers.push_back(may_see ? Json(nullptr) : error_json(may_see.error()));
  }
  const auto found = view->answers().answers(allowed, view->dataset(), run_options(stop));
  std::size_t next = 0;
  for (Json& json : answers) {
    if (!json.is_null()) continue;
    const query::Query& query = allowed[next];
    const auto& answer = found[next++];
    if (!answer) {
      json = error_json(answer.error());
      continue;
    }
    rows_read += (*answer)->rows_read;
    json = page_answer(*view, query, **answer);
  }
  const std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - begin;
  return Json(JsonObject{
      {"answers", std::move(answers)}, {"rows_read", rows_read}, {"elapsed_ms", elapsed.count()}});
}

Result<std::vector<query::Query>> queries_from_json(const Json& body) {
  const auto* object = body.if_object();
  const Json* list = object == nullptr ? nullptr : object->if_contains("queries");
  if (list == nullptr || !list->is_array()) {
    return fail(Errc::InvalidArgument, "a page wants {\"queries\": [..]}");
  }
  if (list->as_array().size() > kMaxQueries) {
    return fail(Errc::LimitExceeded, fmt::format("{} queries in one request, at most {} are taken",
                                                 list->as_array().size(), kMaxQueries));
  }
  std::vector<query::Query> queries;
  for (const Json& json : list->as_array()) {
    auto query = query::query_from_json(json);
    if (!query) {
      return fail(query.error().code,
                  fmt::format("query {}: {}", queries.size() + 1, query.error().message));
    }
    queries.push_back(std::move(query).value());
    if (!queries.back().limit) queries.back().limit = query::kDefaultLimit;
  }
  return queries;
}

Result<Json> answer_json(Platform& platform, const account::Identity& who,
                         const query::Parameters& parts, const std::stop_token& stop) {
  CIP_TRY_ASSIGN(query::Query query, query::query_from_parameters(parts));
  if (!query.limit) query.limit = query::kDefaultLimit;
  CIP_TRY_ASSIGN(const query::Answer found, answer(platform, who, query, Engine::Memory, stop));
  return query::to_json(found);
}

namespace {

Result<std::string> rows_of(Platform& platform, const account::Identity& who,
                            const query::Query& query, const std::string& format) {
  RowsRequest request;
  request.question = query;
  request.limit = query.limit.value_or(request.limit);
  request.offset = query.offset;
  if (request.limit > kMaxDrilled || request.limit < 0 || request.offset < 0) {
    return fail(Errc::LimitExceeded,
                fmt::format("rows come in pages of 0 to {}, wanted {} from {}; use --limit and "
                            "--offset",
                            kMaxDrilled, request.limit, request.offset));
  }
  return rows_text(platform, who, request, format);
}

}  // namespace

Result<std::string> answer_text(Platform& platform, const account::Identity& who,
                                const TypedQuestion& question) {
  CIP_TRY_ASSIGN(const query::Query query, query_of(question));
  if (!question.form.empty()) return in_form(query, question.form);
  if (question.rows) return rows_of(platform, who, query, question.format);
  CIP_TRY_ASSIGN(const Engine engine, engine_of(question.engine));
  if (question.explain) return explain(platform, who, query, engine);
  const std::vector<std::string> formats = {"table", "csv", "json"};
  if (std::ranges::find(formats, question.format) == formats.end()) {
    return fail(Errc::InvalidArgument, unknown_name_message("format", question.format, formats));
  }
  CIP_TRY_ASSIGN(const query::Answer found, answer(platform, who, query, engine));
  if (question.format == "csv") return query::to_csv(found);
  if (question.format == "json") return to_pretty_text(query::to_json(found));
  std::string text = query::to_plain_text(found);
  if (question.timing) {
    text += fmt::format("{:.3f} ms, {} rows read, {} matched\n",
                        static_cast<double>(found.elapsed_us) / 1000.0, found.rows_read,
                        found.rows_matched);
  }
  return text;
}

Result<std::string> explain(Platform& platform, const account::Identity& who,
                            const query::Query& query, Engine engine) {
  if (engine == Engine::Sql) {
    CIP_TRY_ASSIGN(const query::Answer found, answer(platform, who, query, engine));
    return found.sql + "\n";
  }
  CIP_TRY(check_may_see(platform, who, query));
  CIP_TRY_ASSIGN(const auto view, platform.view(who));
  return query::explain(query, *view->dataset());
}

Result<std::string> answer_csv(Platform& platform, const account::Identity& who,
                               query::Query query) {
  CIP_TRY(account::require(who, account::Permission::ExportNumbers));
  query.limit = std::min(query.limit.value_or(kMaxExportRows), kMaxExportRows);
  CIP_TRY_ASSIGN(const query::Answer found, answer(platform, who, query));
  CIP_TRY(platform.audit(who, "export", "query", "done"));
  return query::to_csv(found);
}

Result<Json> describe_workspace(Platform& platform, const account::Identity& who) {
  CIP_TRY(account::require(who, account::Permission::ViewNumbers));
  const model::Model& model = platform.model();
  CIP_TRY_ASSIGN(JsonArray dimensions, dimensions_json(model));
  CIP_TRY_ASSIGN(JsonObject data, data_json(platform, who));
  CIP_TRY_ASSIGN(const Json quality, describe_quality(platform, who));
  return Json(
      JsonObject{{"name", platform.workspace().config.name},
                 {"version", program_version()},
                 {"user", JsonObject{{"name", who.name}, {"role", name_of(who.role)}}},
                 {"model", JsonObject{{"currency", model.currency},
                                      {"metrics", metrics_json(model)},
                                      {"dimensions", std::move(dimensions)}}},
                 {"data", std::move(data)},
                 {"quality", JsonObject{{"score", quality.at("score")},
                                        {"coverage", quality.at("coverage")},
                                        {"status", quality.at("status")},
                                        {"alerts", quality.at("alerts").as_array().size()}}}});
}

}  // namespace cip::service
