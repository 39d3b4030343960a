#include "query/sql_engine.h"

#include <chrono>
#include <cmath>

#include "base/text.h"
#include "frame/column_builder.h"
#include "query/compose.h"
#include "query/plan.h"
#include "query/sql_writer.h"

namespace cip::query {
namespace {

// One column of the answer, from the values a store gives.
class Decoder {
 public:
  Decoder(const Field& field, std::vector<std::string> labels)
      : field_(field),
        labels_(std::move(labels)),
        builder_(field.name, field.type, field.type == Type::Decimal ? field.scale : 0) {}

  Result<void> append(const Value& value) {
    if (is_null(value)) {
      builder_.append_null();
      return {};
    }
    if (append_present(value)) return {};
    return fail(Errc::InvalidArgument,
                fmt::format("the store gave a value for '{}' that is no {}; the data were not "
                            "written by this platform",
                            field_.name, name_of(field_.type)));
  }

  frame::Column build() && { return std::move(builder_).build(); }

 private:
  bool append_present(const Value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return append_whole(*whole);
    if (const auto* number = std::get_if<double>(&value)) return append_number(*number);
    return append_text(std::get<std::string>(value));
  }

  bool append_whole(std::int64_t whole) {
    if (!labels_.empty()) {
      const bool is_place = whole >= 0 && whole < static_cast<std::int64_t>(labels_.size());
      if (is_place) builder_.append_text(labels_[static_cast<std::size_t>(whole)]);
      return is_place;
    }
    switch (field_.type) {
      case Type::Integer:
        builder_.append_integer(whole);
        return true;
      case Type::Decimal:
        builder_.append_decimal(whole);
        return true;
      case Type::Number:
        builder_.append_number(static_cast<double>(whole));
        return true;
      case Type::Boolean:
        builder_.append_boolean(whole != 0);
        return true;
      case Type::Text:
      case Type::Date:
      case Type::Datetime:
        return false;
    }
    return false;
  }

  bool append_number(double number) {
    if (field_.type != Type::Number) return false;
    if (std::isfinite(number)) {
      builder_.append_number(number);
    } else {
      builder_.append_null();
    }
    return true;
  }

  bool append_text(const std::string& text) {
    if (field_.type == Type::Text && labels_.empty()) {
      builder_.append_text(text);
      return true;
    }
    if (field_.type == Type::Date) {
      const auto date = parse_date(text);
      if (date) builder_.append_date(*date);
      return date.has_value();
    }
    if (field_.type != Type::Datetime) return false;
    const auto instant = parse_instant(text);
    if (instant) builder_.append_datetime(*instant);
    return instant.has_value();
  }

  Field field_;
  std::vector<std::string> labels_;
  frame::ColumnBuilder builder_;
};

struct Fetched {
  frame::Table table;
  std::size_t num_rows = 0;
  std::size_t rows_matched = 0;
};

std::size_t count_in(const Value& value) {
  const auto* whole = std::get_if<std::int64_t>(&value);
  return whole == nullptr ? 0 : static_cast<std::size_t>(*whole);
}

Result<Fetched> fetch(const Plan& plan, const sql::Statement& statement,
                      sql::Connection& connection) {
  Fetched fetched;
  std::vector<Decoder> decoders;
  for (const Field& field : plan.fields()) {
    const std::size_t at = decoders.size();
    decoders.emplace_back(field,
                          at < plan.by.size() ? plan.by[at].labels : std::vector<std::string>());
  }
  const auto take_row = [&](std::span<const Value> row) -> Result<void> {
    fetched.num_rows = count_in(row[0]);
    fetched.rows_matched = count_in(row[1]);
    if (is_null(row[2])) return {};
    for (std::size_t at = 0; at < decoders.size(); ++at) {
      CIP_TRY(decoders[at].append(row[kNumLeading + at]));
    }
    return {};
  };
  CIP_TRY(connection.run(statement, take_row));
  std::vector<frame::Column> columns;
  columns.reserve(decoders.size());
  for (Decoder& decoder : decoders) columns.push_back(std::move(decoder).build());
  CIP_TRY_ASSIGN(fetched.table, frame::Table::make(std::move(columns)));
  return fetched;
}

}  // namespace

Result<sql::Statement> to_sql(const Query& query, const model::Model& model,
                              const Dialect& dialect) {
  CIP_TRY_ASSIGN(const Plan plan, make_plan(query, model));
  return write_sql(plan, model, dialect);
}

namespace {

Result<Answer> run_plain(const Query& query, const model::Model& model, sql::Connection& connection,
                         const Dialect& dialect) {
  CIP_TRY_ASSIGN(const Plan plan, make_plan(query, model));
  const sql::Statement statement = write_sql(plan, model, dialect);
  CIP_TRY_ASSIGN(Fetched fetched, fetch(plan, statement, connection));

  Answer answer;
  answer.fields = plan.fields();
  answer.table = std::move(fetched.table);
  answer.num_rows = fetched.num_rows;
  answer.rows_matched = fetched.rows_matched;
  answer.sql = statement.sql;
  answer.notes = plan.notes;
  if (query.with_totals) {
    const Plan whole = totals_of(plan);
    CIP_TRY_ASSIGN(const Fetched totals,
                   fetch(whole, write_sql(whole, model, dialect), connection));
    CIP_TRY_ASSIGN(answer.totals, totals_row(answer.table, totals.table));
  }
  return answer;
}

}  // namespace

Result<Answer> run(const Query& query, const model::Model& model, sql::Connection& connection,
                   const Dialect& dialect) {
  const auto start = std::chrono::steady_clock::now();
  const AskPlain ask = [&](const Query& plain) {
    return run_plain(plain, model, connection, dialect);
  };
  const bool is_composed = needs_composing(query, model);
  CIP_TRY_ASSIGN(Answer answer, is_composed ? compose(query, model, ask) : ask(query));
  const auto elapsed = std::chrono::steady_clock::now() - start;
  answer.elapsed_us = std::chrono::duration_cast<std::chrono::microseconds>(elapsed).count();
  return answer;
}

}  // namespace cip::query
