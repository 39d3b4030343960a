#include "service/sql_asking.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "frame/column_builder.h"
#include "query/answer.h"
#include "sql/guarded_query.h"

namespace cip::service {
namespace {

constexpr std::size_t kAuditedBytes = 500;  // Of a statement, in the audit log.

// What a role may read of the tables.
sql::QueryGuard guard_for(const model::Model& model, const account::Identity& who) {
  const bool shows_personal = account::may(who, account::Permission::ViewPersonalData);
  sql::QueryGuard guard;
  for (const model::TableDef& table : model.tables) {
    std::set<std::string>& columns = guard.tables[table.name];
    columns = {"run_id", "record_no"};
    // Nobody has judged what lies in these, so they count as personal.
    if (shows_personal) columns.insert({"extra", "source_key"});
    for (const model::ColumnDef& column : table.columns) {
      if (shows_personal || !column.is_personal) columns.insert(column.name);
    }
  }
  return guard;
}

// A result has no declared types: a column is what all its cells are.
Type type_of(const sql::GuardedRows& result, std::size_t column) {
  Type type = Type::Integer;
  bool has_any = false;
  for (const auto& row : result.rows) {
    if (is_null(row[column])) continue;
    has_any = true;
    if (std::holds_alternative<std::string>(row[column])) return Type::Text;
    if (std::holds_alternative<double>(row[column])) type = Type::Number;
  }
  return has_any ? type : Type::Text;
}

void append(frame::ColumnBuilder& builder, const Value& value) {
  if (is_null(value)) return builder.append_null();
  if (builder.type() == Type::Text) return builder.append_text(std::get<std::string>(value));
  const auto* whole = std::get_if<std::int64_t>(&value);
  if (builder.type() == Type::Integer) return builder.append_integer(*whole);
  builder.append_number(whole != nullptr ? static_cast<double>(*whole) : std::get<double>(value));
}

// As an answer, so that it leaves the program as answers do. Two columns of one name get a number.
Result<query::Answer> answer_of(const sql::GuardedRows& result) {
  query::Answer answer;
  std::vector<frame::Column> columns;
  std::set<std::string> taken;
  for (std::size_t at = 0; at < result.columns.size(); ++at) {
    std::string name = result.columns[at];
    for (int number = 2; !taken.insert(name).second; ++number) {
      name = fmt::format("{} ({})", result.columns[at], number);
    }
    const Type type = type_of(result, at);
    frame::ColumnBuilder builder(name, type);
    for (const auto& row : result.rows) append(builder, row[at]);
    columns.push_back(std::move(builder).build());
    query::Field field;
    field.name = name;
    field.label = name;
    field.type = type;
    field.role = type == Type::Text ? query::Role::Dimension : query::Role::Metric;
    answer.fields.push_back(std::move(field));
  }
  CIP_TRY_ASSIGN(answer.table, frame::Table::make(std::move(columns)));
  answer.num_rows = result.rows.size();
  return answer;
}

struct Asked {
  query::Answer answer;
  bool is_cut = false;
  std::vector<std::string> hidden;
  double elapsed_ms = 0;
};

Result<Asked> run(Platform& platform, const account::Identity& who, const std::string& sql) {
  CIP_TRY(account::require(who, account::Permission::ExportNumbers));
  CIP_TRY(require_all_rows(platform.model(), who, "SQL"));
  const auto begin = std::chrono::steady_clock::now();
  const auto result = sql::run_guarded(platform.workspace().data_db().string(), sql,
                                       guard_for(platform.model(), who));
  CIP_TRY(platform.audit(who, "sql", sql.substr(0, kAuditedBytes), result ? "done" : "refused"));
  if (!result) return Failure{result.error()};
  Asked asked;
  CIP_TRY_ASSIGN(asked.answer, answer_of(*result));
  asked.is_cut = result->is_cut;
  asked.hidden = result->hidden;
  asked.elapsed_ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  return asked;
}

Json json_of(const Asked& asked) {
  JsonArray columns;
  for (const query::Field& field : asked.answer.fields) {
    columns.push_back(JsonObject{{"name", field.name}, {"type", name_of(field.type)}});
  }
  JsonArray rows;
  for (std::size_t row = 0; row < asked.answer.table.num_rows(); ++row) {
    JsonArray cells;
    for (const frame::Column& column : asked.answer.table.columns()) {
      cells.push_back(column.json_at(row));
    }
    rows.push_back(std::move(cells));
  }
  return JsonObject{{"columns", std::move(columns)},
                    {"rows", std::move(rows)},
                    {"num_rows", asked.answer.num_rows},
                    {"is_cut", asked.is_cut},
                    {"hidden", boost::json::value_from(asked.hidden)},
                    {"elapsed_ms", asked.elapsed_ms}};
}

// What a reader of the table has to know about it.
std::string notes_on(const Asked& asked) {
  std::string notes = fmt::format("{} rows", asked.answer.num_rows);
  if (asked.is_cut) notes = fmt::format("the first {} rows; there are more", asked.answer.num_rows);
  notes += '\n';
  if (!asked.hidden.empty()) {
    notes +=
        fmt::format("{} read as null: they may hold personal data\n", joined(asked.hidden, ", "));
  }
  return notes;
}

}  // namespace

Result<Json> ask_sql(Platform& platform, const account::Identity& who, const std::string& sql) {
  CIP_TRY_ASSIGN(const Asked asked, run(platform, who, sql));
  return json_of(asked);
}

Result<std::string> sql_text(Platform& platform, const account::Identity& who,
                             const std::string& sql, const std::string& format) {
  const std::vector<std::string> formats = {"table", "csv", "json"};
  if (std::ranges::find(formats, format) == formats.end()) {
    return fail(Errc::InvalidArgument, unknown_name_message("format", format, formats));
  }
  CIP_TRY_ASSIGN(const Asked asked, run(platform, who, sql));
  if (format == "csv") return query::to_csv(asked.answer);
  if (format == "json") return to_pretty_text(json_of(asked));
  return query::to_plain_text(asked.answer) + notes_on(asked);
}

}  // namespace cip::service
