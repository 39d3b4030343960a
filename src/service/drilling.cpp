#include "service/drilling.h"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "frame/column_builder.h"
#include "query/answer.h"
#include "query/drill.h"
#include "service/asking.h"
#include "service/row_sources.h"

namespace cip::service {
namespace {

Result<std::int64_t> count_of(const JsonObject& object, std::string_view name, std::int64_t least,
                              std::int64_t most, std::int64_t otherwise) {
  const Json* const json = object.if_contains(name);
  if (json == nullptr) return otherwise;
  if (json->is_int64() && json->as_int64() >= least && json->as_int64() <= most) {
    return json->as_int64();
  }
  return fail(Errc::InvalidArgument, fmt::format("{} wants a whole number from {} to {}, got {}",
                                                 name, least, most, to_text(*json)));
}

Result<query::Filter> test_of(const std::string& dimension, const Json& value) {
  if (value.is_null()) return query::Filter::of(dimension, query::Op::IsNull, {});
  const auto equal = [&](Value to) {
    return query::Filter::of(dimension, query::Op::Equal, {std::move(to)});
  };
  if (value.is_string()) return equal(std::string(value.as_string()));
  if (value.is_bool()) return equal(std::string(value.as_bool() ? "true" : "false"));
  if (value.is_int64()) return equal(value.as_int64());
  if (value.is_double()) return equal(value.as_double());
  return fail(Errc::InvalidArgument,
              fmt::format("at: {} wants a text, a number, true, false or null, got {}", dimension,
                          to_text(value)));
}

Result<void> narrow(const Json& at, query::Query& question) {
  const auto* const values = at.if_object();
  if (values == nullptr) {
    return fail(Errc::InvalidArgument, "at wants an object of dimensions and their values");
  }
  for (const auto& [key, value] : *values) {
    const std::string dimension = key;
    if (std::ranges::find(question.by, dimension) == question.by.end()) {
      return fail(Errc::InvalidArgument,
                  "at: " + unknown_name_message("dimension of the query", dimension, question.by));
    }
    CIP_TRY_ASSIGN(query::Filter test, test_of(dimension, value));
    question.where = query::all_of(std::move(question.where), std::move(test));
  }
  return {};
}

// One page of rows: what may be seen of it, and where each row came from.
struct Drilled {
  const model::TableDef* table = nullptr;
  query::Answer answer;  // Its rows; num_rows is that of all pages.
  std::vector<RowSource> sources;
  std::vector<std::string> hidden;
  std::vector<std::string> notes;
};

query::Field field_of(const model::ColumnDef& column) {
  query::Field field;
  field.name = column.name;
  field.label = column.label;
  field.type = column.type;
  field.scale = column.scale;
  field.unit = column.unit;
  field.is_personal = column.is_personal;
  return field;
}

Result<void> fill(const query::Dataset& dataset, std::span<const std::uint32_t> page,
                  bool shows_personal, Drilled& drilled) {
  std::vector<frame::Column> columns;
  for (const model::ColumnDef& column : drilled.table->columns) {
    if (column.is_personal && !shows_personal) {
      drilled.hidden.push_back(column.name);
      continue;
    }
    // One column at a time is unpacked, and let go again.
    columns.push_back(dataset.column(drilled.table->name, column.name)->gathered(page));
    drilled.answer.fields.push_back(field_of(column));
  }
  CIP_TRY_ASSIGN(drilled.answer.table, frame::Table::make(std::move(columns)));
  return {};
}

std::vector<Value> keys_of(const frame::Column& key, std::span<const std::uint32_t> page) {
  std::vector<Value> keys;
  for (const std::uint32_t row : page) {
    if (key.type() == Type::Text) {
      keys.emplace_back(key.as<frame::Texts>().at(row));
    } else {
      keys.emplace_back(key.as<frame::Integers>().values[row]);
    }
  }
  return keys;
}

Result<Drilled> drill(Platform& platform, const account::Identity& who,
                      const RowsRequest& request) {
  CIP_TRY(account::require(who, account::Permission::ExportNumbers));
  CIP_TRY(check_may_see(platform, who, request.question));
  CIP_TRY_ASSIGN(const auto view, platform.view(who));
  CIP_TRY_ASSIGN(const query::RowsBehind behind,
                 query::rows_behind(request.question, *view->dataset()));
  Drilled drilled;
  CIP_TRY_ASSIGN(drilled.table, platform.model().table(behind.table));
  const auto first = std::min(static_cast<std::size_t>(request.offset), behind.rows.size());
  const auto count = std::min(static_cast<std::size_t>(request.limit), behind.rows.size() - first);
  const auto page = std::span(behind.rows).subspan(first, count);
  const bool shows_personal = account::may(who, account::Permission::ViewPersonalData);
  CIP_TRY(fill(*view->dataset(), page, shows_personal, drilled));
  drilled.answer.num_rows = behind.rows.size();
  const auto key = view->dataset()->column(behind.table, drilled.table->key);
  CIP_TRY_ASSIGN(drilled.sources,
                 sources_of_rows(platform, *drilled.table, keys_of(*key, page), kMostRead));
  if (request.question.metrics.size() > 1) {
    drilled.notes.push_back(
        fmt::format("these are the rows of {}, the first metric", request.question.metrics[0]));
  }
  return drilled;
}

Json source_json(const RowSource& source) {
  return JsonObject{{"file", source.file},
                    {"run_id", source.run_id},
                    {"record", source.record_no},
                    {"line", source.line ? Json(*source.line) : Json(nullptr)}};
}

Json json_of(const Drilled& drilled, std::int64_t offset) {
  JsonArray columns;
  for (const query::Field& field : drilled.answer.fields) {
    columns.push_back(JsonObject{{"name", field.name},
                                 {"label", field.label},
                                 {"type", name_of(field.type)},
                                 {"unit", field.unit}});
  }
  JsonArray rows;
  JsonArray sources;
  for (std::size_t row = 0; row < drilled.sources.size(); ++row) {
    JsonArray cells;
    for (const frame::Column& column : drilled.answer.table.columns()) {
      cells.push_back(column.json_at(row));
    }
    rows.push_back(std::move(cells));
    sources.push_back(source_json(drilled.sources[row]));
  }
  return JsonObject{{"table", drilled.table->name},
                    {"label", drilled.table->label},
                    {"columns", std::move(columns)},
                    {"rows", std::move(rows)},
                    {"sources", std::move(sources)},
                    {"num_rows", drilled.answer.num_rows},
                    {"offset", offset},
                    {"hidden", boost::json::value_from(drilled.hidden)},
                    {"notes", boost::json::value_from(drilled.notes)}};
}

// The rows with their sources as columns, for a terminal or a spreadsheet.
Result<query::Answer> with_sources(const Drilled& drilled) {
  query::Answer answer = drilled.answer;
  frame::ColumnBuilder file("source_file", Type::Text);
  frame::ColumnBuilder line("source_line", Type::Integer);
  frame::ColumnBuilder record("source_record", Type::Integer);
  for (const RowSource& source : drilled.sources) {
    file.append_text(source.file);
    record.append_integer(source.record_no);
    if (source.line) {
      line.append_integer(static_cast<std::int64_t>(*source.line));
    } else {
      line.append_null();
    }
  }
  std::vector<frame::Column> columns = drilled.answer.table.columns();
  for (frame::ColumnBuilder* builder : {&file, &line, &record}) {
    columns.push_back(std::move(*builder).build());
    query::Field field;
    field.name = columns.back().name();
    field.label = field.name;
    field.type = columns.back().type();
    answer.fields.push_back(std::move(field));
  }
  CIP_TRY_ASSIGN(answer.table, frame::Table::make(std::move(columns)));
  return answer;
}

}  // namespace

Result<RowsRequest> rows_request_from_json(const Json& json) {
  const auto* const object = json.if_object();
  if (object == nullptr || !object->contains("query")) {
    return fail(Errc::InvalidArgument, "wanted {\"query\": {..}, \"at\": {..}}");
  }
  const std::vector<std::string> known = {"query", "at", "limit", "offset"};
  for (const auto& [key, value] : *object) {
    if (std::ranges::find(known, std::string_view(key)) == known.end()) {
      return fail(Errc::InvalidArgument, unknown_name_message("key", std::string(key), known));
    }
  }
  RowsRequest request;
  CIP_TRY_ASSIGN(request.question, query::query_from_json(object->at("query")));
  CIP_TRY_ASSIGN(request.limit, count_of(*object, "limit", 1, kMaxDrilled, request.limit));
  CIP_TRY_ASSIGN(request.offset, count_of(*object, "offset", 0, 1'000'000'000'000, 0));
  if (const Json* const at = object->if_contains("at")) CIP_TRY(narrow(*at, request.question));
  return request;
}

Result<Json> drill_rows(Platform& platform, const account::Identity& who,
                        const RowsRequest& request) {
  CIP_TRY_ASSIGN(const Drilled drilled, drill(platform, who, request));
  return json_of(drilled, request.offset);
}

Result<std::string> rows_text(Platform& platform, const account::Identity& who,
                              const RowsRequest& request, const std::string& format) {
  const std::vector<std::string> formats = {"table", "csv", "json"};
  if (std::ranges::find(formats, format) == formats.end()) {
    return fail(Errc::InvalidArgument, unknown_name_message("format", format, formats));
  }
  CIP_TRY_ASSIGN(const Drilled drilled, drill(platform, who, request));
  if (format == "json") return to_pretty_text(json_of(drilled, request.offset));
  CIP_TRY_ASSIGN(const query::Answer answer, with_sources(drilled));
  if (format == "csv") return query::to_csv(answer);
  std::string text = query::to_plain_text(answer);
  for (const std::string& note : drilled.notes) text += note + '\n';
  return text;
}

}  // namespace cip::service
