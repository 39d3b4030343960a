#include "service/asking.h"

#include <algorithm>
#include <chrono>

#include "base/json.h"
#include "base/text.h"
#include "quality/score.h"
#include "query/field.h"
#include "query/filter_text.h"
#include "query/memory_engine.h"
#include "query/sql_engine.h"
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

Result<JsonObject> data_json(Platform& platform) {
  CIP_TRY_ASSIGN(const auto dataset, platform.dataset());
  JsonArray tables;
  for (const model::TableDef& table : platform.model().tables) {
    const frame::Table* rows = dataset->find(table.name);
    tables.push_back(JsonObject{{"name", table.name},
                                {"label", table.label},
                                {"rows", rows == nullptr ? 0 : rows->num_rows()}});
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

Names names_of(std::string_view list) {
  Names names;
  for (const std::string_view name : split(list, ',')) {
    if (!trimmed(name).empty()) names.emplace_back(trimmed(name));
  }
  return names;
}

Result<std::optional<Days>> date_of(std::string_view option, const std::string& text) {
  if (text.empty()) return std::optional<Days>();
  const auto on = parse_date(text);
  if (on) return on;
  return fail(Errc::InvalidArgument,
              fmt::format("{} wants a date such as 2024-03-01, got '{}'", option, text));
}

Result<query::Query> query_of(const TypedQuestion& question) {
  query::Query query;
  query.metrics = names_of(question.metrics);
  query.by = names_of(question.by);
  if (!question.where.empty()) {
    CIP_TRY_ASSIGN(query.where, query::parse_filter(question.where));
  }
  CIP_TRY_ASSIGN(query.from, date_of("--from", question.from));
  CIP_TRY_ASSIGN(query.to, date_of("--to", question.to));
  for (const std::string& key : names_of(question.sort)) {
    const bool is_descending = key.starts_with('-');
    query.sort.push_back({is_descending ? key.substr(1) : key, is_descending});
  }
  if (question.limit > 0) query.limit = question.limit;
  query.with_totals = question.totals;
  return query;
}

Result<Engine> engine_of(const std::string& name) {
  if (name == "memory") return Engine::Memory;
  if (name == "sql") return Engine::Sql;
  return fail(Errc::InvalidArgument, fmt::format("engine wants memory or sql, got '{}'", name));
}

Json answer_or_error(const Result<query::Answer>& answer) {
  return answer ? query::to_json(*answer) : error_json(answer.error());
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

Result<query::Answer> answer(Platform& platform, const account::Identity& who,
                             const query::Query& query, Engine engine) {
  CIP_TRY(check_may_see(platform, who, query));
  if (engine == Engine::Memory) {
    CIP_TRY_ASSIGN(const auto dataset, platform.dataset());
    return query::run(query, *dataset);
  }
  std::optional<query::Answer> found;
  CIP_TRY(platform.with_database([&](sql::Connection& database) -> Result<void> {
    CIP_TRY_ASSIGN(found, query::run(query, platform.model(), database));
    return {};
  }));
  return std::move(*found);
}

Result<Json> answer_page(Platform& platform, const account::Identity& who,
                         std::span<const query::Query> queries) {
  const auto begin = std::chrono::steady_clock::now();
  CIP_TRY_ASSIGN(const auto dataset, platform.dataset());
  JsonArray answers;
  std::size_t rows_read = 0;
  for (const query::Query& query : queries) {
    const Result<void> allowed = check_may_see(platform, who, query);
    if (!allowed) {
      answers.push_back(error_json(allowed.error()));
      continue;
    }
    const Result<query::Answer> answer = query::run(query, *dataset);
    if (answer) rows_read += answer->rows_read;
    answers.push_back(answer_or_error(answer));
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

Result<std::string> answer_text(Platform& platform, const account::Identity& who,
                                const TypedQuestion& question) {
  CIP_TRY_ASSIGN(const query::Query query, query_of(question));
  CIP_TRY_ASSIGN(const Engine engine, engine_of(question.engine));
  const std::vector<std::string> formats = {"table", "csv", "json"};
  if (std::ranges::find(formats, question.format) == formats.end()) {
    return fail(Errc::InvalidArgument, unknown_name_message("format", question.format, formats));
  }
  CIP_TRY_ASSIGN(const query::Answer found, answer(platform, who, query, engine));
  if (question.format == "csv") return query::to_csv(found);
  if (question.format == "json") return to_pretty_text(query::to_json(found));
  return query::to_plain_text(found);
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
  CIP_TRY_ASSIGN(JsonObject data, data_json(platform));
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
